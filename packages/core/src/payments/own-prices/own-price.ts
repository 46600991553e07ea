import { type KeyedPrice, lookupKey, type PriceIdentity, parseLookupKey } from '../../catalog/lookup-key.ts';
import { withOwnPrice } from '../../catalog/own-price.ts';
import type { PriceInterval } from '../../catalog/price-component.ts';
import type { Id } from '../../shared/ids.ts';
import type { UnitPrice } from '../../shared/money/unit-price.ts';
import { asRunning } from '../../subscriptions/running-price.ts';
import type { SubscriptionItemRecord } from '../../subscriptions/subscriptions.ports.ts';

/** Which price of the catalogue another one takes the place of, whatever the version of the plan. */
export interface PricePlace {
  family: string;
  plan: string;
  /** Key of the base fee, seat or add-on in the plan. */
  component: string;
  interval: PriceInterval;
  currency: string;
}

/** What one organization pays for a base fee, a seat or an add-on instead of the catalogue's price. */
export interface OwnPrice extends PricePlace {
  id: Id<'override'>;
  /** Major units. */
  unitPrice: UnitPrice;
  reason: string;
  createdBy: string;
  createdAt: Date;
  /** Agreed at the beginning; null = until somebody ends it. */
  expiresAt: Date | null;
  /** null = not closed; one whose date has come counts no more, closed or not. */
  endedAt: Date | null;
}

/** The end by date or by somebody's hand, whichever came first; null = none in sight. */
export function endOf({ expiresAt, endedAt }: Pick<OwnPrice, 'expiresAt' | 'endedAt'>): Date | null {
  if (expiresAt === null || endedAt === null) return expiresAt ?? endedAt;
  return expiresAt < endedAt ? expiresAt : endedAt;
}

/** The own price of a place that a period beginning at `at` is charged at; null = the catalogue's. Oldest first. */
export function ownPriceAt(prices: readonly OwnPrice[], place: PricePlace, at: Date): OwnPrice | null {
  const found = prices.findLast((own) => {
    const end = endOf(own);
    return isSamePlace(own, place) && own.createdAt <= at && (end === null || at < end);
  });
  return found ?? null;
}

export function isSamePlace(left: PricePlace, right: PricePlace): boolean {
  return (
    left.family === right.family &&
    left.plan === right.plan &&
    left.component === right.component &&
    left.interval === right.interval &&
    left.currency === right.currency
  );
}

/** The place that a key of a price names; null for any other text. */
export function placeOfKey(key: string): PricePlace | null {
  const identity = parseLookupKey(key);
  if (identity === undefined) return null;
  const { family, plan, component, interval, currency } = identity;
  return { family, plan, component, interval, currency };
}

function catalogKey({ own: _, ...identity }: PriceIdentity): string {
  return lookupKey(identity);
}

/** Items of the catalogue at what the organization pays for a period that begins at `at`. */
export function atOwnPrices<T extends KeyedPrice>(
  items: readonly T[],
  prices: readonly OwnPrice[],
  at: Date,
): T[] {
  return items.map((item) => {
    const place = placeOfKey(item.key);
    const own = place === null ? null : ownPriceAt(prices, place, at);
    return own === null ? item : withOwnPrice(item, own.unitPrice);
  });
}

/**
 * Items of the catalogue at what the running period is charged at already: an agreement that was made or ended in it
 * counts from the next renewal. What is new to the subscription has no running price.
 */
export function atRunningPrices<T extends KeyedPrice>(
  items: readonly T[],
  present: readonly SubscriptionItemRecord[],
): { item: T; isNew: boolean }[] {
  return items.map((item) => {
    const running = present
      .map((one) => parseLookupKey(asRunning(one).priceKey))
      .find((identity) => identity !== undefined && catalogKey(identity) === item.key);
    if (running === undefined) return { item, isNew: true };
    return { item: running.own === undefined ? item : withOwnPrice(item, running.own), isNew: false };
  });
}
