import { emit, emitChange } from '../../events/emit.ts';
import type { SubscriptionRow } from '../../store/billing-rows.ts';
import { invalidRequest } from '../../wire/errors.ts';
import { customerNow, type World } from '../../world.ts';
import { finalizeAndCollect } from '../invoicing/advance-invoice.ts';
import { claimItems, draftInvoice, takePendingItems } from '../invoicing/draft.ts';
import { meteredLines } from '../invoicing/lines.ts';
import { billChange, changeSubscription, type ProrationBehavior } from './change.ts';
import { refreshEntitlements } from './entitlements.ts';
import { presentPeriod, spanOf } from './item-periods.ts';
import { asIs } from './items.ts';
import { creditUnusedTime, debitItem, fullAmounts } from './prorations.ts';

export type PauseReason = 'pause_requested' | 'trial_end_without_payment_method';

/** → `paused`: nothing is billed until it is resumed. `.paused` is sent beside the usual update. */
export function markPaused(world: World, before: SubscriptionRow, reason: PauseReason): SubscriptionRow {
  const after = world.store.put('subscription', {
    ...before,
    status: 'paused',
    status_details: {
      paused: {
        subscription: { type: reason },
        transitioned_at: customerNow(world, before.customer),
        type: 'subscription',
      },
    },
  });
  emit(world, 'customer.subscription.paused', after);
  emitChange(world, 'customer.subscription.updated', { before, after });
  refreshEntitlements(world, before.customer);
  return after;
}

export interface PauseOptions {
  isUsageBilled: boolean;
  isUnusedTimeCredited: boolean;
  isInvoicedNow: boolean;
}

export function pauseSubscription(
  world: World,
  before: SubscriptionRow,
  options: PauseOptions,
): SubscriptionRow {
  if (before.schedule) throw invalidRequest('A subscription with a schedule cannot be paused.');
  if (before.status !== 'active' && before.status !== 'trialing') {
    throw invalidRequest(`A subscription in status ${before.status} cannot be paused.`);
  }
  const now = customerNow(world, before.customer);
  if (options.isUnusedTimeCredited) creditUnusedTime(world, before, now);
  const usage = options.isUsageBilled ? meteredLines(world, before, { until: now }) : [];
  const isCredited = options.isUnusedTimeCredited;
  const items = before.items.data.map((item) => (isCredited ? { ...item, _charged: null } : item));
  const paused = markPaused(world, { ...before, items: { ...before.items, data: items } }, 'pause_requested');
  const billed = usage.filter((line) => line.amount !== 0);
  if (!options.isInvoicedNow && billed.length === 0) return paused;
  const pending = takePendingItems(world, {
    customer: before.customer,
    subscription: before.id,
    currency: before.currency,
  });
  if (billed.length + pending.length === 0) return paused;
  const draft = draftInvoice(world, {
    customer: before.customer,
    currency: before.currency,
    reason: 'subscription_update',
    subscription: paused,
    lines: [...pending, ...billed],
    period: { start: now, end: now },
    finalizesAt: null,
    autoAdvance: true,
  });
  claimItems(world, draft);
  finalizeAndCollect(world, draft);
  const current = world.store.get('subscription', paused.id) ?? paused;
  return world.store.put('subscription', { ...current, latest_invoice: draft.id });
}

/** paused → active. By default a new period begins now and is billed; `unchanged` keeps the old dates. */
export function resumeSubscription(
  world: World,
  before: SubscriptionRow,
  options: { isAnchorKept: boolean; behavior: ProrationBehavior },
): SubscriptionRow {
  if (before.status !== 'paused') throw invalidRequest('Only paused subscriptions can be resumed.');
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
