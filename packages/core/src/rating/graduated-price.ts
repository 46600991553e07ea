import type { PriceOf } from '../catalog/price.ts';
import { assert } from '../shared/assert.ts';
import { compareQuantities, subtractQuantities } from '../shared/money/quantity.ts';
import { add, zero } from '../shared/money/rational.ts';
import type { PricedQuantity } from './priced-quantity.ts';
import { type ChargedTier, chargeTier } from './tier-charge.ts';

/** Each unit costs what its own tier says, so more usage never costs less. */
export function priceGraduated(price: PriceOf<'graduated'>, quantity: string): PricedQuantity {
  const charged: ChargedTier[] = [];
  let from = '0';
  for (const tier of price.tiers) {
    if (compareQuantities(quantity, from) <= 0) break;
    const last = tier.upTo === null || compareQuantities(quantity, tier.upTo) < 0 ? quantity : tier.upTo;
    charged.push(chargeTier(tier, { from, quantity: subtractQuantities(last, from) }));
    from = last;
  }
  assert(compareQuantities(quantity, from) <= 0, 'the last tier of a price is open');
  return {
    amount: charged.reduce((sum, { amount }) => add(sum, amount), zero),
    formula: `${charged.map(({ formula }) => formula).join(' + ') || '0'} ${price.currency}`,
    tiers: charged.map(({ rated }) => rated),
  };
}
