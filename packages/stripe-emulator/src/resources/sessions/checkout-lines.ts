import { fraction, roundHalfAway } from '../../billing/amounts/fraction.ts';
import { rate } from '../../billing/amounts/tiers.ts';
import { blankItem } from '../../shapes/sessions.ts';
import type { PriceRow, Row } from '../../store/rows.ts';
import { invalidRequest, missingParameter } from '../../wire/errors.ts';
import { newId } from '../../wire/ids.ts';
import type { Params } from '../../wire/params.ts';
import type { World } from '../../world.ts';
import { priceOf } from '../catalog/prices.ts';

/** Reads `line_items`: each price with its quantity and what that costs before discounts. */
export function readLines(world: World, params: Params, mode: string): Row[] {
  const entries = params.subs('line_items');
  if (!entries || entries.length === 0) throw missingParameter('line_items');
  const currency = params.text('currency')?.toLowerCase();
  return entries.map((entry) => {
    const price = priceOf(world, entry);
    if (mode === 'payment' && price.recurring) {
      throw invalidRequest('You must provide only one-time prices in `payment` mode.', entry.nameOf('price'));
    }
    return lineOf(world, price, {
      quantity: readQuantity(entry, price),
      currency: currency ?? price.currency,
    });
  });
}

/** Metered prices have no quantity: usage decides later. */
function readQuantity(entry: Params, price: PriceRow): number | null {
  if (price.recurring?.usage_type === 'metered') return null;
  const quantity = entry.integer('quantity');
  if (quantity === undefined) throw missingParameter(entry.nameOf('quantity'));
  return quantity;
}

function lineOf(
  world: World,
  price: PriceRow,
  { quantity, currency }: { quantity: number | null; currency: string },
): Row {
  const parts = quantity === null ? [] : rate(price, currency, fraction(quantity));
  const amount = parts.reduce((sum, part) => sum + roundHalfAway(part.amount), 0);
  return {
    ...blankItem,
    id: newId('li'),
    amount_discount: 0,
    amount_subtotal: amount,
    amount_tax: 0,
    amount_total: amount,
    currency,
    description: world.store.get('product', price.product)?.name ?? null,
    metadata: {},
    price,
    quantity,
  };
}
