import type { Row } from '../../store/rows.ts';
import { add, type Fraction, fraction, multiply, parseDecimal, roundHalfAway, subtract } from './fraction.ts';

/** One tax of a line or of a whole invoice, in minor units. */
export interface TaxAmount {
  amount: number;
  tax_behavior: 'inclusive' | 'exclusive';
  tax_rate_details: { tax_rate: string };
  taxability_reason: string;
  taxable_amount: number;
  type: 'tax_rate_details';
}

function shareOf(rate: Row): Fraction {
  return multiply(parseDecimal(String(rate.percentage)), fraction(1, 100));
}

/**
 * The taxes of an amount that is already discounted. Inclusive taxes are part of the amount, exclusive ones come
 * on top of what is left without the inclusive ones; each is rounded once, half away from zero.
 */
export function taxesOf(amount: number, rates: Row[]): TaxAmount[] {
  const included = rates.filter((rate) => rate.inclusive === true);
  const divisor = included.reduce((sum, rate) => add(sum, shareOf(rate)), fraction(1));
  const net = fraction(BigInt(amount) * divisor.denominator, divisor.numerator);
  const inclusiveTotal = roundHalfAway(subtract(fraction(amount), net));
  const taxable = amount - inclusiveTotal;
  let left = inclusiveTotal;
  return rates.map((rate) => {
    const isInclusive = rate.inclusive === true;
    const exact = roundHalfAway(multiply(net, shareOf(rate)));
    // The last inclusive tax takes what rounding left, so that net and taxes sum to the amount.
    const tax = isInclusive && rate === included.at(-1) ? left : exact;
    if (isInclusive) left -= tax;
    return {
      amount: tax,
      tax_behavior: isInclusive ? 'inclusive' : 'exclusive',
      tax_rate_details: { tax_rate: rate.id },
      taxability_reason: 'standard_rated',
      taxable_amount: taxable,
      type: 'tax_rate_details',
    };
  });
}

/** Sums the taxes of lines by their rate. */
export function sumTaxes(taxes: TaxAmount[]): TaxAmount[] {
  const byRate = new Map<string, TaxAmount>();
  for (const tax of taxes) {
    const id = tax.tax_rate_details.tax_rate;
    const known = byRate.get(id);
    byRate.set(
      id,
      known
        ? {
            ...known,
            amount: known.amount + tax.amount,
            taxable_amount: known.taxable_amount + tax.taxable_amount,
          }
        : tax,
    );
  }
  return [...byRate.values()];
}

export function totalOf(taxes: TaxAmount[], behavior?: TaxAmount['tax_behavior']): number {
  return taxes
    .filter((tax) => behavior === undefined || tax.tax_behavior === behavior)
    .reduce((sum, tax) => sum + tax.amount, 0);
}
