import type { DatesGateway } from '@metergate/core/subscriptions/dates-gateway.ports';
import type Stripe from 'stripe';
import { subscriptionExpansion as expand, subscriptionFromStripe } from '../translate/subscription.ts';
import type { StripeCaller } from './stripe-caller.ts';

export function dateCalls(caller: StripeCaller): DatesGateway {
  async function update(
    stripeSubscriptionId: string,
    change: Stripe.SubscriptionUpdateParams,
    idempotencyKey: string,
  ) {
    const params = { ...change, proration_behavior: 'none' as const, expand };
    const subscription = await caller.call((stripe) =>
      stripe.subscriptions.update(stripeSubscriptionId, params, caller.once(idempotencyKey)),
    );
    return subscriptionFromStripe(subscription);
  }

  return {
    moveTrialEnd: ({ stripeSubscriptionId, trialEnd, idempotencyKey }) =>
      update(stripeSubscriptionId, { trial_end: seconds(trialEnd) }, idempotencyKey),
    endSubscriptionAt: ({ stripeSubscriptionId, endsAt, idempotencyKey }) =>
      update(stripeSubscriptionId, { cancel_at: endsAt === null ? '' : seconds(endsAt) }, idempotencyKey),
  };
}

function seconds(at: Date): number {
  return Math.floor(at.getTime() / 1000);
}
