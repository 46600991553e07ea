import type { EntitlementSnapshot } from '../limits/entitlement-snapshot.ts';
import { compareQuantities, quantityToScaled } from '../shared/money/quantity.ts';

/**
 * The highest used / limit over all features, in percent with two decimals as text; null when nothing is limited.
 * @param used Feature → what counts toward its limit now.
 */
export function worstLimitPercent(
  snapshot: EntitlementSnapshot,
  used: ReadonlyMap<string, string>,
): string | null {
  let worst: bigint | null = null;
  for (const [feature, { entitlement }] of snapshot.grants) {
    if (entitlement === null || !('limit' in entitlement) || entitlement.limit.kind === 'unlimited') continue;
    const { quantity } = entitlement.limit;
    if (compareQuantities(quantity, '0') <= 0) continue;
    const hundredths = (quantityToScaled(used.get(feature) ?? '0') * 10_000n) / quantityToScaled(quantity);
    if (worst === null || hundredths > worst) worst = hundredths;
  }
  return worst === null ? null : `${worst / 100n}.${String(worst % 100n).padStart(2, '0')}`;
}
