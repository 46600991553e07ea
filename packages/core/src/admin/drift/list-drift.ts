import type { z } from 'zod';
import type {
  DriftFindingView,
  driftFilterSchema,
  driftPageSchema,
} from '../../payments/drift/drift.schemas.ts';
import type { Actor } from '../../shared/actor.ts';
import { authorize } from '../../shared/authorize.ts';
import { driftMeanings } from '../../shared/drift-kinds.ts';
import { toPublicId } from '../../shared/ids.ts';
import type { DriftRecord, ListDriftDeps } from './drift-directory.ports.ts';

/** What comparisons with Stripe found, across organizations, the last found first. */
export async function listDrift(
  deps: ListDriftDeps,
  { actor, input }: { actor: Actor; input: z.infer<typeof driftFilterSchema> },
): Promise<z.infer<typeof driftPageSchema>> {
  authorize(actor, { staff: 'support' });
  const [page, counts, kinds] = await Promise.all([
    deps.driftFindings.list(input),
    deps.driftFindings.countByStatus(),
    deps.driftFindings.countByKind(input.status),
  ]);
  return { items: page.items.map(toDriftView), nextCursor: page.nextCursor, counts, kinds };
}

export function toDriftView(record: DriftRecord): DriftFindingView {
  const { label, severity, what, next } = driftMeanings[record.kind];
  const { id, organization, foundAt, lastFoundAt, settledAt, ...shown } = record;
  return {
    ...shown,
    label,
    severity,
    what,
    next,
    id: toPublicId('driftFinding', id),
    organization: { ...organization, id: toPublicId('organization', organization.id) },
    foundAt: foundAt.toISOString(),
    lastFoundAt: lastFoundAt.toISOString(),
    settledAt: settledAt?.toISOString() ?? null,
  };
}
