import type { Actor } from '../../shared/actor.ts';
import type { OrganizationId } from '../../shared/ids.ts';
import type { PurchaseDeps } from '../purchase/purchase.ports.ts';

const actor: Actor = { kind: 'job', name: 'align-prices' };

/**
 * Closes agreements whose date has come, as of that date. They have counted for no renewal since; closing them says so
 * on the audit log. Safe to repeat and to run twice at once. Answers how many were closed.
 */
export async function endExpiredOwnPrices(
  deps: Pick<PurchaseDeps, 'unitOfWork' | 'clock'>,
  { organizationId }: { organizationId: OrganizationId },
): Promise<number> {
  return deps.unitOfWork.run(organizationId, async (tx) => {
    const now = deps.clock.now();
    let count = 0;
    for (const own of await tx.ownPrices.list(organizationId)) {
      const { id, expiresAt, endedAt, family, plan, component, interval, unitPrice } = own;
      if (endedAt !== null || expiresAt === null || now < expiresAt) continue;
      if (!(await tx.ownPrices.end(organizationId, id, expiresAt))) continue;
      count += 1;
      await tx.audit.append({
        organizationId,
        actor,
        action: 'own_price.expired',
        target: { kind: 'override', id },
        before: { family, plan, component, interval, unitPrice, expiresAt: expiresAt.toISOString() },
      });
    }
    return count;
  });
}
