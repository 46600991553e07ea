import type { PriceOf } from '../catalog/price.ts';
import { multiply, rationalFromDecimal } from '../shared/money/rational.ts';
import type { PricedQuantity } from './priced-quantity.ts';

/** Every unit costs the same; parts of a unit cost their part. */
export function pricePerUnit(price: PriceOf<'per_unit'>, quantity: string): PricedQuantity {
  return {
    amount: multiply(rationalFromDecimal(quantity), rationalFromDecimal(price.unitPrice)),
    formula: `${quantity} × ${price.unitPrice} ${price.currency}`,
    tiers: [],
  };
}
