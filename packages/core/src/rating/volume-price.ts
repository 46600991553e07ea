import type { PriceOf } from '../catalog/price.ts';
import { assert } from '../shared/assert.ts';
import { compareQuantities } from '../shared/money/quantity.ts';
import { zero } from '../shared/money/rational.ts';
import type { PricedQuantity } from './priced-quantity.ts';
import { chargeTier } from './tier-charge.ts';

/** All units cost what the tier of the total says; crossing into a cheaper tier may lower the amount. */
export function priceVolume(price: PriceOf<'volume'>, quantity: string): PricedQuantity {
  const position = price.tiers.findIndex(
    ({ upTo }) => upTo === null || compareQuantities(quantity, upTo) <= 0,
  );
  const tier = price.tiers[position];
  assert(tier !== undefined, 'the last tier of a price is open');
  if (quantity === '0') {
    return { amount: zero, formula: `0 ${price.currency}`, tiers: [] };
  }
  const charged = chargeTier(tier, { from: price.tiers[position - 1]?.upTo ?? '0', quantity });
  return { amount: charged.amount, formula: `${charged.formula} ${price.currency}`, tiers: [charged.rated] };
}
