import type { Actor } from '../../shared/actor.ts';
import type { OrganizationId } from '../../shared/ids.ts';
import type { BillUsageDeps } from '../bill-usage/bill-usage.ports.ts';
import { type BilledUsage, billAndLookAhead } from '../bill-usage/bill-usage.ts';
import { closedUntilOf, nextLookAt } from '../bill-usage/next-look.ts';
import type { ProveUsageDeps, UsageProof } from './prove-usage.ports.ts';
import { differencesToTell, proveUsage } from './prove-usage.ts';

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
  deps: BillUsageDeps & ProveUsageDeps,
  { actor, organizationId }: { actor: Actor; organizationId: OrganizationId },
): Promise<DueUsage> {
  const lookedAt = deps.clock.now();
  const begun = await deps.unitOfWork.run(organizationId, (tx) => tx.usageLooks.begin(organizationId));
  const { billed, outlook } = await billAndLookAhead(deps, {
    actor,
    organizationId,
    isCurrentIncluded: false,
  });
  const proofs = await proveUsage(deps, { actor, organizationId });
  const { number, cues, closedUntil } = begun;
  const look = {
    number,
    cues,
    lookedAt,
    closedUntil: closedUntilOf(outlook),
    dueAt: nextLookAt({ ...outlook, proofs }, { now: lookedAt, closedUntil }),
  };
  await deps.unitOfWork.run(organizationId, (tx) => tx.usageLooks.finish(organizationId, look));
  return { billed, different: differencesToTell(proofs) };
}
