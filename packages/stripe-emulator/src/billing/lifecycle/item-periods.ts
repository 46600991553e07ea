import type { SubscriptionItemRow, SubscriptionRow } from '../../store/billing-rows.ts';
import type { PriceRow, Recurring } from '../../store/rows.ts';
import { boundary } from '../amounts/period.ts';
import type { Span } from '../invoicing/lines.ts';

/** An item's place on the grid that the subscription's anchor and the item's own interval make. */
export interface ItemPeriod extends Span {
  index: number;
}

const INDEX_MAX = 100_000;

export function spanOf(item: SubscriptionItemRow): Span {
  return { start: item.current_period_start, end: item.current_period_end };
}

export function indexOf(subscription: SubscriptionRow, item: SubscriptionItemRow): number {
  return item._periodIndex ?? subscription._periodIndex;
}

/** The instant at which the next of a subscription's items renews. */
export function nextPeriodEnd({ items }: SubscriptionRow): number | undefined {
  const ends = items.data.map((item) => item.current_period_end);
  return ends.length === 0 ? undefined : Math.min(...ends);
}

/** The items whose period is the first to end; with one interval, all of them. */
export function itemsDueFirst(subscription: SubscriptionRow): SubscriptionItemRow[] {
  const end = nextPeriodEnd(subscription);
  return subscription.items.data.filter((item) => item.current_period_end === end);
}

/** An item in its next period: boundaries are counted from the anchor, never from the last boundary. */
export function inNextPeriod(subscription: SubscriptionRow, item: SubscriptionItemRow): SubscriptionItemRow {
  const { recurring } = item.price;
  if (!recurring) return item;
  const index = indexOf(subscription, item) + 1;
  return {
    ...item,
    current_period_start: item.current_period_end,
    current_period_end: boundary(subscription.billing_cycle_anchor, recurring, index + 1),
    _periodIndex: index,
  };
}

function isSameInterval(left: Recurring | null, right: Recurring | null): boolean {
  return left?.interval === right?.interval && left?.interval_count === right?.interval_count;
}

/** The period an item of that price joins: that of an item with the same interval, else the grid's present one. */
export function periodFor(subscription: SubscriptionRow, price: PriceRow, now: number): ItemPeriod {
  const sibling = subscription.items.data.find((item) =>
    isSameInterval(item.price.recurring, price.recurring),
  );
  if (sibling) return { ...spanOf(sibling), index: indexOf(subscription, sibling) };
  const anchor = subscription.billing_cycle_anchor;
  const first = subscription.items.data[0];
  if (!price.recurring || anchor > now)
    return { start: first?.current_period_start ?? now, end: first?.current_period_end ?? now, index: -1 };
  return presentPeriod(anchor, price.recurring, now);
}

/** The period on the anchor's grid that contains an instant. */
export function presentPeriod(anchor: number, recurring: Recurring, now: number): ItemPeriod {
  let index = 0;
  while (index < INDEX_MAX && boundary(anchor, recurring, index + 1) <= now) index += 1;
  return { start: boundary(anchor, recurring, index), end: boundary(anchor, recurring, index + 1), index };
}

/** The first period from an instant at which a period of every interval begins. */
export function firstPeriod(price: PriceRow, { now, anchor }: { now: number; anchor: number }): ItemPeriod {
  if (anchor > now || !price.recurring) return { start: now, end: anchor, index: -1 };
  return { start: now, end: boundary(anchor, price.recurring, 1), index: 0 };
}
