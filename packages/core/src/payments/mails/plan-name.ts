import type { ProductFamily } from '../../catalog/product-family.ts';
import { basePlanKey } from '../../catalog/tailored-plan.ts';

/** "Voice Ops Pro"; a plan the catalogue no longer has keeps its key. */
export function planName(
  families: readonly ProductFamily[],
  { family: familyKey, plan: planKey }: { family: string; plan: string },
): string {
  const family = families.find(({ key }) => key === familyKey);
  const familyName = family?.name ?? familyKey;
  const base = basePlanKey(planKey);
  const name = family?.plans.find(({ key }) => key === base)?.name ?? planKey;
  return familyName === name ? name : `${familyName} ${name}`;
}
