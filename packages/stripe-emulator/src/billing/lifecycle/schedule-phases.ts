import { emit, emitChange } from '../../events/emit.ts';
import { requirePrice } from '../../resources/find.ts';
import type { SubscriptionRow } from '../../store/billing-rows.ts';
import type { Phase, ScheduleRow } from '../../store/session-rows.ts';
import { customerNow, type World } from '../../world.ts';
import { settleDiscounts } from '../discounts/held.ts';
import { cancelSubscription } from './cancel.ts';
import { changeSubscription, isIntervalChange } from './change.ts';
import { refreshEntitlements } from './entitlements.ts';
import { periodFor } from './item-periods.ts';
import { buildItem, type ItemChange } from './items.ts';
import { addPhaseExtras, phaseDiscounts, phaseFields } from './phase-settings.ts';

/** When the subscription's schedule leaves its present phase. */
export function nextPhaseAt(world: World, subscription: SubscriptionRow): number | null {
  const schedule = subscription.schedule
    ? world.store.get('subscription_schedule', subscription.schedule)
    : undefined;
  return schedule?.status === 'active' ? (schedule.current_phase?.end_date ?? null) : null;
}

/** The present phase is over: enter the next one, or release or cancel after the last. */
export function advanceSchedule(world: World, subscription: SubscriptionRow): void {
  const schedule = subscription.schedule
    ? world.store.get('subscription_schedule', subscription.schedule)
    : undefined;
  if (!schedule) return;
  const next = schedule.phases.find((phase) => phase.start_date === schedule.current_phase?.end_date);
  if (next) enterPhase(world, { schedule, subscription }, next);
  else finish(world, schedule, subscription);
}

function enterPhase(
  world: World,
  at: { schedule: ScheduleRow; subscription: SubscriptionRow },
  phase: Phase,
): void {
  const before = at.schedule;
  const currentPhase = { start_date: phase.start_date, end_date: phase.end_date };
  const after = world.store.put('subscription_schedule', { ...before, current_phase: currentPhase });
  emitChange(world, 'subscription_schedule.updated', { before, after });
  applyPhase(world, at.subscription, { phase, isEntered: true });
}

/**
 * At a period's end the new items simply begin with the next period, without prorations; within a period they
 * change as an update would. Discounts are redeemed and extras added only when the phase is entered.
 */
export function applyPhase(
  world: World,
  before: SubscriptionRow,
  { phase, isEntered }: { phase: Phase; isEntered: boolean },
): SubscriptionRow {
  const now = customerNow(world, before.customer);
  const items = phaseChanges(world, before, { phase, isEntered });
  const end = before.items.data[0]?.current_period_end ?? now;
  const fields = phaseFields(world, before, { phase, isEntered });
  if (isEntered) addPhaseExtras(world, before, phase);
  if (end > now) {
    const { subscription } = changeSubscription(world, before, {
      items,
      behavior: phase.proration_behavior,
      paymentBehavior: 'allow_incomplete',
      prorationDate: null,
      isReanchored: isEntered && phase.billing_cycle_anchor === 'phase_start',
      fields,
    });
    settleDiscounts(world, before, subscription);
    return subscription;
  }
  const start = before.items.data[0]?.current_period_start ?? now;
  const kept = items.filter((item) => !item.isDeleted);
  // A new interval counts its periods from here.
  const isReanchored = isIntervalChange(before, items);
  const data = kept.map((item) => {
    const period = isReanchored ? { start, end, index: -1 } : periodFor(before, item.price, start);
    return buildItem(item, { subscription: before.id, period, created: now });
  });
  const anchor = isReanchored ? { billing_cycle_anchor: end, _periodIndex: -1 } : {};
  const after = world.store.put('subscription', {
    ...before,
    ...fields,
    ...anchor,
    items: { ...before.items, data, total_count: data.length },
  });
  settleDiscounts(world, before, after);
  emitChange(world, 'customer.subscription.updated', { before, after });
  refreshEntitlements(world, after.customer);
  return after;
}

/** Items keep their id when the price stays, else when they can take the place of one that goes. */
function phaseChanges(
  world: World,
  subscription: SubscriptionRow,
  { phase, isEntered }: { phase: Phase; isEntered: boolean },
): ItemChange[] {
  const free = [...subscription.items.data];
  const take = (index: number) => (index < 0 ? null : (free.splice(index, 1)[0] ?? null));
  const wanted = phase.items.map((item) => ({ item, price: requirePrice(world, item.price) }));
  const same = wanted.map(({ price }) =>
    take(free.findIndex((candidate) => candidate.price.id === price.id)),
  );
  const changes = wanted.map(({ item, price }, index): ItemChange => {
    const existing =
      same[index] ??
      take(free.findIndex((candidate) => candidate.price.product === price.product)) ??
      take(0);
    const rates = Array.isArray(item.tax_rates) && item.tax_rates.length > 0 ? item.tax_rates : null;
    const discounts = isEntered ? phaseDiscounts(world, item.discounts, subscription) : undefined;
    return {
      existing,
      price,
      quantity: item.quantity ?? 1,
      metadata: { ...existing?.metadata, ...item.metadata },
      isDeleted: false,
      ...(rates ? { taxRates: rates } : {}),
      ...(discounts ? { discounts } : {}),
    };
  });
  const gone = free.map(
    (existing): ItemChange => ({
      existing,
      price: existing.price,
      quantity: 0,
      metadata: {},
      isDeleted: true,
    }),
  );
  return [...changes, ...gone];
}

function finish(world: World, before: ScheduleRow, subscription: SubscriptionRow): void {
  const now = customerNow(world, before.customer);
  if (before.end_behavior === 'cancel') {
    const after = world.store.put('subscription_schedule', {
      ...before,
      status: 'completed',
      completed_at: now,
      current_phase: null,
    });
    emit(world, 'subscription_schedule.completed', after);
    cancelSubscription(world, subscription, {});
    return;
  }
  releaseSchedule(world, before);
}

/** The subscription goes on as it is, without its schedule. */
export function releaseSchedule(world: World, before: ScheduleRow): ScheduleRow {
  const after = world.store.put('subscription_schedule', {
    ...before,
    status: 'released',
    released_at: customerNow(world, before.customer),
    released_subscription: before.subscription,
    subscription: null,
    current_phase: null,
  });
  const held = before.subscription ? world.store.get('subscription', before.subscription) : undefined;
  if (held) {
    const freed = world.store.put('subscription', { ...held, schedule: null });
    emitChange(world, 'customer.subscription.updated', { before: held, after: freed });
  }
  emit(world, 'subscription_schedule.released', after);
  return after;
}
