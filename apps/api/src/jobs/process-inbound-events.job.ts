import type { Clock } from '@metergate/core';
import type { NoteRefusedDeps } from '@metergate/core/payments/refused-usage/note-refused-usage';
import type { SyncDeps } from '@metergate/core/payments/sync-organization';
import type { ClaimedInboundEvent, InboundEnding, InboundQueue } from '@metergate/db';
import type { Counter } from 'prom-client';
import { crashPoint } from '../crash-points.ts';
import type { Logger } from '../logging/logger.ts';
import { applyInboundEvents, failure, type ReadableEvent } from './apply-inbound-events.ts';
import { inLanes } from './lanes.ts';
import { ruleInboundEvent } from './rule-inbound-event.ts';
import type { Job, JobPass } from './runner.ts';

export interface InboundDeps {
  inbox: InboundQueue;
  sync: SyncDeps;
  /** Usage that a meter refused is marked apart from what a reading of Stripe changes. */
  unitOfWork: NoteRefusedDeps['unitOfWork'];
  clock: Clock;
  monotonicMs: () => number;
  isLiveMode: boolean;
  workerId: string;
  log: Logger;
  handled: Counter<'outcome'>;
}

/** Longer than the slowest reading of a large customer; a worker that dies blocks its customer no longer than this. */
const LEASE_SECONDS = 60;
/** Customers worked on at the same time by one process: while one waits for Stripe, others write. */
const WIDTH = 8;
const CLAIMS_PER_LANE = 25;

type Outcome = InboundEnding['outcome'];

/**
 * Applies what came in. Events of one customer never run at the same time; an event that fails waits and never holds
 * up another one. While Stripe is silent one claim per pass finds out whether it is back.
 */
export function createInboundJob(deps: InboundDeps): Job {
  const isUnavailable = () => deps.sync.gateway.availability() === 'unavailable';
  return {
    name: 'process-inbound-events',
    async run(pass) {
      await deps.inbox.takeUpParked();
      const isSilent = isUnavailable();
      return await inLanes({
        width: isSilent ? 1 : WIDTH,
        claimsMax: isSilent ? 1 : WIDTH * CLAIMS_PER_LANE,
        isOver: () => pass.isStopping() || (!isSilent && isUnavailable()),
        claim: () => claim(deps, pass),
      });
    },
  };
}

async function claim(deps: InboundDeps, pass: JobPass): Promise<(() => Promise<number>) | null> {
  const events = await deps.inbox.claim({
    leasedBy: deps.workerId,
    leaseSeconds: LEASE_SECONDS,
    isHurried: pass.isHurried,
    except: [...pass.deferred],
  });
  if (events.length === 0) return null;
  crashPoint('inbound.claimed');
  return async () => {
    await handle(deps, pass, events);
    return events.length;
  };
}

async function handle(
  deps: InboundDeps,
  pass: JobPass,
  events: readonly ClaimedInboundEvent[],
): Promise<void> {
  const startedAt = deps.clock.now();
  const startedMs = deps.monotonicMs();
  const outcomes = await settle(deps, events);
  const attempt = {
    startedAt,
    finishedAt: deps.clock.now(),
    durationMs: Math.round(deps.monotonicMs() - startedMs),
  };
  const endings: InboundEnding[] = [];
  for (const event of events) {
    const outcome = outcomes.get(event.id);
    if (outcome === undefined) continue;
    const hasNoAnswer = outcome.status === 'failed' && outcome.attempts === event.attempts;
    if (hasNoAnswer) pass.deferred.add(event.id);
    const isTried = !hasNoAnswer && outcome.status !== 'received';
    if (isTried) deps.handled.inc({ outcome: outcome.status });
    endings.push({ id: event.id, outcome, attempt: isTried ? attempt : null });
  }
  await deps.inbox.settle(deps.workerId, endings);
}

/** All of one customer; those that say something about Stripe's objects are settled by one reading. */
async function settle(
  deps: InboundDeps,
  events: readonly ClaimedInboundEvent[],
): Promise<Map<string, Outcome>> {
  const outcomes = new Map<string, Outcome>();
  const readable: ReadableEvent[] = [];
  for (const event of events) {
    try {
      const ruling = await ruleInboundEvent(deps, event);
      if ('scope' in ruling) readable.push({ event, scope: ruling.scope });
      else outcomes.set(event.id, ruling.outcome);
    } catch (error) {
      outcomes.set(event.id, failure(deps, { event, error, isAlone: true }));
    }
  }
  const organizationId = readable[0]?.event.organizationId ?? null;
  if (organizationId === null) return outcomes;
  const applied = await applyInboundEvents(deps, { organizationId, readable });
  for (const [n, { event }] of readable.entries()) {
    const outcome = applied[n];
    if (outcome !== undefined) outcomes.set(event.id, outcome);
  }
  return outcomes;
}
