import type { z } from 'zod';
import { previewSync, type SyncDeps } from '../payments/sync-organization.ts';
import { scopeOfEvent } from '../payments/sync-scope.ts';
import type { Actor } from '../shared/actor.ts';
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
  if (!isRequeued) return { result: 'not_replayable', changes: [] };
  deps.wake();
  return { result: 'requeued', changes: answer.changes };
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
  if (isBusy || scope === null) return { result: 'not_replayable', changes: [] };
  // Nobody's event stays parked by itself; putting it back asks the mapping again.
  if (event.organization === null) return { result: 'would_change', changes: [] };
  const { compared } = await previewSync(deps.sync, { actor, organizationId: event.organization.id, scope });
  const changes = differences(compared).map(({ object, field, local, remote }) => ({
    field: `${object} ${field}`,
    before: local,
    after: remote,
  }));
  return { result: changes.length === 0 ? 'already_applied' : 'would_change', changes };
}
