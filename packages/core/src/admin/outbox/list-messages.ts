import type { z } from 'zod';
import type { Actor } from '../../shared/actor.ts';
import { authorize } from '../../shared/authorize.ts';
import { toPublicId } from '../../shared/ids.ts';
import { maskPayload } from '../mask-payload.ts';
import { messageObstacle } from './message-obstacle.ts';
import type { OutboxDeps, OutboxRecord } from './outbox.ports.ts';
import type { OutboxMessageView, outboxFilterSchema, outboxPageSchema } from './outbox.schemas.ts';

/** What left for Stripe or could not, across organizations, newest first. */
export async function listMessages(
  deps: OutboxDeps,
  { actor, input }: { actor: Actor; input: z.infer<typeof outboxFilterSchema> },
): Promise<z.infer<typeof outboxPageSchema>> {
  authorize(actor, { staff: 'support' });
  const [page, counts] = await Promise.all([
    deps.outboxMessages.list(input),
    deps.outboxMessages.countByStatus(),
  ]);
  return { items: page.items.map(toMessageView), nextCursor: page.nextCursor, counts };
}

export function toMessageView(record: OutboxRecord): OutboxMessageView {
  const { id, organization, isOvertaken: _, ...shown } = record;
  return {
    ...shown,
    id: toPublicId('outboxMessage', id),
    organization: { ...organization, id: toPublicId('organization', organization.id) },
    payload: maskPayload(record.payload),
    createdAt: record.createdAt.toISOString(),
    doneAt: record.doneAt?.toISOString() ?? null,
    obstacle: record.status === 'dead' ? messageObstacle(record) : null,
  };
}
