import type {
  ChangeSubscriptionRequest,
  PlanReference,
  PriceQuantity,
  SubscriptionGateway,
} from '@metergate/core/subscriptions/subscription-gateway.ports';
import type { SubscriptionSnapshot } from '@metergate/core/subscriptions/subscription-snapshot';
import { changedAtKey } from '@metergate/core/subscriptions/terms/record-terms';
import type Stripe from 'stripe';
import { withKnownEnd } from '../errors.ts';
import { previewFromStripe } from '../translate/invoice.ts';
import { withoutRunning } from '../translate/running-price.ts';
import { subscriptionExpansion, subscriptionFromStripe } from '../translate/subscription.ts';
import type { StripeCaller } from './stripe-caller.ts';

type Calls = Pick<
  SubscriptionGateway,
  | 'createSubscription'
  | 'previewChange'
  | 'changeSubscription'
  | 'cancelSubscription'
  | 'resumeSubscription'
  | 'retrieveSubscription'
>;

const expand = subscriptionExpansion;

export function subscriptionCalls(caller: StripeCaller): Calls {
  return {
    ...changingCalls(caller),
    ...endingCalls(caller),
    retrieveSubscription: (stripeSubscriptionId) => readSubscription(caller, stripeSubscriptionId),
  };
}

export async function readSubscription(
  caller: StripeCaller,
  stripeSubscriptionId: string,
): Promise<SubscriptionSnapshot | null> {
  const subscription = await caller.find((stripe) =>
    stripe.subscriptions.retrieve(stripeSubscriptionId, { expand }),
  );
  return subscription === null ? null : subscriptionFromStripe(subscription);
}

function changingCalls(
  caller: StripeCaller,
): Pick<Calls, 'createSubscription' | 'previewChange' | 'changeSubscription'> {
  return {
    async createSubscription(request) {
      const { organizationId, stripeCustomerId, stripePaymentMethodId, trialDays } = request;
      const creation = caller.call((stripe) =>
        stripe.subscriptions.create(
          {
            customer: stripeCustomerId,
            items: request.items.map(itemToStripe),
            // The row exists before the first charge; a refused card leaves it incomplete instead of throwing it away.
            payment_behavior: 'allow_incomplete',
            billing_mode: { type: 'flexible' },
            metadata: planMetadata(request.plan, organizationId),
            expand,
            ...(trialDays === null ? {} : { trial_period_days: trialDays, trial_settings: trialSettings }),
            ...discountsOf(request.stripePromotionCodeId),
            ...(stripePaymentMethodId === null ? {} : { default_payment_method: stripePaymentMethodId }),
          },
          caller.once(request.idempotencyKey),
        ),
      );
      const subscription = await creation.catch((error: unknown) => {
        throw withKnownEnd(error);
      });
      return subscriptionFromStripe(subscription);
    },

    async previewChange(request) {
      const invoice = await caller.call((stripe) =>
        stripe.invoices.createPreview({
          expand: ['discounts', 'discounts.source.coupon'],
          customer: request.stripeCustomerId,
          subscription: request.stripeSubscriptionId,
          subscription_details: {
            items: request.items.map(changeToStripe),
            proration_behavior: prorationToStripe[request.proration],
            proration_date: seconds(request.prorationAt),
            ...(request.isAnchorReset === true ? { billing_cycle_anchor: { type: 'now' as const } } : {}),
          },
        }),
      );
      return previewFromStripe(invoice, invoice.lines.data);
    },

    async changeSubscription(request) {
      const subscription = await caller.call((stripe) =>
        stripe.subscriptions.update(
          request.stripeSubscriptionId,
          {
            items: request.items.map(changeToStripe),
            proration_behavior: prorationToStripe[request.proration],
            proration_date: seconds(request.prorationAt),
            // A refused card must not change the plan: nobody gets an upgrade on credit.
            payment_behavior:
              request.proration === 'invoice_now' ? 'error_if_incomplete' : 'allow_incomplete',
            metadata: { ...planMetadata(request.plan), [changedAtKey]: String(seconds(request.prorationAt)) },
            expand,
            ...(request.isAnchorReset === true ? { billing_cycle_anchor: { type: 'now' as const } } : {}),
          },
          caller.once(request.idempotencyKey),
        ),
      );
      return subscriptionFromStripe(subscription);
    },
  };
}

function endingCalls(caller: StripeCaller): Pick<Calls, 'cancelSubscription' | 'resumeSubscription'> {
  return {
    async cancelSubscription({ stripeSubscriptionId, at, idempotencyKey }) {
      const options = caller.once(idempotencyKey);
      const subscription = await caller.call((stripe) =>
        at === 'now'
          ? stripe.subscriptions.cancel(
              stripeSubscriptionId,
              { invoice_now: true, prorate: false, expand },
              options,
            )
          : stripe.subscriptions.update(
              stripeSubscriptionId,
              { cancel_at_period_end: true, expand },
              options,
            ),
      );
      return subscriptionFromStripe(subscription);
    },

    async resumeSubscription({ stripeSubscriptionId, idempotencyKey }) {
      const subscription = await caller.call((stripe) =>
        stripe.subscriptions.update(
          stripeSubscriptionId,
          { cancel_at_period_end: false, expand },
          caller.once(idempotencyKey),
        ),
      );
      return subscriptionFromStripe(subscription);
    },
  };
}

const prorationToStripe: Readonly<
  Record<ChangeSubscriptionRequest['proration'], Stripe.SubscriptionUpdateParams.ProrationBehavior>
> = {
  invoice_now: 'always_invoice',
  next_invoice: 'create_prorations',
  none: 'none',
};

export function discountsOf(stripePromotionCodeId: string | null) {
  return stripePromotionCodeId === null ? {} : { discounts: [{ promotion_code: stripePromotionCodeId }] };
}

/** A trial that nobody gave a card for ends; it neither charges nor leaves a debt. */
export const trialSettings = { end_behavior: { missing_payment_method: 'cancel' } } as const;

export function itemToStripe({ stripePriceId, quantity }: PriceQuantity) {
  return quantity === null
    ? { price: stripePriceId }
    : { price: stripePriceId, quantity: wholeNumber(quantity) };
}

function changeToStripe(change: ChangeSubscriptionRequest['items'][number]) {
  const { stripeItemId, stripePriceId, quantity, isRemoved } = change;
  return {
    ...(stripeItemId === undefined ? {} : { id: stripeItemId }),
    ...(stripePriceId === undefined ? {} : { price: stripePriceId }),
    ...(quantity === undefined || quantity === null ? {} : { quantity: wholeNumber(quantity) }),
    ...(isRemoved === true ? { deleted: true } : {}),
    // The price sent here is charged from now on.
    ...(stripeItemId !== undefined && stripePriceId !== undefined ? { metadata: withoutRunning } : {}),
  };
}

export function planMetadata(plan: PlanReference, organizationId?: string): Record<string, string> {
  return {
    metergate_family: plan.family,
    metergate_plan: plan.plan,
    metergate_plan_version: String(plan.planVersion),
    ...(organizationId === undefined ? {} : { metergate_organization: organizationId }),
  };
}

function wholeNumber(quantity: string): number {
  const value = Number(quantity);
  if (!Number.isSafeInteger(value) || value < 0) throw new RangeError(`quantity ${quantity} is not whole`);
  return value;
}

function seconds(at: Date): number {
  return Math.floor(at.getTime() / 1000);
}
