import type { Plan } from '../../app/views.ts';
import { nounText, quantityText } from '../../components/quantity-text.ts';

type Entitlement = Plan['entitlements'][number];

/** "5,000 messages + 1,000 per client", "Live translation", "Users without ceiling". */
export function entitlementText(entitlement: Entitlement): string {
  if (entitlement.kind === 'boolean' || entitlement.kind === 'config') return entitlement.name;
  if (entitlement.included === null) return `${entitlement.name} without ceiling`;
  const perUnit = entitlement.includedPerUnit;
  const more = perUnit === null ? '' : ` + ${quantityText(perUnit.quantity)} per ${perUnit.unit}`;
  return `${quantityText(entitlement.included)} ${nounText(entitlement.name)}${more}`;
}

/** One cell of the difference table. */
export function entitlementCell(entitlement: Entitlement | undefined): string {
  if (entitlement === undefined) return '—';
  if (entitlement.kind === 'boolean') return entitlement.enabled === true ? 'Included' : '—';
  if (entitlement.kind === 'config') return entitlement.enabled === false ? '—' : 'Included';
  if (entitlement.included === null) return 'No ceiling';
  if (entitlement.included === '0' && entitlement.onLimit === 'block') return '—';
  const perUnit = entitlement.includedPerUnit;
  return `${quantityText(entitlement.included)}${perUnit === null ? '' : ` + ${quantityText(perUnit.quantity)} per ${perUnit.unit}`}`;
}
