import type { z } from 'zod';
import { eventProblem } from '../payments/event-problem.ts';
import { foreignOrigin } from '../payments/foreign-event.ts';
import { previewSync, type SyncDeps } from '../payments/sync-organization.ts';
import { scopeOfEvent } from '../payments/sync-scope.ts';
import type { Actor } from '../shared/actor.ts';
import { AppError } from '../shared/app-error.ts';
import type { AuditLog } from '../shared/audit.ts';
import { authorize } from '../shared/authorize.ts';
import { differences } from '../shared/compared-field.ts';
import { notFound, requirePublicId } from '../shared/ids.ts';
import type { PlatformUnitOfWork } from '../shared/unit-of-work.ts';
import type { replayAnswerSchema } from './admin.schemas.ts';
import type {
  InboundEventDetails,
  InboundEventDirectory,
  InboundEventReplays,
} from './inbound-events.ports.ts';

type ReplayAnswer = z.infer<typeof replayAnswerSchema>;

export interface ReplayDeps {
  inboundEvents: InboundEventDirectory;
  platformUnitOfWork: PlatformUnitOfWork<{ inboundReplays: InboundEventReplays; audit: AuditLog }>;
  sync: SyncDeps;
  isLiveMode: boolean;
  wake: () => void;
}

/** What applying the event again would change now; writes nothing. Throws STRIPE_UNAVAILABLE. */
export async function dryRunReplay(
  deps: ReplayDeps,
  { actor, input }: { actor: Actor; input: { id: string } },
): Promise<ReplayAnswer> {
  authorize(actor, { staff: 'support' });
  return preview(deps, { actor, event: await require(deps, input.id) });
}

/**
 * Puts a finished event back into the queue. The objects are read again, so replaying an event whose effect is there
 * already changes nothing, and an old event can never bring an old state back.
 */
export async function replayInboundEvent(
  deps: ReplayDeps,
  { actor, input }: { actor: Actor; input: { id: string; reason: string } },
): Promise<ReplayAnswer> {
  authorize(actor, { staff: 'billing_ops' });
  const event = await require(deps, input.id);
  const answer = await preview(deps, { actor, event });
  const isDone = event.status === 'processed' && answer.result === 'already_applied';
  if (answer.result === 'not_replayable' || isDone) return answer;
  const isRequeued = await deps.platformUnitOfWork.run(async (tx) => {
    if (!(await tx.inboundReplays.requeue(event.id))) return false;
    await tx.audit.append({
      organizationId: null,
      actor,
      action: 'inbound_event.replayed',
      target: { kind: 'inbound_event', id: event.id },
      reason: input.reason,
      before: { status: event.status, attempts: event.attempts },
      after: { externalId: event.externalId, type: event.type },
    });
    return true;
  });
  if (!isRequeued) return answerOf('not_replayable');
  deps.wake();
  return { ...answer, result: 'requeued' };
}

async function require(deps: ReplayDeps, publicId: string): Promise<InboundEventDetails> {
  const event = await deps.inboundEvents.find(requirePublicId('inboundEvent', publicId));
  if (event === null) throw notFound('event');
  return event;
}

async function preview(
  deps: ReplayDeps,
  { actor, event }: { actor: Actor; event: InboundEventDetails },
): Promise<ReplayAnswer> {
  const isBusy = event.status === 'processing' || event.status === 'received';
  const scope = scopeOfEvent(event.type, event.objectId);
  if (isBusy || scope === null) return answerOf('not_replayable');
  const foreign = foreignOrigin(fieldsOf(event.payload), deps.isLiveMode);
  if (foreign !== null) return answerOf('would_ignore', foreignReasons[foreign]);
  if (event.organization === null) {
    // A refund does not name its customer; applying it finds out.
    if (event.status !== 'parked') return answerOf('would_change');
    return answerOf('would_wait', 'No organization has the customer that it names.');
  }
  const organizationId = event.organization.id;
  try {
    const effect = await previewSync(deps.sync, { actor, organizationId, scope });
    const problem = eventProblem(event.objectId, effect);
    if (problem !== null) return answerOf('would_fail', `${problem.code}: ${problem.message}`);
    const changes = differences(effect.compared).map(({ object, field, local, remote }) => ({
      field: `${object} ${field}`,
      before: local,
      after: remote,
    }));
    return { result: changes.length === 0 ? 'already_applied' : 'would_change', changes, reason: null };
  } catch (error) {
    // Without an answer nothing can be said; any other failure is what the event would meet again.
    if (error instanceof AppError && error.kind === 'unavailable') throw error;
    return answerOf('would_fail', failureText(error));
  }
}

const foreignReasons = {
  other_mode: 'It is of the other mode than our key.',
  other_account: 'It is of another account.',
} as const;

function answerOf(result: ReplayAnswer['result'], reason: string | null = null): ReplayAnswer {
  return { result, changes: [], reason };
}

function failureText(error: unknown): string {
  if (error instanceof AppError) return `${error.code}: ${error.message}`;
  return error instanceof Error ? `${error.name}: ${error.message}` : 'unknown';
}

function fieldsOf(payload: unknown): Readonly<Record<string, unknown>> {
  return typeof payload === 'object' && payload !== null ? { ...payload } : {};
}
