import { cancelSubscription } from '../../billing/lifecycle/cancel.ts';
import { applyPhase, releaseSchedule } from '../../billing/lifecycle/schedule-phases.ts';
import { startSchedule } from '../../billing/lifecycle/start-schedule.ts';
import { emit, emitChange } from '../../events/emit.ts';
import type { Call, Route } from '../../server/router.ts';
import type { Phase, ScheduleRow } from '../../store/session-rows.ts';
import { invalidRequest, missingParameter, noSuchObject } from '../../wire/errors.ts';
import { listOf } from '../../wire/lists.ts';
import { mergeMetadata } from '../../wire/metadata.ts';
import type { Params } from '../../wire/params.ts';
import { customerNow, nowFor, type World } from '../../world.ts';
import { requireCustomer, requireSubscription } from '../find.ts';
import { newSchedule } from './new-schedule.ts';
import { phaseOf, readPhases } from './schedule-params.ts';

function requireSchedule(world: World, id: string): ScheduleRow {
  const schedule = world.store.get('subscription_schedule', id);
  if (!schedule) throw noSuchObject('subscription_schedule', id);
  return schedule;
}

function create({ world, params }: Call) {
  const from = params.text('from_subscription');
  const endBehavior = params.choice('end_behavior', ['release', 'cancel']) ?? 'release';
  if (from) return createFrom(world, params, { id: from, endBehavior });
  const customer = requireCustomer(world, params.requireText('customer'), 'customer');
  const now = nowFor(world, customer);
  const start = params.text('start_date') === 'now' ? now : params.requireInteger('start_date');
  const entries = params.subs('phases');
  if (!entries || entries.length === 0) throw missingParameter('phases');
  const phases = readPhases(world, entries, start);
  const schedule = newSchedule(world, {
    customer: customer.id,
    subscription: null,
    phases,
    endBehavior,
    metadata: mergeMetadata({}, params),
    now,
  });
  emit(world, 'subscription_schedule.created', schedule);
  return start > now ? schedule : startSchedule(world, schedule);
}

function createFrom(
  world: World,
  params: Params,
  { id, endBehavior }: { id: string; endBehavior: 'release' | 'cancel' },
): ScheduleRow {
  const before = requireSubscription(world, id, 'from_subscription');
  if (before.schedule)
    throw invalidRequest(
      `You cannot migrate a subscription that is already attached to a schedule: ${before.schedule}.`,
      'from_subscription',
    );
  const schedule = newSchedule(world, {
    customer: before.customer,
    subscription: before.id,
    phases: [phaseOf(before)],
    endBehavior,
    metadata: mergeMetadata({}, params),
    now: nowFor(world, before),
  });
  const after = world.store.put('subscription', { ...before, schedule: schedule.id });
  emit(world, 'subscription_schedule.created', schedule);
  emitChange(world, 'customer.subscription.updated', { before, after });
  return schedule;
}

/** New phases replace all; the one that contains now becomes the present one and is applied. */
function update({ world, params, id }: Call) {
  const before = requireSchedule(world, id);
  if (before.status !== 'active' && before.status !== 'not_started') {
    throw invalidRequest(`You cannot update a subscription schedule that is ${before.status}.`);
  }
  const entries = params.subs('phases');
  const now = customerNow(world, before.customer);
  const start = before.phases[0]?.start_date ?? now;
  const phases = entries ? readPhases(world, entries, start) : before.phases;
  const running = phases.find((phase) => phase.start_date <= now && now < phase.end_date) ?? phases[0];
  const current = before.status === 'active' ? running : undefined;
  const after = world.store.put('subscription_schedule', {
    ...before,
    phases,
    current_phase: current ? { start_date: current.start_date, end_date: current.end_date } : null,
    end_behavior: params.choice('end_behavior', ['release', 'cancel']) ?? before.end_behavior,
    metadata: mergeMetadata(before.metadata ?? {}, params),
  });
  emitChange(world, 'subscription_schedule.updated', { before, after });
  const subscription = before.subscription ? world.store.get('subscription', before.subscription) : undefined;
  if (subscription && current && entries)
    applyPhase(world, subscription, { phase: current, isEntered: isNewPhase(before, current) });
  // Its next due time depends on the schedule.
  const latest = subscription && world.store.get('subscription', subscription.id);
  if (latest) world.store.put('subscription', { ...latest });
  return after;
}

/** A phase that begins elsewhere or brings other discounts is entered; a rewritten one goes on. */
function isNewPhase(before: ScheduleRow, phase: Phase): boolean {
  const same = before.phases.find((old) => old.start_date === phase.start_date);
  return JSON.stringify(same?.discounts) !== JSON.stringify(phase.discounts);
}

function cancel({ world, params, id }: Call) {
  const before = requireSchedule(world, id);
  if (before.status !== 'active' && before.status !== 'not_started') {
    throw invalidRequest(`You cannot cancel a subscription schedule that is ${before.status}.`);
  }
  const now = customerNow(world, before.customer);
  const after = world.store.put('subscription_schedule', {
    ...before,
    status: 'canceled',
    canceled_at: now,
    current_phase: null,
  });
  const subscription = before.subscription ? world.store.get('subscription', before.subscription) : undefined;
  if (subscription && subscription.status !== 'canceled') {
    cancelSubscription(world, subscription, {
      invoiceNow: params.flag('invoice_now') ?? true,
      prorate: params.flag('prorate') ?? true,
    });
  }
  emitChange(world, 'subscription_schedule.canceled', { before, after });
  return after;
}

const BASE = '/v1/subscription_schedules';

export const subscriptionScheduleRoutes: Route[] = [
  { method: 'POST', path: BASE, handler: create },
  {
    method: 'GET',
    path: BASE,
    handler: ({ world, params }) => {
      const customer = params.text('customer');
      return listOf(world, 'subscription_schedule', {
        params,
        url: BASE,
        matches: (row) => !customer || row.customer === customer,
      });
    },
  },
  { method: 'GET', path: `${BASE}/:id`, handler: ({ world, id }) => requireSchedule(world, id) },
  { method: 'POST', path: `${BASE}/:id`, handler: update },
  {
    method: 'POST',
    path: `${BASE}/:id/release`,
    handler: ({ world, id }) => releaseSchedule(world, requireSchedule(world, id)),
  },
  { method: 'POST', path: `${BASE}/:id/cancel`, handler: cancel },
];
