import { cancelSubscription } from '../../billing/lifecycle/cancel.ts';
import { emit, emitChange } from '../../events/emit.ts';
import type { Call, Route } from '../../server/router.ts';
import { blankCustomer } from '../../shapes/payments.ts';
import type { CustomerRow } from '../../store/rows.ts';
import { addressOf } from '../../wire/address.ts';
import { noSuchObject } from '../../wire/errors.ts';
import { registerIncludable } from '../../wire/expand.ts';
import { newId, randomText } from '../../wire/ids.ts';
import { listOf, wholeList } from '../../wire/lists.ts';
import { mergeMetadata } from '../../wire/metadata.ts';
import type { Params } from '../../wire/params.ts';
import { nowFor, type World } from '../../world.ts';
import { requireCustomer, requirePaymentMethod } from '../find.ts';
import { attachPaymentMethod, resolvePaymentMethod } from '../payments/payment-methods.ts';
import { deleteCustomerDiscount, withCoupon, withSource } from './legacy-customer-params.ts';

function readProfile(params: Params, before: Record<string, unknown>) {
  const text = (field: string) => {
    const old = before[field];
    return params.has(field) ? params.textOrNull(field) : typeof old === 'string' ? old : null;
  };
  return {
    address: params.has('address') ? addressOf(params.sub('address')) : (before.address ?? null),
    description: text('description'),
    name: text('name'),
    phone: text('phone'),
    preferred_locales: params.texts('preferred_locales') ?? before.preferred_locales ?? [],
    shipping: params.has('shipping') ? (params.sub('shipping')?.raw ?? null) : (before.shipping ?? null),
    tax_exempt: params.text('tax_exempt') ?? before.tax_exempt ?? 'none',
  };
}

export function createCustomer(world: World, params: Params): CustomerRow {
  const testClock = params.textOrNull('test_clock');
  if (testClock && !world.store.get('test_helpers.test_clock', testClock)) {
    throw noSuchObject('test clock', testClock, 'test_clock');
  }
  const created: CustomerRow = world.store.put('customer', {
    ...blankCustomer,
    ...readProfile(params, {}),
    id: newId('cus'),
    balance: params.integer('balance') ?? 0,
    created: nowFor(world, { test_clock: testClock }),
    currency: null,
    delinquent: false,
    email: params.textOrNull('email'),
    invoice_prefix: params.text('invoice_prefix') ?? randomText(8).toUpperCase(),
    invoice_settings: {
      custom_fields: null,
      default_payment_method: null,
      footer: params.sub('invoice_settings')?.textOrNull('footer') ?? null,
      rendering_options: null,
    },
    metadata: mergeMetadata({}, params),
    next_invoice_sequence: params.integer('next_invoice_sequence') ?? 1,
    test_clock: testClock,
  });
  const method = params.text('payment_method');
  const attached = method && attachPaymentMethod(world, resolvePaymentMethod(world, method), created.id);
  const customer = withDefaultMethod(world, created, {
    params,
    ...(attached ? { attached: attached.id } : {}),
  });
  emit(world, 'customer.created', customer);
  return withCoupon(world, withSource(world, customer, params), params);
}

/** Sets `invoice_settings[default_payment_method]`, which must belong to the customer. */
function withDefaultMethod(
  world: World,
  customer: CustomerRow,
  { params, attached }: { params: Params; attached?: string },
): CustomerRow {
  const settings = params.sub('invoice_settings');
  if (!settings?.has('default_payment_method')) return customer;
  const name = settings.textOrNull('default_payment_method');
  let id: string | null = null;
  if (name !== null) {
    // A test name stands for the method that this very call attached.
    const method =
      attached && name.startsWith('pm_card_')
        ? requirePaymentMethod(world, attached)
        : resolvePaymentMethod(world, name);
    if (method.customer !== customer.id) {
      throw noSuchObject('PaymentMethod', name, 'invoice_settings[default_payment_method]');
    }
    id = method.id;
  }
  return world.store.put('customer', {
    ...customer,
    invoice_settings: { ...customer.invoice_settings, default_payment_method: id },
  });
}

function updateCustomer({ world, params, id }: Call) {
  const before = requireCustomer(world, id);
  const updated = world.store.put('customer', {
    ...before,
    ...readProfile(params, before),
    balance: params.integer('balance') ?? before.balance,
    email: params.has('email') ? params.textOrNull('email') : before.email,
    metadata: mergeMetadata(before.metadata, params),
  });
  const customer = withDefaultMethod(world, updated, { params });
  emitChange(world, 'customer.updated', { before, after: customer });
  return withCoupon(world, withSource(world, customer, params), params);
}

function retrieveCustomer({ world, id }: Call) {
  const customer = world.store.get('customer', id);
  if (!customer) throw noSuchObject('customer', id);
  return customer.deleted ? { id, object: 'customer', deleted: true } : customer;
}

/** Deleting a customer cancels their subscriptions at once and detaches their payment methods. */
export function deleteCustomer(world: World, id: string) {
  const customer = requireCustomer(world, id);
  for (const subscription of world.store.all('subscription')) {
    const isLive = !['canceled', 'incomplete_expired'].includes(subscription.status);
    if (subscription.customer === id && isLive) cancelSubscription(world, subscription, {});
  }
  for (const method of world.store.all('payment_method')) {
    if (method.customer === id) world.store.put('payment_method', { ...method, customer: null });
  }
  world.store.put('customer', { ...customer, deleted: true });
  emit(world, 'customer.deleted', customer);
  return { id, object: 'customer', deleted: true };
}

function listCustomers({ world, params }: Call) {
  const email = params.text('email');
  const clock = params.textOrNull('test_clock');
  return listOf(world, 'customer', {
    params,
    url: '/v1/customers',
    matches: (row) => !row.deleted && (!email || row.email === email) && row.test_clock === clock,
  });
}

registerIncludable('customer', 'subscriptions', (world, row) => {
  const live = world.store
    .all('subscription')
    .filter(
      ({ customer, status }) =>
        customer === row.id && status !== 'canceled' && status !== 'incomplete_expired',
    );
  return wholeList(live.reverse(), `/v1/customers/${row.id}/subscriptions`);
});

export const customerRoutes: Route[] = [
  { method: 'POST', path: '/v1/customers', handler: ({ world, params }) => createCustomer(world, params) },
  { method: 'GET', path: '/v1/customers', handler: listCustomers },
  { method: 'GET', path: '/v1/customers/:id', handler: retrieveCustomer },
  { method: 'POST', path: '/v1/customers/:id', handler: updateCustomer },
  {
    method: 'DELETE',
    path: '/v1/customers/:id/discount',
    handler: ({ world, id }) => deleteCustomerDiscount(world, requireCustomer(world, id)),
  },
  { method: 'DELETE', path: '/v1/customers/:id', handler: ({ world, id }) => deleteCustomer(world, id) },
  {
    method: 'GET',
    path: '/v1/customers/:id/payment_methods',
    handler: ({ world, params, id }) =>
      listOf(world, 'payment_method', {
        params,
        url: `/v1/customers/${requireCustomer(world, id).id}/payment_methods`,
        matches: (row) => row.customer === id,
      }),
  },
  {
    method: 'GET',
    path: '/v1/customers/:id/payment_methods/:subId',
    handler: ({ world, subId }) => requirePaymentMethod(world, subId),
  },
];
