import type { SubscriptionSnapshot } from './subscription-snapshot.ts';

/** Dates that staff agree on, moved at Stripe. Whole seconds; nothing is prorated. */
export interface DatesGateway {
  /** The trial ends then and is charged then. */
  moveTrialEnd(input: {
    stripeSubscriptionId: string;
    trialEnd: Date;
    idempotencyKey: string;
  }): Promise<SubscriptionSnapshot>;
  /** The subscription ends then; null = it renews for ever. */
  endSubscriptionAt(input: {
    stripeSubscriptionId: string;
    endsAt: Date | null;
    idempotencyKey: string;
  }): Promise<SubscriptionSnapshot>;
}
