import { deletedDiscount, withoutDiscounts } from '../../billing/discounts/held.ts';
import { cancelSubscription } from '../../billing/lifecycle/cancel.ts';
import { pauseSubscription } from '../../billing/lifecycle/pause.ts';
import { resumeSubscription } from '../../billing/lifecycle/resume.ts';
import { subscribe } from '../../billing/lifecycle/subscribe.ts';
import { emitChange } from '../../events/emit.ts';
import type { Call, Route } from '../../server/router.ts';
import type { SubscriptionRow } from '../../store/billing-rows.ts';
import { missingParameter, noSuchObject } from '../../wire/errors.ts';
import { listOf } from '../../wire/lists.ts';
import type { Params } from '../../wire/params.ts';
import { customerNow, type World } from '../../world.ts';
import { requireCustomer, requireSubscription } from '../find.ts';
import { newSubscriptionOf } from './new-subscription.ts';
import { updateSubscription } from './subscription-update.ts';

/** Creates a subscription from API parameters; `isAuthenticated` when the customer has just passed a challenge. */
export function createSubscription(world: World, params: Params, isAuthenticated = false): SubscriptionRow {
  const wanted = newSubscriptionOf(world, params);
  const subscription = subscribe(world, { ...wanted, isAuthenticated });
  const customer = requireCustomer(world, wanted.customer);
  if (!customer.currency) {
    const after = world.store.put('customer', { ...customer, currency: wanted.currency });
    emitChange(world, 'customer.updated', { before: customer, after });
  }
  return atPeriodEnd(world, subscription, params);
}

function atPeriodEnd(world: World, subscription: SubscriptionRow, params: Params): SubscriptionRow {
  if (!params.flag('cancel_at_period_end')) return subscription;
  const end = Math.max(...subscription.items.data.map((item) => item.current_period_end));
  return world.store.put('subscription', {
    ...subscription,
    cancel_at_period_end: true,
    cancel_at: end,
    canceled_at: subscription.created,
  });
}

function cancel({ world, params, id }: Call) {
  const subscription = requireSubscription(world, id);
  if (subscription.status === 'canceled' || subscription.status === 'incomplete_expired') {
    throw noSuchObject('subscription', id);
  }
  const details = params.sub('cancellation_details');
  return cancelSubscription(world, subscription, {
    comment: details?.textOrNull('comment') ?? null,
    feedback: details?.textOrNull('feedback') ?? null,
    invoiceNow: params.flag('invoice_now') ?? false,
    prorate: params.flag('prorate') ?? false,
  });
}

function list({ world, params }: Call) {
  const status = params.text('status');
  const customer = params.text('customer');
  const price = params.text('price');
  const collection = params.text('collection_method');
  const clock = params.text('test_clock');
  const matches = (row: SubscriptionRow) =>
    (!customer || row.customer === customer) &&
    (!price || row.items.data.some((item) => item.price.id === price)) &&
    (!collection || row.collection_method === collection) &&
    (clock ? row.test_clock === clock : customer !== undefined || row.test_clock === null) &&
    matchesStatus(row, status);
  return listOf(world, 'subscription', { params, url: '/v1/subscriptions', matches });
}

function matchesStatus(row: SubscriptionRow, status: string | undefined): boolean {
  if (status === 'all') return true;
  if (status === undefined) return row.status !== 'canceled' && row.status !== 'incomplete_expired';
  if (status === 'ended') return row.status === 'canceled' || row.status === 'incomplete_expired';
  return row.status === status;
}

function deleteDiscount({ world, id }: Call) {
  const before = requireSubscription(world, id);
  const discount = world.store.get('discount', before.discounts[0] ?? '');
  if (!discount) throw noSuchObject('discount', id);
  const after = withoutDiscounts(world, before, (row) => before.discounts.includes(row.id));
  emitChange(world, 'customer.subscription.updated', { before, after });
  return deletedDiscount(discount);
}

function pause({ world, params, id }: Call) {
  const billFor = params.sub('bill_for');
  return pauseSubscription(world, requireSubscription(world, id), {
    isUsageBilled: billFor?.sub('outstanding_usage_through')?.text('type') !== 'none',
    isUnusedTimeCredited: billFor?.sub('unused_time_from')?.text('type') === 'now',
    isInvoicedNow: params.text('invoicing_behavior') !== 'pending_invoice_item',
  });
}

function resume({ world, params, id }: Call) {
  const isAnchorKept = params.sub('billing_cycle_anchor')?.text('type') === 'unchanged';
  const behavior =
    params.choice('proration_behavior', ['create_prorations', 'always_invoice', 'none']) ??
    'create_prorations';
  const waitsForPayment =
    params.choice('payment_behavior', ['resume_on_payment_attempt', 'resume_on_payment_success']) ===
    'resume_on_payment_success';
  return resumeSubscription(world, requireSubscription(world, id), {
    isAnchorKept,
    behavior,
    waitsForPayment,
  });
}

/** Everything here is in flexible billing mode already; how prorations show discounts can still be said. */
function migrate({ world, params, id }: Call) {
  const before = requireSubscription(world, id);
  const mode = params.sub('billing_mode');
  if (mode?.choice('type', ['flexible']) === undefined) throw missingParameter('billing_mode[type]');
  const discounts = mode.sub('flexible')?.choice('proration_discounts', ['included', 'itemized']);
  if (discounts === undefined) return before;
  const billingMode = {
    flexible: { proration_discounts: discounts },
    type: 'flexible',
    updated_at: customerNow(world, before.customer),
  };
  const after = world.store.put('subscription', { ...before, billing_mode: billingMode });
  emitChange(world, 'customer.subscription.updated', { before, after });
  return after;
}

export const subscriptionRoutes: Route[] = [
  {
    method: 'POST',
    path: '/v1/subscriptions',
    handler: ({ world, params }) => createSubscription(world, params),
  },
  { method: 'GET', path: '/v1/subscriptions', handler: list },
  {
    method: 'GET',
    path: '/v1/subscriptions/:id',
    handler: ({ world, id }) => requireSubscription(world, id),
  },
  { method: 'POST', path: '/v1/subscriptions/:id', handler: updateSubscription },
  { method: 'DELETE', path: '/v1/subscriptions/:id', handler: cancel },
  { method: 'DELETE', path: '/v1/subscriptions/:id/discount', handler: deleteDiscount },
  { method: 'POST', path: '/v1/subscriptions/:id/pause', handler: pause },
  { method: 'POST', path: '/v1/subscriptions/:id/resume', handler: resume },
  { method: 'POST', path: '/v1/subscriptions/:id/migrate', handler: migrate },
];
