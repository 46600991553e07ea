import type { ProductFamily } from '../../catalog/product-family.ts';

/** "Voice Ops Pro"; a plan the catalogue no longer has keeps its key. */
export function planName(
  families: readonly ProductFamily[],
  { family: familyKey, plan: planKey }: { family: string; plan: string },
): string {
  const family = families.find(({ key }) => key === familyKey);
  const familyName = family?.name ?? familyKey;
  const name = family?.plans.find(({ key }) => key === planKey)?.name ?? planKey;
  return familyName === name ? name : `${familyName} ${name}`;
}
