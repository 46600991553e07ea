import { AppError, type Clock } from '@metergate/core';
import { type SyncDeps, syncFromStripe } from '@metergate/core/payments/sync-organization';
import type { SyncScope } from '@metergate/core/payments/sync-scope';
import type { ClaimedMessage, MessageOutcome, OutboxQueue } from '@metergate/db';
import { crashPoint } from '../crash-points.ts';
import { describeError, type Logger } from '../logging/logger.ts';
import { inLanes } from './lanes.ts';
import type { OutboxHandler, Sent } from './outbox-handlers.ts';
import { attemptsMax, retryDelaySeconds } from './retry-delay.ts';
import type { Job, JobPass } from './runner.ts';

export interface OutboxDeps {
  outbox: OutboxQueue;
  handlers: Readonly<Record<string, OutboxHandler>>;
  sync: SyncDeps;
  clock: Clock;
  workerId: string;
  log: Logger;
}

const LEASE_SECONDS = 60;
const MESSAGES_PER_PASS = 100;
const WIDTH = 4;
/** Stripe forgets idempotency keys after 24 hours; an hour less, because clocks differ. */
const KEY_REMEMBERED_MS = 23 * 3_600_000;

/** Sends what use-cases left for Stripe: in order and one at a time per organization, organizations beside each other. */
export function createOutboxJob(deps: OutboxDeps): Job {
  return {
    name: 'deliver-outbox',
    run: (pass) =>
      inLanes({
        width: WIDTH,
        claimsMax: MESSAGES_PER_PASS,
        isOver: pass.isStopping,
        async claim() {
          const message = await deps.outbox.claim({
            leasedBy: deps.workerId,
            leaseSeconds: LEASE_SECONDS,
            isHurried: pass.isHurried,
            except: [...pass.deferred],
          });
          if (message === null) return null;
          return () => deliver(deps, pass, message).then(() => 1);
        },
      }),
  };
}

async function deliver(deps: OutboxDeps, pass: JobPass, message: ClaimedMessage): Promise<void> {
  let sync: SyncScope | undefined;
  let outcome: MessageOutcome;
  try {
    const handler = deps.handlers[message.kind];
    if (handler === undefined) throw kindUnknown(message.kind);
    const sent = await sendOnce(deps, message, handler);
    sync = sent.sync;
    outcome = { status: 'done', at: deps.clock.now(), result: sent.result ?? null };
  } catch (error) {
    outcome = failure(deps, message, error);
    if (outcome.status === 'failed' && outcome.attempts === message.attempts) {
      pass.deferred.add(message.organizationId);
    }
  }
  await deps.outbox.finish(message, deps.workerId, outcome);
  if (sync !== undefined) await syncQuietly(deps, message, sync);
}

/** What may have happened when nobody remembers the key any more is looked for before it is sent again. */
async function sendOnce(deps: OutboxDeps, message: ClaimedMessage, handler: OutboxHandler): Promise<Sent> {
  if (isOutcomeUnknown(deps, message, handler)) {
    if (handler.find === undefined) throw outcomeUnknown(message);
    const found = await handler.find(message);
    if (found !== null) return found;
  }
  crashPoint('outbox.before_send');
  const sent = await sendOrFind(message, handler);
  crashPoint('outbox.after_send');
  return sent;
}

/**
 * What will never be answered in another way under its key (Stripe keeps its own failures for a day, also when the work
 * was done) is looked up, where it can be, instead of being asked for until the key is forgotten.
 */
async function sendOrFind(message: ClaimedMessage, handler: OutboxHandler): Promise<Sent> {
  try {
    return await handler.send({ ...message, idempotencyKey: keyOf(message, handler) });
  } catch (error) {
    const isOver = error instanceof AppError && error.context.isOver === true;
    const found = isOver ? await handler.find?.(message).catch(() => null) : null;
    if (found == null) throw error;
    return found;
  }
}

/** The message is delivered; when reading back fails, Stripe's own event brings the change. */
async function syncQuietly(deps: OutboxDeps, message: ClaimedMessage, scope: SyncScope): Promise<void> {
  const actor = { kind: 'job' as const, name: 'deliver-outbox' };
  try {
    await syncFromStripe(deps.sync, { organizationId: message.organizationId, actor, scope });
  } catch (error) {
    deps.log.warn(
      { kind: message.kind, error: describeError(error) },
      'reading back after a delivery failed',
    );
  }
}

function isOutcomeUnknown(deps: OutboxDeps, message: ClaimedMessage, handler: OutboxHandler): boolean {
  const age = deps.clock.now().getTime() - message.createdAt.getTime();
  return !handler.isRepeatable && message.wasTried && (age > KEY_REMEMBERED_MS || message.round > 0);
}

/**
 * Stripe answers a key that it refused with the same refusal for a day. What staff put back after the cause is gone
 * has a key of its round, stored before it is sent; what must not happen twice keeps its one key and is looked up.
 */
function keyOf({ idempotencyKey, round }: ClaimedMessage, { isRepeatable }: OutboxHandler): string {
  return round === 0 || !isRepeatable ? idempotencyKey : `${idempotencyKey}:again-${round}`;
}

/** Silence is retried for ever and costs no attempt; what can never succeed is given up at once. */
function failure(deps: OutboxDeps, message: ClaimedMessage, error: unknown): MessageOutcome {
  const text = error instanceof AppError ? `${error.code}: ${error.message}` : String(error);
  if (error instanceof AppError && error.kind === 'unavailable') {
    const retryInSeconds = error.retryAfterSeconds ?? 5;
    return { status: 'failed', error: text, attempts: message.attempts, retryInSeconds };
  }
  const attempts = message.attempts + 1;
  const isHopeless = error instanceof AppError && !error.retriable;
  if (!isHopeless && attempts < attemptsMax) {
    return { status: 'failed', error: text, attempts, retryInSeconds: retryDelaySeconds(attempts) };
  }
  const { id, kind, organizationId } = message;
  const fields = { alert: 'outbox_dead', id, kind, organizationId, error: describeError(error) };
  deps.log.error(fields, 'a message to Stripe was given up');
  return { status: 'dead', error: text, attempts };
}

function kindUnknown(kind: string): AppError {
  return new AppError({
    code: 'OUTBOX_KIND_UNKNOWN',
    kind: 'internal',
    message: `nobody sends messages of kind ${kind}`,
    userMessage: 'Something went wrong on our side. We have been told.',
  });
}

function outcomeUnknown({ kind, idempotencyKey }: ClaimedMessage): AppError {
  return new AppError({
    code: 'OUTBOX_OUTCOME_UNKNOWN',
    kind: 'conflict',
    severity: 'error',
    message: `${kind} may have been sent a day ago and its key is forgotten: ${idempotencyKey}`,
    userMessage: 'It is not known whether this was sent. Look it up at Stripe before sending it again.',
  });
}
