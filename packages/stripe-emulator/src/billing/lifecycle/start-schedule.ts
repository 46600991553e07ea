import { emit, emitChange } from '../../events/emit.ts';
import { newSubscriptionOf } from '../../resources/subscriptions/new-subscription.ts';
import type { ScheduleRow } from '../../store/session-rows.ts';
import type { World } from '../../world.ts';
import { paramsOfPhase } from './phase-settings.ts';
import { subscribe } from './subscribe.ts';

const EXPIRY_NOTICE_SECONDS = 7 * 86_400;

/** The first phase begins: its subscription is made and from now on follows the schedule. */
export function startSchedule(world: World, before: ScheduleRow): ScheduleRow {
  const [first] = before.phases;
  if (!first) return before;
  const wanted = newSubscriptionOf(world, paramsOfPhase(first, before.customer));
  const subscription = subscribe(world, { ...wanted, isDeferred: true });
  const started = world.store.put('subscription_schedule', {
    ...before,
    current_phase: { start_date: first.start_date, end_date: first.end_date },
    status: 'active',
    subscription: subscription.id,
  });
  world.store.put('subscription', { ...subscription, schedule: started.id });
  emitChange(world, 'subscription_schedule.updated', { before, after: started });
  return started;
}

/** When a schedule acts by itself: it starts, or it announces its end a week ahead. */
export function scheduleDueAt(schedule: ScheduleRow): number | null {
  if (schedule.status === 'not_started') return schedule.phases[0]?.start_date ?? null;
  const end = schedule.phases.at(-1)?.end_date;
  if (schedule.status !== 'active' || end === undefined || schedule._expiryNoticeFor === end) return null;
  return Math.max(end - EXPIRY_NOTICE_SECONDS, schedule.phases[0]?.start_date ?? 0);
}

export function advanceScheduleByTime(world: World, before: ScheduleRow): void {
  if (before.status === 'not_started') {
    startSchedule(world, before);
    return;
  }
  const end = before.phases.at(-1)?.end_date;
  emit(
    world,
    'subscription_schedule.expiring',
    world.store.put('subscription_schedule', { ...before, _expiryNoticeFor: end }),
  );
}
