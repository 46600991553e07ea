import type { PriceOf } from '../catalog/price.ts';
import { unitsRoundedUp } from '../shared/money/quantity.ts';
import { multiply, rational, rationalFromDecimal } from '../shared/money/rational.ts';
import type { PricedQuantity } from './priced-quantity.ts';

/** Whole packages only: a package that is begun is paid. */
export function pricePackages(price: PriceOf<'package'>, quantity: string): PricedQuantity {
  const packages = unitsRoundedUp(quantity, price.packageSize);
  return {
    amount: multiply(rational(BigInt(packages)), rationalFromDecimal(price.packagePrice)),
    formula: `⌈${quantity} ÷ ${price.packageSize}⌉ = ${packages} packages × ${price.packagePrice} ${price.currency}`,
    tiers: [],
  };
}
