import type { RunningPrice } from '@metergate/core/subscriptions/subscription-snapshot';
import type Stripe from 'stripe';

/** Written beside an item that has its next price already; it says nothing once the period or the price is another. */
const keys = {
  price: 'metergate_running_price',
  id: 'metergate_running_price_id',
  next: 'metergate_next_price_id',
  until: 'metergate_running_until',
} as const;

export function runningMetadata(state: {
  running: RunningPrice;
  next: string;
  until: Date;
}): Record<string, string> {
  const { running, next, until } = state;
  return {
    [keys.price]: running.priceKey,
    [keys.id]: running.stripePriceId,
    [keys.next]: next,
    [keys.until]: String(Math.floor(until.getTime() / 1000)),
  };
}

/** For an item whose price is charged from now on: an empty value takes a key away at Stripe. */
export const withoutRunning: Readonly<Record<string, string>> = Object.fromEntries(
  Object.values(keys).map((key) => [key, '']),
);

export function runningPriceOf(
  item: Pick<Stripe.SubscriptionItem, 'metadata' | 'current_period_end' | 'price'>,
): RunningPrice | null {
  // Absent in what others wrote down of a subscription long ago.
  const metadata: Stripe.Metadata | null | undefined = item.metadata;
  const priceKey = metadata?.[keys.price];
  const stripePriceId = metadata?.[keys.id];
  if (priceKey === undefined || stripePriceId === undefined || stripePriceId === item.price.id) return null;
  const isOfNow =
    metadata?.[keys.until] === String(item.current_period_end) && metadata[keys.next] === item.price.id;
  return isOfNow ? { priceKey, stripePriceId } : null;
}
