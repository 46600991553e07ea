import type { Actor } from '../../shared/actor.ts';
import type { OrganizationId } from '../../shared/ids.ts';
import type { BillUsageDeps } from '../bill-usage/bill-usage.ports.ts';
import { type BilledUsage, billLoaded, loadBillable, settleReopenings } from '../bill-usage/bill-usage.ts';
import { closedUntilOf, nextLookAt, type Outlook } from '../bill-usage/next-look.ts';
import type { ProveUsageDeps, ProveUsageTx, UsageProof } from './prove-usage.ports.ts';
import { differencesToTell, proveEach } from './prove-usage.ts';

export interface DueUsage {
  billed: BilledUsage;
  /** Differences to tell somebody about. */
  different: UsageProof[];
}

/**
 * Bills and proves what is due for one organization and writes down when it is due again. A look that dies or fails
 * writes nothing down, so the organization stays due; of two at the same time the first to finish counts, and what
 * the other one may have seen is looked at again. @throws STRIPE_UNAVAILABLE
 */
export async function billDueUsage(
  deps: ProveUsageDeps & BillUsageDeps,
  { actor, organizationId }: { actor: Actor; organizationId: OrganizationId },
): Promise<DueUsage> {
  const lookedAt = deps.clock.now();
  const { begun, billable } = await deps.unitOfWork.run(organizationId, async (tx) => {
    const last = await tx.usageLooks.begin(organizationId);
    return { begun: last, billable: await loadBillable(tx, organizationId, last) };
  });
  const request = { actor, organizationId, isCurrentIncluded: false };
  const { billed, outlook, startedAt } = await billLoaded(deps, request, billable);
  const { number, cues, closedUntil } = begun;
  const finish = (tx: ProveUsageTx, found: Pick<Outlook, 'isReopened' | 'proofs'>) =>
    tx.usageLooks.finish(organizationId, {
      number,
      cues,
      lookedAt,
      closedUntil: closedUntilOf(outlook),
      dueAt: nextLookAt({ ...outlook, ...found }, { now: lookedAt, closedUntil }),
    });
  // Most looks find nothing to prove and end with this transaction.
  const { isReopened, unproved } = await deps.unitOfWork.run(organizationId, async (tx) => {
    const span = startedAt === null ? null : { startedAt, at: deps.clock.now() };
    const found = {
      isReopened: span !== null && (await settleReopenings(tx, organizationId, span)),
      unproved: await tx.usageProofs.listUnproved(organizationId),
    };
    if (found.unproved.length === 0) await finish(tx, { ...found, proofs: [] });
    return found;
  });
  if (unproved.length === 0) return { billed, different: [] };
  const { stripeCustomerId } = billable;
  const proofs = await proveEach(deps, { organizationId, stripeCustomerId, unproved });
  await deps.unitOfWork.run(organizationId, (tx) => finish(tx, { isReopened, proofs }));
  return { billed, different: differencesToTell(proofs) };
}
