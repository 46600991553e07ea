import { readDiscounts } from '../../resources/catalog/discount-params.ts';
import { planOf } from '../../resources/catalog/plan-of.ts';
import { priceOf } from '../../resources/catalog/prices.ts';
import { readTaxRates } from '../../resources/catalog/tax-rates.ts';
import { blankSubscriptionItem } from '../../shapes/subscriptions.ts';
import type { LineRow, SubscriptionItemRow } from '../../store/billing-rows.ts';
import type { PriceRow, Row } from '../../store/rows.ts';
import { invalidRequest, missingParameter } from '../../wire/errors.ts';
import { newId } from '../../wire/ids.ts';
import { type Metadata, mergeMetadata } from '../../wire/metadata.ts';
import type { Params } from '../../wire/params.ts';
import type { World } from '../../world.ts';
import type { ItemPeriod } from './item-periods.ts';

/** What an item shall be: a new one (`existing` null), a changed one or, with `isDeleted`, none. */
export interface ItemChange {
  existing: SubscriptionItemRow | null;
  price: PriceRow;
  quantity: number;
  metadata: Metadata;
  isDeleted: boolean;
  /** Absent = as before. */
  taxRates?: Row[];
  /** Absent = as before. */
  discounts?: string[];
}

/** Whose items are read, and what they are now. */
export interface ItemOwner {
  current: SubscriptionItemRow[];
  customer: string;
  currency: string | null;
}

/** Reads `items[…]`; items that are not named stay as they are. */
export function readItemChanges(world: World, entries: Params[], owner: ItemOwner): ItemChange[] {
  const changes = entries.map((entry) => readItemChange(world, entry, owner));
  const untouched = owner.current.filter(
    (item) => !changes.some((change) => change.existing?.id === item.id),
  );
  const all = [...untouched.map(asIs), ...changes];
  checkItems(all.filter((change) => !change.isDeleted));
  return all;
}

function readItemChange(world: World, entry: Params, owner: ItemOwner): ItemChange {
  const id = entry.text('id');
  const existing = id === undefined ? null : (owner.current.find((item) => item.id === id) ?? null);
  if (id !== undefined && !existing) {
    throw invalidRequest(`No such subscription item: '${id}'`, entry.nameOf('id'), 'resource_missing');
  }
  const quantity = entry.integer('quantity') ?? existing?.quantity ?? 1;
  if (quantity < 0) throw invalidRequest('Invalid quantity: must be at least 0', entry.nameOf('quantity'));
  const taxRates = readTaxRates(world, entry, 'tax_rates');
  const price = readItemPrice(world, entry, existing);
  const { customer, currency } = owner;
  const discounts = readDiscounts(world, entry, { customer, currency: currency ?? price.currency });
  return {
    ...(taxRates ? { taxRates } : {}),
    ...(discounts ? { discounts } : {}),
    existing,
    price,
    quantity,
    metadata: mergeMetadata(existing?.metadata ?? {}, entry),
    isDeleted: entry.flag('deleted') ?? false,
  };
}

function readItemPrice(world: World, entry: Params, existing: SubscriptionItemRow | null): PriceRow {
  const hasPrice = entry.has('price') || entry.has('price_data');
  if (!hasPrice && existing) return existing.price;
  if (!hasPrice) throw missingParameter(entry.nameOf('price'));
  const price = priceOf(world, entry);
  if (price.recurring) return price;
  throw invalidRequest(
    'The price specified is set to `type=one_time` but this field only accepts prices with `type=recurring`.',
    entry.nameOf('price'),
  );
}

export function asIs(item: SubscriptionItemRow): ItemChange {
  return {
    existing: item,
    price: item.price,
    quantity: item.quantity ?? 1,
    metadata: item.metadata,
    isDeleted: false,
  };
}

function checkItems(changes: ItemChange[]): void {
  if (changes.length === 0)
    throw invalidRequest('A subscription must have at least one active plan.', 'items');
  if (changes.length > 20) throw invalidRequest('A subscription can have at most 20 items.', 'items');
  const prices = changes.map((change) => change.price.id);
  if (new Set(prices).size < prices.length) {
    throw invalidRequest('Cannot add multiple subscription items with the same plan.', 'items');
  }
}

export function buildItem(
  change: ItemChange,
  context: { subscription: string; period: ItemPeriod; created: number },
): SubscriptionItemRow {
  const isMetered = change.price.recurring?.usage_type === 'metered';
  const { quantity: _previous, ...kept } = change.existing ?? {
    ...blankSubscriptionItem,
    id: newId('si'),
    created: context.created,
    quantity: undefined,
    _charged: null,
  };
  return {
    ...kept,
    current_period_end: context.period.end,
    current_period_start: context.period.start,
    discounts: change.discounts ?? change.existing?.discounts ?? [],
    metadata: change.metadata,
    plan: planOf(change.price),
    price: change.price,
    ...(isMetered ? {} : { quantity: change.quantity }),
    subscription: context.subscription,
    tax_rates: change.taxRates ?? change.existing?.tax_rates ?? [],
    _periodIndex: context.period.index,
  };
}

/** Remembers what each licensed item was really charged for its period, after discounts. */
export function withCharged(
  items: SubscriptionItemRow[],
  { invoice, lines }: { invoice: string; lines: LineRow[] },
): SubscriptionItemRow[] {
  return items.map((item) => {
    const own = lines.filter(({ parent }) => {
      const details = parent.subscription_item_details;
      return details?.subscription_item === item.id && !details.proration;
    });
    if (own.length === 0 || item.price.recurring?.usage_type === 'metered') return item;
    const amount = own.reduce((sum, line) => sum + netOf(line), 0);
    const ids = own.map((line) => line.id);
    return {
      ...item,
      _charged: {
        amount,
        periodStart: item.current_period_start,
        periodEnd: item.current_period_end,
        invoice,
        lines: ids,
      },
    };
  });
}

export function netOf(line: LineRow): number {
  return line.amount - line.discount_amounts.reduce((sum, part) => sum + part.amount, 0);
}
