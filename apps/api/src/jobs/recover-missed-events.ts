import type { Clock, IdSource } from '@metergate/core';
import type { ListedEvent, PaymentGateway } from '@metergate/core/payments/payment-gateway.ports';
import type { EventWalkState, EventWalkStore, InboundQueue } from '@metergate/db';
import { readEvent } from '@metergate/stripe';
import { inboundEventHash } from '../http/inbound-event-hash.ts';

export interface RecoverDeps {
  gateway: PaymentGateway;
  inbox: InboundQueue;
  walks: EventWalkStore;
  clock: Clock;
  ids: IdSource;
}

/** Events are looked for from an hour before the last comparison: Stripe lists some of them late. */
const OVERLAP_MS = 3_600_000;
/** Stripe keeps events for 30 days. */
const EVENTS_KEPT_MS = 30 * 86_400_000;

type Walk = NonNullable<EventWalkState['walk']>;

/**
 * Puts into the inbox what no webhook brought. Stripe lists the newest first, so the walk goes back in time, page by
 * page, to where the last complete one began. Its place is stored after every page: a walk that was interrupted goes
 * on there, and nothing counts as compared before it has arrived. Answers how many were missing.
 */
export async function recoverMissedEvents(deps: RecoverDeps): Promise<number> {
  const { walk: interrupted, completeUntil } = await deps.walks.load();
  if (interrupted === null) return walkBack(deps, completeUntil, begin(deps));
  const older = await walkBack(deps, completeUntil, interrupted);
  return older + (await walkBack(deps, interrupted.startedAt, begin(deps)));
}

function begin({ clock }: RecoverDeps): Walk {
  return { startedAt: clock.now().toISOString(), after: null };
}

async function walkBack(deps: RecoverDeps, completeUntil: string | null, from: Walk): Promise<number> {
  const createdAfter = oldestOf(deps, completeUntil);
  let walk = from;
  let missed = 0;
  for (;;) {
    const page = await deps.gateway.listEvents({ createdAfter, before: walk.after });
    if (page === null) {
      // Stripe has forgotten the event at which the walk stopped: from the newest again, known ones cost little.
      walk = { ...walk, after: null };
      continue;
    }
    missed += await storeUnknown(deps, page.events);
    const last = page.events.at(-1);
    if (!page.hasMore || last === undefined) break;
    walk = { ...walk, after: last.externalId };
    await deps.walks.save({ completeUntil, walk });
  }
  await deps.walks.save({ completeUntil: walk.startedAt, walk: null });
  return missed;
}

function oldestOf({ clock }: RecoverDeps, completeUntil: string | null): Date {
  const oldest = clock.now();
  const kept = oldest.getTime() - EVENTS_KEPT_MS;
  oldest.setTime(completeUntil === null ? kept : Math.max(kept, Date.parse(completeUntil) - OVERLAP_MS));
  return oldest;
}

async function storeUnknown(deps: RecoverDeps, events: readonly ListedEvent[]): Promise<number> {
  const unknown = new Set(await deps.inbox.unknownOf(events.map(({ externalId }) => externalId)));
  let stored = 0;
  for (const { externalId, payload } of events) {
    if (!unknown.has(externalId)) continue;
    const { inserted } = await deps.inbox.insert({
      ...readEvent(payload),
      id: deps.ids.next(),
      payloadHash: inboundEventHash(payload),
      receivedAt: deps.clock.now(),
    });
    if (inserted) stored += 1;
  }
  return stored;
}
