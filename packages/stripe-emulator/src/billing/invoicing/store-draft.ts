import { emitChange } from '../../events/emit.ts';
import type { InvoiceRow } from '../../store/billing-rows.ts';
import type { World } from '../../world.ts';
import { discounted } from '../discounts/apply.ts';
import { spendOnce } from '../discounts/held.ts';

/** A draft with other lines or discounts: both decide what the discounts take off. */
export function storeDraft(world: World, before: InvoiceRow, fields: Partial<InvoiceRow>): InvoiceRow {
  const after = world.store.put('invoice', discounted(world, { ...before, ...fields }));
  spendOnce(world, after);
  emitChange(world, 'invoice.updated', { before, after });
  return after;
}
