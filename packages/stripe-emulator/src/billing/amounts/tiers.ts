import type { PriceAmounts, PriceRow, Tier } from '../../store/rows.ts';
import { invalidRequest } from '../../wire/errors.ts';
import { compare, type Fraction, fraction, multiply, parseDecimal, subtract, ZERO } from './fraction.ts';

/** One part of a rated quantity; `amount` is exact, in minor units, and becomes one invoice line. */
export interface RatedPart {
  amount: Fraction;
  quantity: Fraction;
  unitAmountDecimal: string | null;
  label: string;
}

/** Rates a quantity at a price in a currency the price knows. */
export function rate(price: PriceRow, currency: string, quantity: Fraction): RatedPart[] {
  const amounts = amountsIn(price, currency);
  if (price.billing_scheme === 'per_unit') {
    const unit = parseDecimal(amounts.unit_amount_decimal ?? '0');
    const units = packages(price, quantity);
    return [
      { amount: multiply(unit, units), quantity, unitAmountDecimal: amounts.unit_amount_decimal, label: '' },
    ];
  }
  const tiers = amounts.tiers ?? [];
  return price.tiers_mode === 'volume' ? volume(tiers, quantity) : graduated(tiers, quantity);
}

export function amountsIn(price: PriceRow, currency: string): PriceAmounts {
  if (price.currency === currency) return { ...price, ...(price._tiers ? { tiers: price._tiers } : {}) };
  const other = price._currencies[currency];
  if (!other) {
    throw invalidRequest(
      `The price specified only supports \`${price.currency}\`. This doesn't match the expected currency: \`${currency}\`.`,
    );
  }
  return other;
}

/** `transform_quantity`: so many units count as one package. */
function packages(price: PriceRow, quantity: Fraction): Fraction {
  const transform = price.transform_quantity;
  if (!transform) return quantity;
  const exact = fraction(quantity.numerator, quantity.denominator * BigInt(transform.divide_by));
  const floor = exact.numerator / exact.denominator;
  const isWhole = floor * exact.denominator === exact.numerator;
  return fraction(transform.round === 'up' && !isWhole ? floor + 1n : floor);
}

/** The whole quantity at the price of the tier it falls into. */
function volume(tiers: Tier[], quantity: Fraction): RatedPart[] {
  const tier = tiers.find(({ up_to }) => up_to === null || compare(quantity, fraction(up_to)) <= 0);
  if (!tier) return [];
  const parts = [unitPart(tier, quantity, '')];
  return tier.flat_amount_decimal === null ? parts : [...parts, flatPart(tier, '')];
}

/** Each tier's share at that tier's price; a flat fee is due as soon as its tier is reached. */
function graduated(tiers: Tier[], quantity: Fraction): RatedPart[] {
  const parts: RatedPart[] = [];
  let from = ZERO;
  for (const [index, tier] of tiers.entries()) {
    const isReached = index === 0 || compare(quantity, from) > 0;
    if (!isReached) break;
    const upTo = tier.up_to === null ? quantity : fraction(tier.up_to);
    const until = compare(quantity, upTo) < 0 ? quantity : upTo;
    const label = `Tier ${index + 1}`;
    parts.push(unitPart(tier, subtract(until, from), label));
    if (tier.flat_amount_decimal !== null && compare(quantity, ZERO) > 0) parts.push(flatPart(tier, label));
    from = upTo;
  }
  return parts;
}

function unitPart(tier: Tier, quantity: Fraction, label: string): RatedPart {
  const unit = tier.unit_amount_decimal ?? '0';
  return { amount: multiply(parseDecimal(unit), quantity), quantity, unitAmountDecimal: unit, label };
}

function flatPart(tier: Tier, label: string): RatedPart {
  const flat = tier.flat_amount_decimal ?? '0';
  return {
    amount: parseDecimal(flat),
    quantity: ZERO,
    unitAmountDecimal: flat,
    label: `${label} flat fee`.trim(),
  };
}
