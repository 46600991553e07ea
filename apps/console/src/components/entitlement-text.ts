import type { Plan } from '../app/views.ts';
import { countedText, measuredText, nounText, quantityText } from './quantity-text.ts';

type Entitlement = Plan['entitlements'][number];

/** What a plan made for one organization grants is written in its contract, not in the catalogue. */
function isAgreed(plan: Plan, entitlement: Entitlement): boolean {
  return !plan.selfService && !plan.isFree && entitlement.included === '0';
}

/** Whether the plan has anything of the feature; what it lacks is not listed on its card. */
export function isGranted(plan: Plan, entitlement: Entitlement): boolean {
  if (entitlement.kind === 'boolean' || entitlement.kind === 'config') return entitlement.enabled !== false;
  if (entitlement.included !== '0') return true;
  return entitlement.includedPerUnit !== null || isAgreed(plan, entitlement);
}

/** "5,000 messages + 1,000 per client", "As many users as you buy", "Storage: agreed with you". */
export function entitlementText(plan: Plan, entitlement: Entitlement): string {
  const { name, included, includedPerUnit } = entitlement;
  if (entitlement.kind === 'boolean' || entitlement.kind === 'config') return name;
  if (included === null) return `${name} without ceiling`;
  if (isAgreed(plan, entitlement)) return `${name}: agreed with you`;
  if (includedPerUnit === null) return countedText(included, entitlement);
  const { quantity, unit } = includedPerUnit;
  if (included === '0' && quantity === '1') return `As many ${nounText(name)} as you buy`;
  if (included === '0') return `${countedText(quantity, entitlement)} per ${unit}`;
  return `${countedText(included, entitlement)} + ${quantityText(quantity)} per ${unit}`;
}

/** One cell of the difference table. */
export function entitlementCell(plan: Plan, entitlement: Entitlement | undefined): string {
  if (entitlement === undefined || !isGranted(plan, entitlement)) return '—';
  const { included, includedPerUnit, unit } = entitlement;
  if (entitlement.kind === 'boolean' || entitlement.kind === 'config') return 'Included';
  if (included === null) return 'No ceiling';
  if (isAgreed(plan, entitlement)) return 'Agreed with you';
  if (includedPerUnit === null) return measuredText(included, unit);
  const { quantity } = includedPerUnit;
  if (included === '0' && quantity === '1') return 'As many as you buy';
  const perUnit = `${measuredText(quantity, unit)} per ${includedPerUnit.unit}`;
  return included === '0' ? perUnit : `${measuredText(included, unit)} + ${perUnit}`;
}
