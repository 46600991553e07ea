import type { z } from 'zod';
import type { Actor } from '../shared/actor.ts';
import { authorize } from '../shared/authorize.ts';
import { notFound, requirePublicId, toPublicId } from '../shared/ids.ts';
import type { inboundEventRowSchema, inboundEventViewSchema } from './admin.schemas.ts';
import type {
  InboundEventDirectory,
  InboundEventFilter,
  InboundEventRecord,
} from './inbound-events.ports.ts';
import { maskPayload } from './mask-payload.ts';

interface Deps {
  inboundEvents: InboundEventDirectory;
}

export async function listInboundEvents(
  deps: Deps,
  { actor, input }: { actor: Actor; input: InboundEventFilter },
): Promise<{
  items: z.infer<typeof inboundEventRowSchema>[];
  nextCursor: string | null;
  counts: Record<string, number>;
}> {
  authorize(actor, { staff: 'support' });
  const [page, counts] = await Promise.all([
    deps.inboundEvents.list(input),
    deps.inboundEvents.countByStatus(),
  ]);
  return { items: page.items.map(toView), nextCursor: page.nextCursor, counts };
}

/** Secrets and personal data in the payload are masked for everybody. */
export async function getInboundEvent(
  deps: Deps,
  { actor, input }: { actor: Actor; input: { id: string } },
): Promise<z.infer<typeof inboundEventViewSchema>> {
  authorize(actor, { staff: 'support' });
  const event = await deps.inboundEvents.find(requirePublicId('inboundEvent', input.id));
  if (event === null) throw notFound('event');
  return {
    ...toView(event),
    payload: maskPayload(event.payload),
    effect: event.effect,
    conflict:
      event.conflict === null
        ? null
        : {
            times: event.conflict.times,
            lastAt: event.conflict.lastAt.toISOString(),
            payload: maskPayload(event.conflict.payload),
          },
    history: event.history.map((attempt) => ({
      ...attempt,
      startedAt: attempt.startedAt.toISOString(),
      finishedAt: attempt.finishedAt?.toISOString() ?? null,
    })),
    sameObject: event.sameObject.map(({ id, type, receivedAt, status }) => ({
      id: toPublicId('inboundEvent', id),
      type,
      receivedAt: receivedAt.toISOString(),
      status,
    })),
  };
}

/** The row counts the failed ones, which the pauses grow with; the one that ended it well comes on top. */
function attemptsOf({ attempts, status }: InboundEventRecord): number {
  return status === 'processed' || status === 'ignored' ? attempts + 1 : attempts;
}

function toView(event: InboundEventRecord): z.infer<typeof inboundEventRowSchema> {
  const { organization, processedAt } = event;
  return {
    id: toPublicId('inboundEvent', event.id),
    externalId: event.externalId,
    type: event.type,
    status: event.status,
    organization:
      organization === null ? null : { ...organization, id: toPublicId('organization', organization.id) },
    attempts: attemptsOf(event),
    lagMs: processedAt === null ? null : Math.max(0, processedAt.getTime() - event.stripeCreatedAt.getTime()),
    objectId: event.objectId,
    lastError: event.lastError,
    receivedAt: event.receivedAt.toISOString(),
    processedAt: processedAt?.toISOString() ?? null,
  };
}
