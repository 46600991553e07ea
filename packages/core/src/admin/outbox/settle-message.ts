import type { z } from 'zod';
import type { Actor } from '../../shared/actor.ts';
import { authorize } from '../../shared/authorize.ts';
import { notFound, requirePublicId } from '../../shared/ids.ts';
import { toMessageView } from './list-messages.ts';
import { messageObstacle } from './message-obstacle.ts';
import { messageNotDead, messageObsolete } from './outbox.errors.ts';
import type { DeadMessages, OutboxRecord, SettleMessageDeps } from './outbox.ports.ts';
import type { OutboxMessageView, settleMessageSchema } from './outbox.schemas.ts';

interface Request {
  actor: Actor;
  input: z.infer<typeof settleMessageSchema>;
}

/**
 * Puts a message that was given up back into the queue, before everything later of its organization. It counts as
 * tried: what must not happen twice is looked up at Stripe before it is sent. Two people at once put it back once.
 * @throws NOT_FOUND, MESSAGE_NOT_DEAD, MESSAGE_OBSOLETE when sending it would undo something newer
 */
export async function retryMessage(deps: SettleMessageDeps, request: Request): Promise<OutboxMessageView> {
  const record = await requireDead(deps, request);
  const obstacle = messageObstacle(record);
  if (obstacle !== null) throw messageObsolete(obstacle);
  return settle(deps, request, {
    record,
    action: 'outbox_message.retried',
    change: (messages) => messages.requeue(record.id),
  });
}

/**
 * Ends a message that nobody needs any more; it stays to be read and is never sent.
 * @throws NOT_FOUND, MESSAGE_NOT_DEAD
 */
export async function dismissMessage(deps: SettleMessageDeps, request: Request): Promise<OutboxMessageView> {
  const record = await requireDead(deps, request);
  return settle(deps, request, {
    record,
    action: 'outbox_message.dismissed',
    change: (messages) => messages.dismiss(record.id, deps.clock.now()),
  });
}

async function requireDead(deps: SettleMessageDeps, { actor, input }: Request): Promise<OutboxRecord> {
  authorize(actor, { staff: 'billing_ops' });
  const record = await deps.outboxMessages.find(requirePublicId('outboxMessage', input.id));
  if (record === null) throw notFound('message');
  if (record.status !== 'dead') throw messageNotDead(record.status);
  return record;
}

async function settle(
  deps: SettleMessageDeps,
  { actor, input }: Request,
  step: { record: OutboxRecord; action: string; change: (messages: DeadMessages) => Promise<boolean> },
): Promise<OutboxMessageView> {
  const { record, action } = step;
  const { kind, idempotencyKey, organization, attempts, lastError } = record;
  const isChanged = await deps.platformUnitOfWork.run(async (tx) => {
    if (!(await step.change(tx.deadMessages))) return false;
    await tx.audit.append({
      organizationId: null,
      actor,
      action,
      target: { kind: 'outbox_message', id: record.id },
      reason: input.reason,
      before: { status: record.status, attempts, lastError },
      after: { kind, idempotencyKey, organization: organization.slug },
    });
    return true;
  });
  const after = (await deps.outboxMessages.find(record.id)) ?? record;
  if (!isChanged) throw messageNotDead(after.status);
  deps.wake();
  return toMessageView(after);
}
