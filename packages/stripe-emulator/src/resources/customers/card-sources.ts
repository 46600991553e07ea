import { emit, emitChange } from '../../events/emit.ts';
import type { Call, Route } from '../../server/router.ts';
import { blankCard } from '../../shapes/sources.ts';
import type { CustomerRow, PaymentMethodRow, Row } from '../../store/rows.ts';
import { noSuchObject } from '../../wire/errors.ts';
import { newId } from '../../wire/ids.ts';
import { page } from '../../wire/lists.ts';
import { mergeMetadata } from '../../wire/metadata.ts';
import type { World } from '../../world.ts';
import { requireCustomer } from '../find.ts';
import {
  attachPaymentMethod,
  detachPaymentMethod,
  resolvePaymentMethod,
} from '../payments/payment-methods.ts';

// Cards as customers' sources: the older way to store a card, kept for callers such as Stripe's command line. Behind
// each stands a payment method, which is what pays.

const FIELDS = [
  'address_city',
  'address_country',
  'address_line1',
  'address_line2',
  'address_state',
  'address_zip',
  'name',
] as const;

/** A test token's card becomes a source; the first one pays for what the customer owes. */
function create({ world, params, id }: Call): Row {
  const customer = requireCustomer(world, id);
  const token = params.requireText('source');
  if (!token.startsWith('tok_')) throw noSuchObject('token', token, 'source');
  const found = resolvePaymentMethod(world, `pm_card_${token.slice('tok_'.length)}`, 'source');
  const method = attachPaymentMethod(world, found, customer.id);
  const source = world.store.put('card', {
    ...blankCard,
    ...cardFields(method),
    id: newId('card'),
    customer: id,
    metadata: mergeMetadata({}, params),
    _method: method.id,
  });
  emit(world, 'customer.source.created', source);
  if (!customer.default_source) makeDefault(world, customer, source);
  return source;
}

function cardFields({ card }: PaymentMethodRow) {
  return {
    brand: card?.brand === 'visa' ? 'Visa' : card?.brand,
    country: card?.country,
    cvc_check: 'pass',
    exp_month: card?.exp_month,
    exp_year: card?.exp_year,
    fingerprint: card?.fingerprint,
    funding: card?.funding,
    last4: card?.last4,
  };
}

function makeDefault(world: World, before: CustomerRow, source: Row): void {
  const settings = before.invoice_settings;
  const method = settings.default_payment_method ?? String(source._method);
  const after = world.store.put('customer', {
    ...before,
    default_source: source.id,
    invoice_settings: { ...settings, default_payment_method: method },
  });
  emitChange(world, 'customer.updated', { before, after });
}

function requireSource({ world, id, subId }: Call): Row {
  const source = world.store.get('card', subId);
  if (source?.customer !== id) throw noSuchObject('source', subId);
  return source;
}

function update(call: Call): Row {
  const { world, params } = call;
  const before = requireSource(call);
  const texts = FIELDS.filter((field) => params.has(field)).map((field) => [field, params.textOrNull(field)]);
  const after = world.store.put('card', {
    ...before,
    ...Object.fromEntries(texts),
    exp_month: params.integer('exp_month') ?? before.exp_month,
    exp_year: params.integer('exp_year') ?? before.exp_year,
    metadata: mergeMetadata({ ...Object(before.metadata) }, params),
  });
  emitChange(world, 'customer.source.updated', { before, after });
  return after;
}

function remove(call: Call) {
  const { world, id } = call;
  const source = requireSource(call);
  world.store.delete('card', source.id);
  detachPaymentMethod(world, String(source._method));
  emit(world, 'customer.source.deleted', source);
  const customer = requireCustomer(world, id);
  if (customer.default_source === source.id) {
    const next = world.store.all('card').find((row) => row.customer === id)?.id ?? null;
    const after = world.store.put('customer', { ...customer, default_source: next });
    emitChange(world, 'customer.updated', { before: customer, after });
  }
  return { id: source.id, object: 'card', deleted: true };
}

const BASE = '/v1/customers/:id/sources';

export const cardSourceRoutes: Route[] = [
  { method: 'POST', path: BASE, handler: create },
  {
    method: 'GET',
    path: BASE,
    handler: ({ world, params, id }) => {
      const rows = world.store.all('card').filter((row) => row.customer === id);
      return page(rows, { params, url: `/v1/customers/${id}/sources`, kind: 'card' });
    },
  },
  { method: 'GET', path: `${BASE}/:subId`, handler: requireSource },
  { method: 'POST', path: `${BASE}/:subId`, handler: update },
  { method: 'DELETE', path: `${BASE}/:subId`, handler: remove },
];
