import type { z } from 'zod';
import type { acceptDriftSchema, DriftFindingView } from '../../payments/drift/drift.schemas.ts';
import type { Actor } from '../../shared/actor.ts';
import { actorText } from '../../shared/actor-text.ts';
import { AppError } from '../../shared/app-error.ts';
import { authorize } from '../../shared/authorize.ts';
import { notFound, requirePublicId } from '../../shared/ids.ts';
import type { AcceptDriftDeps } from './drift-directory.ports.ts';
import { toDriftView } from './list-drift.ts';

/**
 * A person knows the difference and lets it be: it is not told again unless it becomes another one. Two people at once
 * accept it once. @throws NOT_FOUND, DRIFT_NOT_OPEN
 */
export async function acceptDrift(
  deps: AcceptDriftDeps,
  { actor, input }: { actor: Actor; input: z.infer<typeof acceptDriftSchema> },
): Promise<DriftFindingView> {
  authorize(actor, { staff: 'billing_ops' });
  const id = requirePublicId('driftFinding', input.id);
  const record = await deps.driftFindings.find(id);
  if (record === null) throw notFound('difference');
  const { organization } = record;
  const { reason } = input;
  const accepted = await deps.unitOfWork.run(organization.id, async (tx) => {
    const finding = await tx.drift.find(organization.id, id);
    if (finding?.status !== 'open') throw driftNotOpen(finding?.status ?? 'gone');
    const settled = { settledAt: deps.clock.now(), settledBy: actorText(actor), reason };
    const next = { ...finding, ...settled, status: 'accepted' as const };
    await tx.drift.save(organization.id, next);
    await tx.audit.append({
      organizationId: organization.id,
      actor,
      action: 'drift.accepted',
      target: { kind: 'drift_finding', id },
      reason,
      before: { status: 'open', object: finding.object, kind: finding.kind, fields: finding.fields },
      after: { status: 'accepted' },
    });
    return next;
  });
  return toDriftView({ ...accepted, organization });
}

function driftNotOpen(status: string): AppError {
  return new AppError({
    code: 'DRIFT_NOT_OPEN',
    kind: 'conflict',
    message: `the difference is ${status}`,
    userMessage: 'Only a difference that waits for a person can be accepted.',
  });
}
