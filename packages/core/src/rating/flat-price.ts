import type { PriceOf } from '../catalog/price.ts';
import { rationalFromDecimal } from '../shared/money/rational.ts';
import type { PricedQuantity } from './priced-quantity.ts';

/** The same amount however much was used. */
export function priceFlat(price: PriceOf<'flat'>): PricedQuantity {
  return {
    amount: rationalFromDecimal(price.unitPrice),
    formula: `${price.unitPrice} ${price.currency}`,
    tiers: [],
  };
}
