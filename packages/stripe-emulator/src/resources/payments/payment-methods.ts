import { emit, emitChange } from '../../events/emit.ts';
import { cardError } from '../../payments/card-error.ts';
import { cardByKey } from '../../payments/cards.ts';
import { type CardDetails, requireCard, storeCard } from '../../payments/store-card.ts';
import type { Call, Route } from '../../server/router.ts';
import type { PaymentMethodRow } from '../../store/rows.ts';
import { addressOf } from '../../wire/address.ts';
import { invalidRequest, missingParameter, noSuchObject } from '../../wire/errors.ts';
import { listOf } from '../../wire/lists.ts';
import { mergeMetadata } from '../../wire/metadata.ts';
import type { Params } from '../../wire/params.ts';
import type { World } from '../../world.ts';
import { requireCustomer, requirePaymentMethod } from '../find.ts';
import { createAccount, testAccount } from './bank-accounts.ts';

/** Accepts an id or one of Stripe's test names (`pm_card_visa`), which makes a new payment method. */
export function resolvePaymentMethod(world: World, id: string, param = 'payment_method'): PaymentMethodRow {
  if (id.startsWith('pm_usBankAccount_')) return testAccount(world, id, param);
  if (!id.startsWith('pm_card_')) return requirePaymentMethod(world, id, param);
  const card = cardByKey(id.slice('pm_card_'.length));
  if (!card) throw noSuchObject('PaymentMethod', id, param);
  return storeCard(world, card, {});
}

function createPaymentMethod({ world, params }: Call) {
  const type = params.choice('type', ['card', 'sepa_debit', 'us_bank_account']);
  if (type !== undefined && type !== 'card') {
    return createAccount(world, params, { type, details: billingDetails(params) });
  }
  if (type === undefined) throw missingParameter('type');
  const card = params.sub('card');
  const token = card?.text('token');
  const found = token
    ? cardByKey(token.replace(/^tok_/, ''))
    : requireCard(card?.requireText('number') ?? '');
  if (!found) throw noSuchObject('token', token ?? '', 'card[token]');
  const method = storeCard(world, found, { ...billingDetails(params), ...expiry(card) });
  return world.store.put('payment_method', { ...method, metadata: mergeMetadata({}, params) });
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
