import { contentHashInput } from '../../catalog/content-hash-input.ts';
import type { PlanVersion } from '../../catalog/plan.ts';
import { type PublishDeps, publishCatalog } from '../../catalog/publish-catalog.ts';
import { type AgreedTerms, tailoredPlanKey, tailorPlan } from '../../catalog/tailored-plan.ts';
import type { Actor } from '../../shared/actor.ts';
import { authorize } from '../../shared/authorize.ts';
import type { OrganizationId } from '../../shared/ids.ts';
import { requireFamily } from '../purchase/offer.ts';
import type { PurchaseDeps } from '../purchase/purchase.ports.ts';
import { withPurchaseClaim } from '../purchase/with-claim.ts';

/**
 * Publishes what was agreed with one organization as a plan version of its own, with prices at Stripe. The same terms
 * again are the same version, so asking twice makes nothing twice.
 * @throws TAILORED_TERMS_INVALID, FAMILY_UNKNOWN, PURCHASE_IN_PROGRESS, STRIPE_UNAVAILABLE
 */
export async function publishTailoredPlan(
  deps: PurchaseDeps & { publish: PublishDeps },
  request: { actor: Actor; organizationId: OrganizationId; family: string; terms: AgreedTerms },
): Promise<PlanVersion> {
  const { actor, organizationId, terms } = request;
  authorize(actor, { staff: 'billing_ops' });
  const family = requireFamily(deps.families, request.family);
  return withPurchaseClaim(deps, { organizationId, family: family.key }, async () => {
    const newest = await deps.unitOfWork.run(organizationId, (tx) =>
      tx.planVersions.findNewest(family.key, tailoredPlanKey(terms.plan, organizationId)),
    );
    if (
      newest !== null &&
      isSame(newest, tailorPlan(family, organizationId, { terms, version: newest.version }))
    ) {
      return newest;
    }
    const plan = tailorPlan(family, organizationId, { terms, version: (newest?.version ?? 0) + 1 });
    const { family: _family, rank: _rank, ...content } = plan;
    await publishCatalog(deps.publish, { actor, families: [{ ...family, plans: [content] }] });
    return plan;
  });
}

/** A published one has lost its place in the family, which is no part of what was agreed. */
function isSame(left: PlanVersion, right: PlanVersion): boolean {
  return contentHashInput({ ...left, rank: 0 }) === contentHashInput({ ...right, rank: 0 });
}
