import { compareQuantities, type Quantity } from '../shared/money/quantity.ts';
import { type EntitlementQuantities, limitOf } from './effective-entitlements.ts';
import type { Entitlement } from './entitlement.ts';
import { currenciesOf, type Offer, type Plan } from './plan.ts';
import type { ProductFamily } from './product-family.ts';
import { basePlanKey } from './tailored-plan.ts';

export interface UpgradeSuggestion {
  plan: string;
  /** `contact_sales` = the organization cannot buy it by itself. */
  offer: Offer;
}

export interface UpgradeNeed {
  /** Key of the present plan; null = none. */
  currentPlan: string | null;
  feature: string;
  /** Total that must fit (used + reserved + requested); ignored for boolean features. */
  needed: Quantity;
  quantities: EntitlementQuantities;
  /** What it pays in: a plan that is not sold in it cannot be bought. */
  currency: string;
  /** Only what includes more than this, for those who are refused nothing yet. */
  above?: Quantity | null;
}

/** The next plan up that would allow it (the `upgradeTo` of a refusal), or `undefined` when none would. */
export function suggestUpgrade(family: ProductFamily, need: UpgradeNeed): UpgradeSuggestion | undefined {
  const present = need.currentPlan === null ? null : basePlanKey(need.currentPlan);
  const current = family.plans.findIndex(({ key }) => key === present);
  const lifting = family.plans.slice(current + 1).find((plan) => {
    const entitlement = plan.entitlements.find(({ feature }) => feature === need.feature);
    return entitlement !== undefined && isToBeHad(plan, need) && wouldAllow(entitlement, need);
  });
  return lifting === undefined ? undefined : { plan: lifting.key, offer: lifting.offer };
}

/** What is sold by hand is priced by hand, in any currency. */
function isToBeHad(plan: Plan, { currency }: UpgradeNeed): boolean {
  return plan.offer !== 'self_service' || currenciesOf(plan).includes(currency);
}

function wouldAllow(entitlement: Entitlement, need: UpgradeNeed): boolean {
  if (entitlement.kind === 'boolean') return entitlement.isEnabled;
  if (entitlement.kind === 'config') return true;
  if (entitlement.included.kind === 'custom') return true;
  // Seats are bought with the plan, so a plan with a limit per seat lifts any number of them.
  if (entitlement.included.kind === 'limited' && entitlement.included.perSeat !== undefined) return true;
  const limit = limitOf(entitlement.included, need.quantities);
  if (limit.kind === 'unlimited') return true;
  if (limit.quantity === '0') return false;
  if (need.above != null && compareQuantities(limit.quantity, need.above) <= 0) return false;
  return entitlement.onLimit !== 'block' || compareQuantities(need.needed, limit.quantity) <= 0;
}
