import { emit, emitChange } from '../../events/emit.ts';
import type { SubscriptionRow } from '../../store/billing-rows.ts';
import { invalidRequest } from '../../wire/errors.ts';
import { customerNow, type World } from '../../world.ts';
import { takePendingItems } from '../invoicing/draft.ts';
import { billChange } from './bill-change.ts';
import { changeSubscription, type ProrationBehavior } from './change.ts';
import { refreshEntitlements } from './entitlements.ts';
import { presentPeriod, spanOf } from './item-periods.ts';
import { asIs } from './items.ts';
import { debitItem, fullAmounts } from './prorations.ts';
import { activate } from './resumption.ts';

export interface ResumeOptions {
  isAnchorKept: boolean;
  behavior: ProrationBehavior;
  /** Active only once the resumption's invoice is paid; otherwise with the first attempt. */
  waitsForPayment: boolean;
}

/** paused → active. By default a new period begins now and is billed; `unchanged` keeps the old dates. */
export function resumeSubscription(
  world: World,
  before: SubscriptionRow,
  options: ResumeOptions,
): SubscriptionRow {
  if (before.status !== 'paused') throw invalidRequest('Only paused subscriptions can be resumed.');
  if (before.collection_method !== 'charge_automatically') {
    throw invalidRequest('Only subscriptions with `charge_automatically` collection can be resumed.');
  }
  const isAttempted = !options.waitsForPayment && hasMethod(world, before);
  if (!isAttempted && !options.isAnchorKept) return resumeWhenPaid(world, before);
  const { status_details: _over, ...fields } = before;
  const active = world.store.put('subscription', { ...fields, status: 'active' });
  emit(world, 'customer.subscription.resumed', active);
  const resumed = options.isAnchorKept
    ? resumeOnAnchor(world, { before, active, behavior: options.behavior })
    : changeSubscription(world, active, {
        ...plainChange,
        items: active.items.data.map(asIs),
        prorationDate: active.items.data[0]?.current_period_end ?? customerNow(world, before.customer),
        isReanchored: true,
      }).subscription;
  refreshEntitlements(world, before.customer);
  return resumed;
}

const plainChange = { behavior: 'none', paymentBehavior: 'allow_incomplete', fields: {} } as const;

function hasMethod(world: World, { customer, default_payment_method }: SubscriptionRow): boolean {
  const theirs = world.store.get('customer', customer)?.invoice_settings.default_payment_method;
  return Boolean(default_payment_method ?? theirs);
}

/** Bills a new period from now; while that is not paid, everything else stays as it was. */
function resumeWhenPaid(world: World, before: SubscriptionRow): SubscriptionRow {
  const { subscription, invoice, isPaid } = changeSubscription(world, before, {
    ...plainChange,
    paymentBehavior: 'pending_if_incomplete',
    items: before.items.data.map(asIs),
    prorationDate: before.items.data[0]?.current_period_end ?? customerNow(world, before.customer),
    isReanchored: true,
  });
  const { items, billing_cycle_anchor, _periodIndex } = subscription;
  const resumption = { items, billing_cycle_anchor, _periodIndex };
  if (isPaid) return activate(world, before, resumption);
  const waiting = world.store.put('subscription', {
    ...before,
    latest_invoice: invoice?.id ?? before.latest_invoice,
    _resumption: resumption,
    _resumesWith: invoice?.id ?? null,
  });
  emitChange(world, 'customer.subscription.updated', { before, after: waiting });
  return waiting;
}

/** Time until the next renewal that nothing was charged for is charged by the second; charged time is not. */
function resumeOnAnchor(
  world: World,
  resumed: { before: SubscriptionRow; active: SubscriptionRow; behavior: ProrationBehavior },
): SubscriptionRow {
  const { before, behavior } = resumed;
  const now = customerNow(world, before.customer);
  const active = inPresentPeriods(resumed.active, now);
  const amounts = fullAmounts(world, active, { changes: active.items.data.map(asIs), at: now });
  const data = active.items.data.map((item, index) => {
    const isCharged = item._charged !== null && item._charged.periodEnd > now;
    if (behavior === 'none' || isCharged || item.price.recurring?.usage_type === 'metered') return item;
    const fullAmount = amounts[index] ?? 0;
    debitItem(world, active, { item, fullAmount, at: now });
    const { start, end } = spanOf(item);
    return {
      ...item,
      _charged: { amount: fullAmount, periodStart: start, periodEnd: end, invoice: null, lines: [] },
    };
  });
  const after = world.store.put('subscription', { ...active, items: { ...active.items, data } });
  emitChange(world, 'customer.subscription.updated', { before, after });
  const { customer, id: subscription, currency } = after;
  const lines =
    behavior === 'always_invoice' ? takePendingItems(world, { customer, subscription, currency }) : [];
  if (lines.length === 0) return after;
  const change = { ...plainChange, items: [], prorationDate: now, isReanchored: false, lines, now };
  return billChange(world, after, change).subscription;
}

/** Periods went by while it was paused: each item is in the one of its grid that contains now. */
function inPresentPeriods(subscription: SubscriptionRow, now: number): SubscriptionRow {
  const data = subscription.items.data.map((item) => {
    if (item.current_period_end > now || !item.price.recurring) return item;
    const { start, end, index } = presentPeriod(subscription.billing_cycle_anchor, item.price.recurring, now);
    return {
      ...item,
      current_period_start: start,
      current_period_end: end,
      _periodIndex: index,
      _charged: null,
    };
  });
  const PeriodIndex = data[0]?._periodIndex ?? subscription._periodIndex;
  return { ...subscription, _periodIndex: PeriodIndex, items: { ...subscription.items, data } };
}
