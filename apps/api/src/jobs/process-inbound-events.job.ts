import { AppError, type Clock } from '@metergate/core';
import { effectSummary, type SyncEffect } from '@metergate/core/payments/apply-stripe-facts';
import { type SyncDeps, syncFromStripe } from '@metergate/core/payments/sync-organization';
import { isReversal, scopeOfEvent } from '@metergate/core/payments/sync-scope';
import type { ClaimedInboundEvent, InboundOutcome, InboundQueue } from '@metergate/db';
import type { Counter } from 'prom-client';
import { crashPoint } from '../crash-points.ts';
import { describeError, type Logger } from '../logging/logger.ts';
import { attemptsMax, retryDelaySeconds } from './retry-delay.ts';
import type { Job, JobPass } from './runner.ts';

export interface InboundDeps {
  inbox: InboundQueue;
  sync: SyncDeps;
  clock: Clock;
  monotonicMs: () => number;
  isLiveMode: boolean;
  workerId: string;
  log: Logger;
  handled: Counter<'outcome'>;
}

/** Longer than the slowest reading of a large customer; a worker that dies blocks its customer no longer than this. */
const LEASE_SECONDS = 60;
/** Customers worked on at the same time by one process. */
const WIDTH = 4;
const EVENTS_PER_PASS = 200;

type Ending = InboundOutcome | { status: 'processed' };

/**
 * Applies what came in. Events of one customer never run at the same time; an event that fails waits and never holds
 * up another one.
 */
export function createInboundJob(deps: InboundDeps): Job {
  return {
    name: 'process-inbound-events',
    async run(pass) {
      const counts = await Promise.all(Array.from({ length: WIDTH }, () => work(deps, pass)));
      return counts.reduce((sum, count) => sum + count, 0);
    },
  };
}

async function work(deps: InboundDeps, pass: JobPass): Promise<number> {
  for (let done = 0; done < EVENTS_PER_PASS / WIDTH; done++) {
    if (pass.isStopping()) return done;
    const event = await deps.inbox.claim({
      leasedBy: deps.workerId,
      leaseSeconds: LEASE_SECONDS,
      now: deps.clock.now(),
      isHurried: pass.isHurried,
      except: [...pass.deferred],
    });
    if (event === null) return done;
    crashPoint('inbound.claimed');
    await handle(deps, pass, event);
  }
  return EVENTS_PER_PASS / WIDTH;
}

async function handle(deps: InboundDeps, pass: JobPass, event: ClaimedInboundEvent): Promise<void> {
  const startedAt = deps.clock.now();
  const startedMs = deps.monotonicMs();
  const ending = await decide(deps, event).catch((error: unknown) => failure(deps, event, error));
  if (ending.status === 'failed' && ending.attempts === event.attempts) pass.deferred.add(event.id);
  if (ending.status !== 'processed') {
    await deps.inbox.finish({ id: event.id, leasedBy: deps.workerId }, ending);
  }
  if (ending.status === 'received') return;
  await deps.inbox.recordAttempt({
    inboundEventId: event.id,
    attempt: event.attempts + 1,
    startedAt,
    finishedAt: deps.clock.now(),
    outcome: ending.status,
    error: 'error' in ending ? ending.error.slice(0, 1_000) : null,
    durationMs: Math.round(deps.monotonicMs() - startedMs),
  });
  deps.handled.inc({ outcome: ending.status });
}

async function decide(deps: InboundDeps, event: ClaimedInboundEvent): Promise<Ending> {
  const alert = { externalId: event.externalId, type: event.type };
  if (event.isLive !== deps.isLiveMode) {
    deps.log.error({ ...alert, alert: 'inbound_event_mode' }, 'an event of the other mode was ignored');
    return ignored(deps, 'other_mode');
  }
  const { account, context } = event.payload;
  if (typeof account === 'string' || (typeof context === 'string' && context !== '')) {
    deps.log.error({ ...alert, alert: 'inbound_event_account' }, 'an event of another account was ignored');
    return ignored(deps, 'other_account');
  }
  if (event.type.startsWith('v1.billing.meter.') || event.type.startsWith('billing.meter.error')) {
    deps.log.error(
      { ...alert, alert: 'meter_event_refused', payload: event.payload.data },
      'usage was refused',
    );
    return ignored(deps, 'recorded');
  }
  const scope = scopeOfEvent(event.type, event.objectId);
  if (scope === null) return ignored(deps, 'nothing_depends_on_it');
  if (event.stripeCustomerId === null) return findCustomer(deps, event);
  const { organizationId } = event;
  if (organizationId === null)
    return { status: 'parked', error: `customer ${event.stripeCustomerId} is unknown` };
  warnAboutForeignMetadata(deps, event);
  const actor = { kind: 'stripe_event' as const, eventId: event.externalId };
  const effect = await syncFromStripe(deps.sync, { organizationId, actor, scope }, async (tx, applied) => {
    requireMeaning(event, applied);
    crashPoint('inbound.between_writes');
    const mark = {
      id: event.id,
      leasedBy: deps.workerId,
      at: deps.clock.now(),
      effect: effectSummary(applied),
    };
    if (!(await tx.inboundEvents.markProcessed(organizationId, mark))) throw leaseLost(event);
  });
  reportIssues(deps, event, effect);
  return { status: 'processed' };
}

/** Refunds and disputes do not name whose money it is; the event is handed on to the events of that customer. */
async function findCustomer(deps: InboundDeps, event: ClaimedInboundEvent): Promise<Ending> {
  if (!isReversal(event.type) || event.objectId === null) return ignored(deps, 'no_customer');
  const reversals = await deps.sync.gateway.readReversals(event.objectId);
  const stripeCustomerId = reversals?.stripeCustomerId ?? null;
  return stripeCustomerId === null ? ignored(deps, 'no_customer') : { status: 'received', stripeCustomerId };
}

/** A new subscription with prices nobody knows must not look as if it had been dealt with. */
function requireMeaning(event: ClaimedInboundEvent, { issues, compared }: SyncEffect): void {
  const object = `subscription ${event.objectId}`;
  const isUnknown = issues.some(
    ({ code, stripeId }) => code === 'SUBSCRIPTION_PRICE_UNKNOWN' && stripeId === event.objectId,
  );
  if (!isUnknown || compared.some((field) => field.object === object)) return;
  throw new AppError({
    code: 'SUBSCRIPTION_PRICE_UNKNOWN',
    kind: 'conflict',
    severity: 'error',
    message: `the prices of ${object} are not of this catalogue`,
    userMessage: 'The subscription has prices that this catalogue does not know.',
  });
}

/** The stored customer decides whose event it is; text in an object's metadata may say anything. */
function warnAboutForeignMetadata(deps: InboundDeps, event: ClaimedInboundEvent): void {
  const data = event.payload.data as { object?: { metadata?: Record<string, unknown> } } | undefined;
  const named = data?.object?.metadata?.metergate_organization;
  if (named === undefined || named === event.organizationId) return;
  const fields = {
    alert: 'inbound_event_metadata',
    externalId: event.externalId,
    organizationId: event.organizationId,
  };
  deps.log.error(fields, 'the metadata of an object names another organization; it was not followed');
}

function reportIssues(deps: InboundDeps, event: ClaimedInboundEvent, { issues }: SyncEffect): void {
  for (const issue of issues) {
    const fields = { alert: issue.code, stripeId: issue.stripeId, organizationId: event.organizationId };
    deps.log.error(fields, 'a subscription at Stripe does not fit the catalogue');
  }
}

/** No answer from Stripe is nobody's fault and never uses up an attempt. */
function failure(deps: InboundDeps, event: ClaimedInboundEvent, error: unknown): InboundOutcome {
  const isUnavailable = error instanceof AppError && error.kind === 'unavailable';
  const text = error instanceof AppError ? `${error.code}: ${error.message}` : describeText(error);
  if (isUnavailable) {
    const retryInSeconds = error.retryAfterSeconds ?? 5;
    return { status: 'failed', error: text, retryInSeconds, attempts: event.attempts };
  }
  const attempts = event.attempts + 1;
  const fields = { externalId: event.externalId, type: event.type, attempts, error: describeError(error) };
  if (attempts < attemptsMax) {
    deps.log.warn(fields, 'an event could not be applied and will be tried again');
    return { status: 'failed', error: text, retryInSeconds: retryDelaySeconds(attempts), attempts };
  }
  deps.log.error({ ...fields, alert: 'inbound_event_dead' }, 'an event was given up; it can be replayed');
  return { status: 'dead', error: text, attempts };
}

function ignored(deps: InboundDeps, reason: string): InboundOutcome {
  return { status: 'ignored', at: deps.clock.now(), effect: { ignored: reason } };
}

function leaseLost(event: ClaimedInboundEvent): AppError {
  return new AppError({
    code: 'INBOUND_LEASE_LOST',
    kind: 'conflict',
    severity: 'warning',
    message: `another worker took over ${event.externalId}`,
    userMessage: 'Another worker handles this event.',
  });
}

function describeText(error: unknown): string {
  const { name, message } = describeError(error);
  return `${name ?? 'Error'}: ${message}`;
}
