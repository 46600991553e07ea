import type { z } from 'zod';
import { notFound, type OrganizationId } from '../../shared/ids.ts';
import type { UnitOfWork } from '../../shared/unit-of-work.ts';
import { isEventText } from '../event-text.ts';
import type { StoredBackfill, UsageBackfills } from './backfills.ports.ts';
import type { BackfillView, backfillDetailSchema } from './backfills.schemas.ts';

const listedMax = 20;
const itemsPerPage = 100;

export interface ReadBackfillsDeps {
  unitOfWork: UnitOfWork<{ usageBackfills: Pick<UsageBackfills, 'find' | 'list' | 'standing'> }>;
}

/** The latest twenty, latest first. */
export async function listBackfills(
  { unitOfWork }: ReadBackfillsDeps,
  { organizationId }: { organizationId: OrganizationId },
): Promise<BackfillView[]> {
  const found = await unitOfWork.run(organizationId, ({ usageBackfills }) =>
    usageBackfills.list(organizationId, listedMax),
  );
  return found.map(toView);
}

/** One of them with the events that still count, page by page. @throws NOT_FOUND */
export async function readBackfill(
  { unitOfWork }: ReadBackfillsDeps,
  { organizationId, id, after }: { organizationId: OrganizationId; id: string; after: string | null },
): Promise<z.infer<typeof backfillDetailSchema>> {
  if (!isEventText(id) || (after !== null && !isEventText(after))) throw notFound('usage backfill');
  return await unitOfWork.run(organizationId, async ({ usageBackfills }) => {
    const found = await usageBackfills.find(organizationId, id);
    if (found === undefined) throw notFound('usage backfill');
    const page = { id, after, countMax: itemsPerPage + 1 };
    const events = await usageBackfills.standing(organizationId, page);
    const items = events
      .slice(0, itemsPerPage)
      .map((event) => ({ ...event, occurredAt: event.occurredAt.toISOString() }));
    const next = events.length > itemsPerPage ? (items.at(-1)?.id ?? null) : null;
    return { ...toView(found), items, next };
  });
}

function toView(found: StoredBackfill): BackfillView {
  const { createdAt, occurredFrom, occurredTo, revertedAt, ...rest } = found;
  return {
    ...rest,
    createdAt: createdAt.toISOString(),
    occurredFrom: occurredFrom?.toISOString() ?? null,
    occurredTo: occurredTo?.toISOString() ?? null,
    revertedAt: revertedAt?.toISOString() ?? null,
  };
}
