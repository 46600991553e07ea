import { randomBytes } from 'node:crypto';
import { emit, emitChange } from '../../events/emit.ts';
import { accountByIban } from '../../payments/bank-debit.ts';
import { cardError } from '../../payments/card-error.ts';
import { cardByKey, cardByNumber, passesChecksum, type TestCard } from '../../payments/cards.ts';
import type { Call, Route } from '../../server/router.ts';
import { blankPaymentMethod } from '../../shapes/payments.ts';
import type { PaymentMethodRow } from '../../store/rows.ts';
import { addressOf } from '../../wire/address.ts';
import { invalidRequest, noSuchObject } from '../../wire/errors.ts';
import { newId } from '../../wire/ids.ts';
import { listOf } from '../../wire/lists.ts';
import { mergeMetadata } from '../../wire/metadata.ts';
import type { Params } from '../../wire/params.ts';
import type { World } from '../../world.ts';
import { requireCustomer, requirePaymentMethod } from '../find.ts';

/** Accepts an id or one of Stripe's test names (`pm_card_visa`), which makes a new payment method. */
export function resolvePaymentMethod(world: World, id: string, param = 'payment_method'): PaymentMethodRow {
  if (!id.startsWith('pm_card_')) return requirePaymentMethod(world, id, param);
  const card = cardByKey(id.slice('pm_card_'.length));
  if (!card) throw noSuchObject('PaymentMethod', id, param);
  return storeCard(world, card, {});
}

export interface CardDetails {
  expMonth?: number;
  expYear?: number;
  name?: string | null;
  email?: string | null;
  address?: unknown;
  phone?: string | null;
}

/** Makes a payment method of a test card; it belongs to nobody until it is attached. */
export function storeCard(world: World, card: TestCard, details: CardDetails): PaymentMethodRow {
  const expYear = new Date(world.clock.nowMs()).getUTCFullYear() + 3;
  return world.store.put('payment_method', {
    ...blankPaymentMethod,
    id: newId('pm'),
    allow_redisplay: 'unspecified',
    billing_details: {
      address: details.address ?? {
        city: null,
        country: null,
        line1: null,
        line2: null,
        postal_code: null,
        state: null,
      },
      email: details.email ?? null,
      name: details.name ?? null,
      phone: details.phone ?? null,
      tax_id: null,
    },
    card: {
      brand: card.brand,
      checks: { address_line1_check: null, address_postal_code_check: null, cvc_check: 'pass' },
      country: 'US',
      display_brand: card.brand,
      exp_month: details.expMonth ?? 12,
      exp_year: details.expYear ?? expYear,
      fingerprint: randomBytes(8).toString('hex'),
      funding: 'credit',
      generated_from: null,
      last4: card.number.slice(-4),
      networks: { available: [card.brand], preferred: null },
      regulated_status: 'unregulated',
      three_d_secure_usage: { supported: true },
      wallet: null,
    },
    created: world.clock.nowSeconds(),
    customer: null,
    metadata: {},
    type: 'card',
    _card: card.key,
    _isSetUp: false,
  });
}

/** Finds the test card of a typed number; an unknown number is refused as an invalid one. */
export function requireCard(number: string, param = 'card[number]'): TestCard {
  const card = cardByNumber(number);
  if (card) return card;
  const message = passesChecksum(number)
    ? 'Your card was declined. Your request was in test mode, but used a non test card.'
    : 'Your card number is incorrect.';
  throw cardError(
    { code: passesChecksum(number) ? 'card_declined' : 'incorrect_number', message },
    { param },
  );
}

function createPaymentMethod({ world, params }: Call) {
  if (params.text('type') === 'sepa_debit') return createAccount(world, params);
  if (params.text('type') !== 'card')
    throw invalidRequest('Only payment methods of type card and sepa_debit exist here.', 'type');
  const card = params.sub('card');
  const token = card?.text('token');
  const found = token
    ? cardByKey(token.replace(/^tok_/, ''))
    : requireCard(card?.requireText('number') ?? '');
  if (!found) throw noSuchObject('token', token ?? '', 'card[token]');
  const method = storeCard(world, found, { ...billingDetails(params), ...expiry(card) });
  return world.store.put('payment_method', { ...method, metadata: mergeMetadata({}, params) });
}

function createAccount(world: World, params: Params): PaymentMethodRow {
  const iban = params.sub('sepa_debit')?.requireText('iban') ?? '';
  const account = accountByIban(iban);
  if (!account) throw invalidRequest('The IBAN you provided is invalid.', 'sepa_debit[iban]', 'invalid_iban');
  const base = storeCard(world, requireCard('4242424242424242'), billingDetails(params));
  const { card: _none, ...fields } = base;
  return world.store.put('payment_method', {
    ...fields,
    metadata: mergeMetadata({}, params),
    sepa_debit: {
      bank_code: account.iban.slice(4, 9),
      branch_code: null,
      country: account.iban.slice(0, 2),
      fingerprint: randomBytes(8).toString('hex'),
      generated_from: { charge: null, setup_attempt: null },
      last4: account.iban.slice(-4),
    },
    type: 'sepa_debit',
    _card: '',
    _iban: account.iban,
  });
}

function expiry(card: Params | undefined): CardDetails {
  const month = card?.integer('exp_month');
  const year = card?.integer('exp_year');
  return {
    ...(month === undefined ? {} : { expMonth: month }),
    ...(year === undefined ? {} : { expYear: year }),
  };
}

function billingDetails(params: Params): CardDetails {
  const details = params.sub('billing_details');
  if (!details) return {};
  const address = addressOf(details.sub('address'));
  return {
    name: details.textOrNull('name'),
    email: details.textOrNull('email'),
    phone: details.textOrNull('phone'),
    ...(address ? { address } : {}),
  };
}

/** Attaches a card to a customer; the cards that decline everything are refused here already. */
export function attachPaymentMethod(
  world: World,
  method: PaymentMethodRow,
  customerId: string,
): PaymentMethodRow {
  requireCustomer(world, customerId, 'customer');
  if (method.customer === customerId) return method;
  if (method.customer !== null) {
    throw invalidRequest('The payment method you provided has already been attached to a customer.');
  }
  const decline = cardByKey(method._card)?.attachDecline;
  if (decline) throw cardError(decline);
  const attached = world.store.put('payment_method', { ...method, customer: customerId });
  emit(world, 'payment_method.attached', attached);
  return attached;
}

export function detachPaymentMethod(world: World, id: string): PaymentMethodRow {
  const method = requirePaymentMethod(world, id);
  if (method.customer === null) {
    throw invalidRequest(
      'The payment method you provided is not attached to a customer so detachment is impossible.',
    );
  }
  const customer = world.store.get('customer', method.customer);
  if (customer?.invoice_settings.default_payment_method === id) {
    const settings = { ...customer.invoice_settings, default_payment_method: null };
    const cleared = world.store.put('customer', { ...customer, invoice_settings: settings });
    emitChange(world, 'customer.updated', { before: customer, after: cleared });
  }
  for (const subscription of world.store.all('subscription')) {
    if (subscription.default_payment_method !== id) continue;
    const cleared = world.store.put('subscription', { ...subscription, default_payment_method: null });
    emitChange(world, 'customer.subscription.updated', { before: subscription, after: cleared });
  }
  const detached = world.store.put('payment_method', { ...method, customer: null });
  emitChange(world, 'payment_method.detached', { before: method, after: detached });
  return detached;
}

function updatePaymentMethod({ world, params, id }: Call) {
  const before = requirePaymentMethod(world, id);
  const details = params.sub('billing_details');
  const card = params.sub('card');
  const method = world.store.put('payment_method', {
    ...before,
    allow_redisplay: params.text('allow_redisplay') ?? before.allow_redisplay,
    billing_details: { ...before.billing_details, ...details?.raw },
    ...(before.card
      ? {
          card: {
            ...before.card,
            exp_month: card?.integer('exp_month') ?? before.card.exp_month,
            exp_year: card?.integer('exp_year') ?? before.card.exp_year,
          },
        }
      : {}),
    metadata: mergeMetadata(before.metadata ?? {}, params),
  });
  emitChange(world, 'payment_method.updated', { before, after: method });
  return method;
}

export const paymentMethodRoutes: Route[] = [
  { method: 'POST', path: '/v1/payment_methods', handler: createPaymentMethod },
  {
    method: 'GET',
    path: '/v1/payment_methods',
    handler: ({ world, params }) => {
      const customer = params.text('customer');
      const matches = (row: PaymentMethodRow) =>
        row.customer === (customer ?? row.customer) && row.customer !== null;
      return listOf(world, 'payment_method', { params, url: '/v1/payment_methods', matches });
    },
  },
  {
    method: 'GET',
    path: '/v1/payment_methods/:id',
    handler: ({ world, id }) => requirePaymentMethod(world, id),
  },
  { method: 'POST', path: '/v1/payment_methods/:id', handler: updatePaymentMethod },
  {
    method: 'POST',
    path: '/v1/payment_methods/:id/attach',
    handler: ({ world, params, id }) =>
      attachPaymentMethod(world, resolvePaymentMethod(world, id), params.requireText('customer')),
  },
  {
    method: 'POST',
    path: '/v1/payment_methods/:id/detach',
    handler: ({ world, id }) => detachPaymentMethod(world, id),
  },
];
