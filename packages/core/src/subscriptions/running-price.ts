import type { SubscriptionItemRecord } from './subscriptions.ports.ts';

/** An item as it is charged in the running period, whatever it costs from the next renewal on. */
export function asRunning(item: SubscriptionItemRecord): SubscriptionItemRecord {
  return item.running === null ? item : { ...item, ...item.running, running: null };
}
