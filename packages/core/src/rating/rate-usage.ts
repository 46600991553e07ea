import type { Price, PriceModel } from '../catalog/price.ts';
import { assertNever } from '../shared/assert.ts';
import {
  compareQuantities,
  parseQuantity,
  type Quantity,
  subtractQuantities,
} from '../shared/money/quantity.ts';
import { compare, rationalFromDecimal, toExactDecimal } from '../shared/money/rational.ts';
import { priceFlat } from './flat-price.ts';
import { priceGraduated } from './graduated-price.ts';
import { pricePackages } from './package-price.ts';
import { pricePerUnit } from './per-unit-price.ts';
import type { PricedQuantity, RatedTier } from './priced-quantity.ts';
import { roundCharge } from './round-charge.ts';
import { priceVolume } from './volume-price.ts';

/** How an amount came about, written by the code that calculated it. Texts only, so it survives JSON. */
export interface RatingExplanation {
  model: PriceModel;
  currency: string;
  /** What was used, what of it was free, what was charged. */
  quantity: string;
  included: string;
  billableQuantity: string;
  /** Readable arithmetic, for example `1500 × 0.01 USD`. */
  formula: string;
  tiers: RatedTier[];
  /** Major units; null = the price has no minimum. */
  minimum: string | null;
  isMinimumApplied: boolean;
  /** Major units before rounding. */
  exactAmount: string;
}

export interface RatedLine {
  amountMinor: bigint;
  /** The whole quantity that was rated, free units included. */
  quantity: string;
  explanation: RatingExplanation;
}

export interface RatedUsage {
  lines: RatedLine[];
  totalMinor: bigint;
}

/**
 * Rates the quantity of a whole billing period. One line, rounded once, half away from zero, so the total is the
 * sum of what is displayed. Steps in fixed order: quantity → included → price → minimum → round. Discounts and tax
 * come after that, from the payment provider. `quantity` is a decimal text; throws QUANTITY_INVALID.
 */
export function rateUsage(price: Price, quantity: string): RatedUsage {
  const priced = priceUsage(price, quantity);
  const { used, included, billable, minimum } = priced;
  const isMinimumApplied = minimum !== null && compare(priced.amount, rationalFromDecimal(minimum)) < 0;
  const exact = isMinimumApplied ? rationalFromDecimal(minimum) : priced.amount;
  const amountMinor = roundCharge(exact, price.currency);
  const explanation: RatingExplanation = {
    model: price.model,
    currency: price.currency,
    quantity: used,
    included,
    billableQuantity: billable,
    formula: priced.formula,
    tiers: priced.tiers,
    minimum,
    isMinimumApplied,
    exactAmount: toExactDecimal(exact),
  };
  return { lines: [{ amountMinor, quantity: used, explanation }], totalMinor: amountMinor };
}

/** A quantity priced exactly, before minimum and rounding. */
export interface PricedUsage extends PricedQuantity {
  used: Quantity;
  included: Quantity;
  billable: Quantity;
  /** Major units; null = the price has none. */
  minimum: string | null;
}

/** The first steps of rating: quantity → included → price. Throws QUANTITY_INVALID. */
export function priceUsage(price: Price, quantity: string): PricedUsage {
  const used = parseQuantity(quantity);
  const included = includedIn(price);
  const billable = billableQuantity(used, included);
  return { ...applyModel(price, billable), used, included, billable, minimum: minimumOf(price) };
}

/**
 * What is still to bill in a period of which `billedMinor` has been billed: round(rate(total so far)) − billed.
 * However often a period is billed, its invoices sum to what one invoice would have been. May be negative.
 */
export function rateRemaining(price: Price, usage: { quantity: string; billedMinor: bigint }): bigint {
  return rateUsage(price, usage.quantity).totalMinor - usage.billedMinor;
}

/** The same price with another number of free units (a plan's, changed by clients, seats or an override). */
export function withIncluded(price: Price, included: Quantity): Price {
  return price.model === 'flat' ? price : { ...price, included };
}

function applyModel(price: Price, billable: Quantity): PricedQuantity {
  switch (price.model) {
    case 'flat':
      return priceFlat(price);
    case 'per_unit':
      return pricePerUnit(price, billable);
    case 'package':
      return pricePackages(price, billable);
    case 'graduated':
      return priceGraduated(price, billable);
    case 'volume':
      return priceVolume(price, billable);
    default:
      return assertNever(price);
  }
}

function includedIn(price: Price): Quantity {
  return price.model === 'flat' ? '0' : parseQuantity(price.included ?? '0');
}

function minimumOf(price: Price): string | null {
  return price.model === 'flat' ? null : (price.minimum ?? null);
}

function billableQuantity(used: Quantity, included: Quantity): Quantity {
  return compareQuantities(used, included) <= 0 ? '0' : subtractQuantities(used, included);
}
