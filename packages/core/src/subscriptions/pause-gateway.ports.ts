import type { SubscriptionSnapshot } from './subscription-snapshot.ts';

/** Pausing the service of a subscription at Stripe; its `pause_collection` is something else and not used. */
export interface PauseGateway {
  /** From now on nothing renews; the paid period is not credited and its usage stays with its period. */
  pauseSubscription(input: {
    stripeSubscriptionId: string;
    idempotencyKey: string;
  }): Promise<SubscriptionSnapshot>;
  /** Goes on with the old dates; time until the next renewal that was never charged is charged at once. */
  unpauseSubscription(input: {
    stripeSubscriptionId: string;
    idempotencyKey: string;
  }): Promise<SubscriptionSnapshot>;
}
