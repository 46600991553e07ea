import type { PriceTier } from '../catalog/price.ts';
import {
  add,
  multiply,
  type Rational,
  rationalFromDecimal,
  toExactDecimal,
} from '../shared/money/rational.ts';
import type { RatedTier } from './priced-quantity.ts';

export interface ChargedTier {
  amount: Rational;
  formula: string;
  rated: RatedTier;
}

/** `quantity` units at the tier's price plus its flat price; the quantity is more than zero. */
export function chargeTier(tier: PriceTier, usage: { from: string; quantity: string }): ChargedTier {
  const flatPrice = tier.flatPrice ?? '0';
  const amount = add(
    multiply(rationalFromDecimal(usage.quantity), rationalFromDecimal(tier.unitPrice)),
    rationalFromDecimal(flatPrice),
  );
  return {
    amount,
    formula: `${usage.quantity} × ${tier.unitPrice}${flatPrice === '0' ? '' : ` + ${flatPrice}`}`,
    rated: {
      from: usage.from,
      upTo: tier.upTo,
      quantity: usage.quantity,
      unitPrice: tier.unitPrice,
      flatPrice: tier.flatPrice ?? null,
      amount: toExactDecimal(amount),
    },
  };
}
