import type { InvoiceRow } from '../../store/billing-rows.ts';
import type { World } from '../../world.ts';
import { withTotals } from '../invoicing/totals.ts';
import { allocateDiscounts, discountableOf } from './allocate.ts';

/** An invoice's lines with what its discounts take off them, and the totals of that. Nothing is stored. */
export function discounted(world: World, invoice: InvoiceRow): InvoiceRow {
  const discounts = invoice.discounts.flatMap((id) => world.store.get('discount', id) ?? []);
  const lines = invoice.lines.data;
  const { currency } = invoice;
  const allocated = allocateDiscounts(world, lines.map(discountableOf), { discounts, currency });
  const data = lines.map((line, index) => ({ ...line, discount_amounts: allocated[index] ?? [] }));
  return withTotals({ ...invoice, lines: { ...invoice.lines, data, total_count: data.length } });
}
