import type { RunningPrice, SubscriptionSnapshot } from './subscription-snapshot.ts';

/** An item that is charged another price from the next renewal on. */
export interface RepricedItem {
  stripeItemId: string;
  /** From the next renewal on. */
  stripePriceId: string;
  /** What the running period stays at; Stripe keeps it beside the item. */
  running: RunningPrice;
}

export interface RepriceGateway {
  /** Gives items their price of the next period. Nothing is charged or credited for the running one. */
  repriceItems(input: {
    stripeSubscriptionId: string;
    items: readonly RepricedItem[];
    /** End of the running period. */
    until: Date;
    idempotencyKey: string;
  }): Promise<SubscriptionSnapshot>;
}
