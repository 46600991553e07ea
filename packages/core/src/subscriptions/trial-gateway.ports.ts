import type { SubscriptionSnapshot } from './subscription-snapshot.ts';

/** Moving the end of a trial at Stripe. */
export interface TrialGateway {
  /** The trial ends then and is charged then; nothing is prorated. Whole seconds. */
  moveTrialEnd(input: {
    stripeSubscriptionId: string;
    trialEnd: Date;
    idempotencyKey: string;
  }): Promise<SubscriptionSnapshot>;
}
