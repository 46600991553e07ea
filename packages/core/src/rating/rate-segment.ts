import type { Price } from '../catalog/price.ts';
import { subtractQuantities } from '../shared/money/quantity.ts';
import {
  compare,
  type Rational,
  rationalFromDecimal,
  subtract,
  toExactDecimal,
  zero,
} from '../shared/money/rational.ts';
import { type PricedUsage, priceUsage, type RatedUsage, rateUsage } from './rate-usage.ts';
import { roundCharge } from './round-charge.ts';

/** A part of a billing period with terms of its own. */
export interface SegmentUsage {
  /** Counted in the period before the part began, under whatever terms. */
  before: string;
  /** Counted in the period until the part ends. */
  total: string;
  /** The period's first part with a price: only it brings a minimum or a flat charge. */
  isOpening: boolean;
}

/**
 * Rates what a part of a period adds: the price of everything until its end minus the price of everything before it,
 * both at the part's own terms. So included quantities and tiers are used once per period however often terms change,
 * a part is never less than nothing, and a period with one part costs what `rateUsage` says. One line, rounded once.
 */
export function rateSegment(price: Price, usage: SegmentUsage): RatedUsage {
  if (usage.before === '0' && usage.isOpening) return rateUsage(price, usage.total);
  const whole = priceUsage(price, usage.total);
  const earlier = priceUsage(price, usage.before);
  const priced =
    price.model === 'flat' && usage.isOpening
      ? whole.amount
      : atLeastZero(subtract(whole.amount, earlier.amount));
  const minimum = usage.isOpening ? whole.minimum : null;
  const isMinimumApplied = minimum !== null && compare(priced, rationalFromDecimal(minimum)) < 0;
  const exact = isMinimumApplied ? rationalFromDecimal(minimum) : priced;
  const amountMinor = roundCharge(exact, price.currency);
  const quantity = subtractQuantities(usage.total, usage.before);
  const explanation = {
    model: price.model,
    currency: price.currency,
    quantity,
    // What earlier parts used of the included quantity cannot be used again.
    included: subtractQuantities(quantity, subtractQuantities(whole.billable, earlier.billable)),
    billableQuantity: subtractQuantities(whole.billable, earlier.billable),
    formula: formulaOf(whole, earlier, price),
    tiers: whole.tiers,
    minimum,
    isMinimumApplied,
    exactAmount: toExactDecimal(exact),
  };
  return { lines: [{ amountMinor, quantity, explanation }], totalMinor: amountMinor };
}

function formulaOf(whole: PricedUsage, earlier: PricedUsage, price: Price): string {
  if (price.model === 'flat') return whole.formula;
  if (price.model !== 'per_unit') return `(${whole.formula}) − (${earlier.formula})`;
  return `${subtractQuantities(whole.billable, earlier.billable)} × ${price.unitPrice} ${price.currency}`;
}

function atLeastZero(amount: Rational): Rational {
  return compare(amount, zero) < 0 ? zero : amount;
}
