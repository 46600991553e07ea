import type { PlanVersion } from '../../catalog/plan.ts';
import type { PublishDeps } from '../../catalog/publish-catalog.ts';
import type { AgreedTerms } from '../../catalog/tailored-plan.ts';
import type { Actor } from '../../shared/actor.ts';
import type { OrganizationId } from '../../shared/ids.ts';
import { hasStarted } from '../../subscriptions/subscription-status.ts';
import { quoteChange } from '../change/quote-change.ts';
import type { QuoteRecord } from '../change/quotes.ports.ts';
import type { PurchaseDeps } from '../purchase/purchase.ports.ts';
import { publishTailoredPlan } from './publish-tailored-plan.ts';

export interface TailoredOffer {
  plan: PlanVersion;
  /** The priced change of the subscription that runs; null = a new one is started. */
  quote: QuoteRecord | null;
}

/**
 * Makes the agreed plan ready and prices it for the organization: as a change of what runs, prorated by Stripe, or as
 * a start. Nothing is charged. @throws as publishTailoredPlan and quoteChange
 */
export async function quoteTailoredPlan(
  deps: PurchaseDeps & { publish: PublishDeps },
  request: { actor: Actor; organizationId: OrganizationId; family: string; terms: AgreedTerms },
): Promise<TailoredOffer> {
  const { actor, organizationId, family, terms } = request;
  const plan = await publishTailoredPlan(deps, request);
  const current = await deps.unitOfWork.run(organizationId, (tx) =>
    tx.subscriptions.findCurrent(organizationId, family),
  );
  if (current === null || !hasStarted(current.status)) return { plan, quote: null };
  const wish = { family, plan: plan.key, interval: terms.interval, at: 'now' as const };
  return { plan, quote: await quoteChange(deps, { actor, organizationId, wish }) };
}
