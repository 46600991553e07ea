import type { DiscountAmount, InvoiceRow, LineRow } from '../../store/billing-rows.ts';
import { sumTaxes, taxesOf, totalOf } from '../amounts/taxes.ts';

/** Totals are sums of displayed lines; customer balance is applied when the invoice is finalized. */
export function withTotals(invoice: InvoiceRow): InvoiceRow {
  const lines = invoice.lines.data.map((line) => withTaxes(line, invoice));
  const subtotal = lines.reduce((sum, line) => sum + line.amount, 0);
  const discountTotals = new Map<string, number>();
  for (const part of lines.flatMap((line) => line.discount_amounts)) {
    discountTotals.set(part.discount, (discountTotals.get(part.discount) ?? 0) + part.amount);
  }
  const discounts: DiscountAmount[] = [...discountTotals].map(([discount, amount]) => ({ discount, amount }));
  const taxes = sumTaxes(lines.flatMap((line) => line.taxes));
  const discounted = subtotal - discounts.reduce((sum, part) => sum + part.amount, 0);
  const total = discounted + totalOf(taxes, 'exclusive');
  const includedBeforeDiscount = lines.reduce(
    (sum, line) => sum + totalOf(taxesOf(line.amount, ratesOf(line, invoice)), 'inclusive'),
    0,
  );
  const applied = appliedBalance(invoice.starting_balance, total);
  const due = Math.max(0, total + applied);
  return {
    ...invoice,
    lines: { ...invoice.lines, data: lines, total_count: lines.length },
    subtotal,
    subtotal_excluding_tax: subtotal - includedBeforeDiscount,
    total,
    total_excluding_tax: total - totalOf(taxes),
    total_discount_amounts: discounts,
    total_taxes: taxes,
    amount_due: due,
    amount_remaining: Math.max(0, due - invoice.amount_paid),
  };
}

/** A line's own rates win over the invoice's default ones. */
function ratesOf(line: LineRow, invoice: InvoiceRow) {
  return line._taxRates && line._taxRates.length > 0 ? line._taxRates : invoice.default_tax_rates;
}

function withTaxes(line: LineRow, invoice: InvoiceRow): LineRow {
  const net = line.amount - line.discount_amounts.reduce((sum, part) => sum + part.amount, 0);
  return { ...line, taxes: taxesOf(net, ratesOf(line, invoice)) };
}

/** How the customer balance moves this invoice: credit (negative) pays, debt (positive) is added. */
export function appliedBalance(balance: number, total: number): number {
  if (total <= 0) return 0;
  return balance < 0 ? Math.max(balance, -total) : balance;
}
