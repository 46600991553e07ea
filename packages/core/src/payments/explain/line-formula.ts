import type { InvoiceLineRecord } from '../../invoices/invoices.ports.ts';
import { roundCharge } from '../../rating/round-charge.ts';
import { formatMoney, formatUnitPrice } from '../../shared/money/format-money.ts';
import {
  multiply,
  type Rational,
  rational,
  rationalFromDecimal,
  roundHalfAwayFromZero,
} from '../../shared/money/rational.ts';
import { toMinorUnits } from '../../shared/money/unit-price.ts';
import { type Period, periodSeconds } from '../../shared/time/period.ts';
import type { StoredRating } from './explanation.schemas.ts';

type LineFacts = Pick<
  InvoiceLineRecord,
  'description' | 'quantity' | 'unitPrice' | 'amountMinor' | 'currency' | 'periodStart' | 'periodEnd'
>;

/**
 * The steps that were written down when usage was rated, and what of the period earlier lines had billed. Stripe
 * writes a line for each tier that usage reached: then the price of the whole, and what of it the line is.
 */
export function usageFormula(line: LineFacts, rating: StoredRating): string[] {
  const { currency } = line;
  if (!isWhole(line, rating)) return partFormula(line, rating);
  // A minimum takes the place of what the formula comes to.
  const steps = rating.isMinimumApplied
    ? [rating.formula, `less than the minimum of ${rating.exactAmount} ${currency}`]
    : [`${rating.formula} = ${rating.exactAmount} ${currency}`];
  if (rating.included !== '0') {
    steps.unshift(`${rating.quantity} − ${rating.included} included = ${rating.billableQuantity}`);
  }
  const already = BigInt(rating.alreadyBilledMinor);
  if (already !== 0n) steps.push(`− ${amount(already, currency)} billed before`);
  return [...steps, `= ${amount(line.amountMinor, currency)}`];
}

function isWhole({ amountMinor, currency }: LineFacts, { exactAmount, alreadyBilledMinor }: StoredRating) {
  const rated = roundCharge(rationalFromDecimal(exactAmount), currency);
  return rated - BigInt(alreadyBilledMinor) === amountMinor;
}

function partFormula(line: LineFacts, rating: StoredRating): string[] {
  const { quantity, unitPrice, currency, amountMinor } = line;
  const steps = [`${rating.formula} = ${rating.exactAmount} ${currency} in all`];
  if (quantity !== null && quantity !== '0' && unitPrice !== null) {
    steps.push(`of it ${quantity} × ${formatUnitPrice({ price: unitPrice, currency }, 'en-US')}`);
  }
  return [...steps, `= ${amount(amountMinor, currency)}`];
}

/** Quantity times price; without both the amount stands for itself. */
export function recurringFormula(line: LineFacts): string[] {
  const { quantity, unitPrice, currency, amountMinor } = line;
  if (quantity === null || unitPrice === null) return [amount(amountMinor, currency)];
  const price = formatUnitPrice({ price: unitPrice, currency }, 'en-US');
  return [`${quantity} × ${price}`, `= ${amount(amountMinor, currency)}`];
}

/**
 * A share of a full period, by the second (R3). Which full amount it is a share of is shown when quantity and price
 * lead to the charged amount; a discount or another quantity before leads elsewhere, and Stripe's figure stands.
 */
export function prorationFormula(line: LineFacts, whole: Period | null): string[] {
  const { quantity, unitPrice, currency, amountMinor, periodStart, periodEnd } = line;
  const what = amountMinor < 0n ? 'Credit for unused time' : 'Charge for the remaining time';
  const result = `= ${amount(amountMinor, currency)}`;
  if (whole === null) return [what, result];
  const remaining = periodSeconds({ start: periodStart, end: periodEnd });
  const total = periodSeconds(whole);
  const share = `${remaining} of ${total} seconds of the period`;
  if (quantity === null || unitPrice === null) return [`${what}: ${share}`, result];
  const full = multiply(rationalFromDecimal(quantity), rationalFromDecimal(unitPrice));
  const exact = toMinorUnits(multiply(full, rational(remaining, total)), currency);
  const isExplained = absolute(roundHalfAwayFromZero(exact)) === absolute(amountMinor);
  if (!isExplained) return [`${what}: ${share}`, result];
  const sign = amountMinor < 0n ? '−' : '';
  return [`${what}: ${share}`, `${sign}${majorText(full, currency)} × ${remaining} ÷ ${total}`, result];
}

function majorText(major: Rational, currency: string): string {
  return amount(roundHalfAwayFromZero(toMinorUnits(major, currency)), currency);
}

function absolute(value: bigint): bigint {
  return value < 0n ? -value : value;
}

function amount(amountMinor: bigint, currency: string): string {
  return formatMoney({ amountMinor, currency }, 'en-US');
}
