import type { Row } from '../store/rows.ts';
import type { EventRow } from '../store/session-rows.ts';
import { newId } from '../wire/ids.ts';
import { render } from '../wire/render.ts';
import { customerNow, nowFor, type World } from '../world.ts';
import { emitThinTwin } from './emit-thin.ts';
import { previousAttributes } from './previous-attributes.ts';

export const API_VERSION = '2026-10-28.endive';

/** Stripe keeps events for 30 days too. */
const KEPT_SECONDS = 30 * 86_400;
const PRUNE_EVERY = 500;

/** Records an event about an object as it is now and queues its deliveries. */
export function emit(world: World, type: string, row: Row): void {
  record(world, type, { row, previous: null });
}

/** Like `emit`, with `previous_attributes`; an update that changed nothing makes no event. */
export function emitChange(world: World, type: string, { before, after }: { before: Row; after: Row }): void {
  const previous = previousAttributes(render(before), render(after));
  if (Object.keys(previous).length > 0) record(world, type, { row: after, previous });
}

function record(
  world: World,
  type: string,
  { row, previous }: { row: Row; previous: Record<string, unknown> | null },
): void {
  const object = render(row);
  const endpoints = world.store
    .all('webhook_endpoint')
    .filter((endpoint) => endpoint.status === 'enabled' && !endpoint._isThin)
    .filter(({ enabled_events }) => enabled_events.includes('*') || enabled_events.includes(type));
  const event: EventRow = {
    id: newId('evt'),
    object: 'event',
    api_version: API_VERSION,
    created: eventTime(world, row),
    data: { object, ...(previous ? { previous_attributes: previous } : {}) },
    livemode: false,
    pending_webhooks: endpoints.length,
    request: { id: world.request?.id ?? null, idempotency_key: world.request?.idempotencyKey ?? null },
    type,
  };
  world.store.put('event', event);
  if (world.store.count('event') % PRUNE_EVERY === 0) prune(world, event.created - KEPT_SECONDS);
  for (const endpoint of endpoints) world.deliverer.enqueue(event, endpoint);
  emitThinTwin(world, type, row);
}

/** Charges and intents have no `test_clock` of their own but live in their customer's time. */
function eventTime(world: World, row: Row): number {
  const isBound = typeof row.test_clock === 'string' || typeof row.customer !== 'string';
  return isBound ? nowFor(world, row) : customerNow(world, String(row.customer));
}

/** Events are kept in order of creation, so the old ones come first. */
function prune(world: World, before: number): void {
  for (const event of world.store.oldestFirst('event')) {
    if (event.created >= before) return;
    // What was not delivered yet may still be sent: a long jump of the clock makes a year's events at once.
    if (event.pending_webhooks === 0) world.store.delete('event', event.id);
  }
}
