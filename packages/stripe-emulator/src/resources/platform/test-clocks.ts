import { addMonths, boundary } from '../../billing/amounts/period.ts';
import { emit } from '../../events/emit.ts';
import type { Call, Route } from '../../server/router.ts';
import { blankTestHelpersTestClock } from '../../shapes/sessions.ts';
import type { TestClockRow } from '../../store/session-rows.ts';
import { invalidRequest, noSuchObject } from '../../wire/errors.ts';
import { newId } from '../../wire/ids.ts';
import { listOf } from '../../wire/lists.ts';
import type { World } from '../../world.ts';

const KEPT_SECONDS = 30 * 86_400;
const ADVANCE_DELAY_MS = 20;

function requireClock(world: World, id: string): TestClockRow {
  const clock = world.store.get('test_helpers.test_clock', id);
  if (!clock) throw noSuchObject('test clock', id);
  return clock;
}

function create({ world, params }: Call) {
  const clock = world.store.put('test_helpers.test_clock', {
    ...blankTestHelpersTestClock,
    id: newId('clock'),
    created: world.clock.nowSeconds(),
    deletes_after: world.clock.nowSeconds() + KEPT_SECONDS,
    frozen_time: params.requireInteger('frozen_time'),
    name: params.textOrNull('name'),
    status: 'ready',
    status_details: {},
  });
  emit(world, 'test_helpers.test_clock.created', clock);
  return clock;
}

/** Answers at once with `advancing`; the work is done after the answer, then the clock is `ready`. */
function advance({ world, params, id }: Call) {
  const before = requireClock(world, id);
  const target = params.requireInteger('frozen_time');
  if (before.status !== 'ready')
    throw invalidRequest('Test clock is not ready.', undefined, 'test_clock_not_ready');
  if (target <= before.frozen_time)
    throw invalidRequest('Cannot move a test clock backwards.', 'frozen_time');
  if (target > furthest(world, before)) {
    throw invalidRequest(
      'A test clock may advance at most two intervals of its shortest subscription, or two years without one.',
      'frozen_time',
    );
  }
  const clock = world.store.put('test_helpers.test_clock', {
    ...before,
    status: 'advancing',
    status_details: { advancing: { target_frozen_time: target } },
    _target: target,
  });
  emit(world, 'test_helpers.test_clock.advancing', clock);
  setTimeout(() => finishAdvance(world, id), ADVANCE_DELAY_MS).unref();
  return clock;
}

function furthest(world: World, clock: TestClockRow): number {
  const limits = world.store
    .all('subscription')
    .filter((row) => row.test_clock === clock.id && row.status !== 'canceled')
    .flatMap((row) => row.items.data.flatMap((item) => item.price.recurring ?? []))
    .map((recurring) => boundary(clock.frozen_time, recurring, 2));
  return limits.length === 0 ? addMonths(clock.frozen_time, 24) : Math.min(...limits);
}

/** Does everything due up to the target, in order, moving the clock with it; also picks up after a restart. */
export function finishAdvance(world: World, id: string): void {
  const clock = world.store.get('test_helpers.test_clock', id);
  if (clock?.status !== 'advancing' || typeof clock._target !== 'number') return;
  const moveTo = (frozen_time: number) => {
    const current = world.store.get('test_helpers.test_clock', id);
    // What was due before the clock's present time happens now: the clock never goes back.
    if (current && frozen_time > current.frozen_time)
      world.store.put('test_helpers.test_clock', { ...current, frozen_time });
  };
  world.schedule.run(world, id, {
    until: clock._target,
    enter: (at, work) => {
      moveTo(at);
      work();
    },
  });
  moveTo(clock._target);
  const ready = { ...requireClock(world, id), status: 'ready' as const, status_details: {}, _target: null };
  emit(world, 'test_helpers.test_clock.ready', world.store.put('test_helpers.test_clock', ready));
  world.store.commit();
}

/** Everything bound to the clock goes with it. */
function remove({ world, id }: Call) {
  const clock = requireClock(world, id);
  for (const subscription of world.store.all('subscription')) {
    if (subscription.test_clock === id) world.store.delete('subscription', subscription.id);
  }
  for (const invoice of world.store.all('invoice')) {
    if (invoice.test_clock === id) world.store.delete('invoice', invoice.id);
  }
  for (const customer of world.store.all('customer')) {
    if (customer.test_clock === id) world.store.put('customer', { ...customer, deleted: true });
  }
  world.store.delete('test_helpers.test_clock', id);
  emit(world, 'test_helpers.test_clock.deleted', clock);
  return { id, object: 'test_helpers.test_clock', deleted: true };
}

const BASE = '/v1/test_helpers/test_clocks';

export const testClockRoutes: Route[] = [
  { method: 'POST', path: BASE, handler: create },
  {
    method: 'GET',
    path: BASE,
    handler: ({ world, params }) => listOf(world, 'test_helpers.test_clock', { params, url: BASE }),
  },
  { method: 'GET', path: `${BASE}/:id`, handler: ({ world, id }) => requireClock(world, id) },
  { method: 'POST', path: `${BASE}/:id/advance`, handler: advance },
  { method: 'DELETE', path: `${BASE}/:id`, handler: remove },
];
