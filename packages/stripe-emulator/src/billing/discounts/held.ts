import { emit, emitChange } from '../../events/emit.ts';
import type { InvoiceRow, SubscriptionRow } from '../../store/billing-rows.ts';
import type { CustomerRow, DiscountRow } from '../../store/rows.ts';
import type { World } from '../../world.ts';

/** The discounts of a subscription and, with the item's id, of its items. */
function heldBy(subscription: SubscriptionRow): Map<string, string | null> {
  const held = new Map<string, string | null>(subscription.discounts.map((id) => [id, null]));
  for (const item of subscription.items.data) for (const id of item.discounts) held.set(id, item.id);
  return held;
}

/** Ties discounts that are new to a subscription to it and lets go of those that it no longer has. */
export function settleDiscounts(world: World, before: SubscriptionRow | null, after: SubscriptionRow): void {
  const old = before ? heldBy(before) : new Map<string, string | null>();
  const held = heldBy(after);
  for (const [id, item] of held) {
    const row = old.has(id) ? undefined : world.store.get('discount', id);
    if (!row) continue;
    const tied = world.store.put('discount', { ...row, subscription: after.id, subscription_item: item });
    emit(world, 'customer.discount.created', tied);
  }
  for (const id of old.keys()) if (!held.has(id)) announceEnd(world, id);
}

/** The row stays: invoices still name it. */
function announceEnd(world: World, id: string): void {
  const row = world.store.get('discount', id);
  if (row) emit(world, 'customer.discount.deleted', row);
}

/** The subscription without some of its discounts; the caller announces the subscription's change. */
export function withoutDiscounts(
  world: World,
  before: SubscriptionRow,
  isGone: (discount: DiscountRow) => boolean,
): SubscriptionRow {
  const gone = new Set(
    [...heldBy(before).keys()].filter((id) => {
      const row = world.store.get('discount', id);
      return row !== undefined && isGone(row);
    }),
  );
  if (gone.size === 0) return before;
  const kept = (ids: string[]) => ids.filter((id) => !gone.has(id));
  const data = before.items.data.map((item) => ({ ...item, discounts: kept(item.discounts) }));
  const after = world.store.put('subscription', {
    ...before,
    discounts: kept(before.discounts),
    items: { ...before.items, data },
  });
  for (const id of gone) announceEnd(world, id);
  return after;
}

/** A `once` discount is spent by the first invoice that it takes something off, and leaves its owner. */
export function spendOnce(world: World, invoice: InvoiceRow): void {
  const used = new Set(
    invoice.lines.data.flatMap((line) => line.discount_amounts).map((part) => part.discount),
  );
  const spent = [...used].flatMap((id) => {
    const row = world.store.get('discount', id);
    const isOnce = row && world.store.get('coupon', row.source.coupon)?.duration === 'once';
    return isOnce && !row._isUsed ? [row] : [];
  });
  for (const row of spent) world.store.put('discount', { ...row, _isUsed: true });
  if (spent.length === 0) return;
  const ids = new Set(spent.map((row) => row.id));
  const id = invoice.parent?.subscription_details.subscription;
  const subscription = id ? world.store.get('subscription', id) : undefined;
  if (subscription) withoutDiscounts(world, subscription, (row) => ids.has(row.id));
  const customer = world.store.get('customer', invoice.customer);
  if (customer?.discount && ids.has(customer.discount.id)) endCustomerDiscount(world, customer);
}

export function endCustomerDiscount(world: World, before: CustomerRow): void {
  const { discount } = before;
  if (!discount) return;
  const after = world.store.put('customer', { ...before, discount: null });
  emit(world, 'customer.discount.deleted', discount);
  emitChange(world, 'customer.updated', { before, after });
}

/** What deleting a discount answers. */
export function deletedDiscount({ end: _end, ...discount }: DiscountRow) {
  return { ...discount, deleted: true };
}

/** When the first of a subscription's repeating discounts ends. */
export function nextDiscountEnd(world: World, subscription: SubscriptionRow): number | null {
  const ends = [...heldBy(subscription).keys()].flatMap((id) => world.store.get('discount', id)?.end ?? []);
  return ends.length === 0 ? null : Math.min(...ends);
}

export function endDiscounts(world: World, before: SubscriptionRow, now: number): void {
  const after = withoutDiscounts(world, before, ({ end }) => end !== null && end <= now);
  emitChange(world, 'customer.subscription.updated', { before, after });
}
