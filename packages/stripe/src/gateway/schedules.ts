import type { SubscriptionGateway } from '@metergate/core/subscriptions/subscription-gateway.ports';
import type Stripe from 'stripe';
import { subscriptionExpansion, subscriptionFromStripe } from '../translate/subscription.ts';
import { idOf, shapeUnknown } from '../translate/values.ts';
import type { StripeCaller } from './stripe-caller.ts';
import { itemToStripe, planMetadata } from './subscriptions.ts';

type Calls = Pick<SubscriptionGateway, 'scheduleChange' | 'releaseSchedule'>;

/** A change at the end of the period is a schedule with two phases: as it is now, then as it will be. */
export function scheduleCalls(caller: StripeCaller): Calls {
  async function read(stripeSubscriptionId: string) {
    const subscription = await caller.call((stripe) =>
      stripe.subscriptions.retrieve(stripeSubscriptionId, { expand: subscriptionExpansion }),
    );
    return subscriptionFromStripe(subscription);
  }

  return {
    async scheduleChange({ stripeSubscriptionId, plan, items, idempotencyKey }) {
      const { schedule, now } = await attachedSchedule(caller, { stripeSubscriptionId, idempotencyKey });
      const current = schedule.phases.find(
        (phase) => phase.start_date === schedule.current_phase?.start_date,
      );
      if (current === undefined) throw shapeUnknown('schedule.current_phase', 'absent');
      await caller.call((stripe) =>
        stripe.subscriptionSchedules.update(
          schedule.id,
          {
            end_behavior: 'release',
            proration_behavior: 'none',
            phases: [
              {
                // From the subscription: it may have been changed since the schedule was made.
                items: now.items.data.map(phaseItem),
                start_date: current.start_date,
                end_date: current.end_date,
                proration_behavior: 'none',
              },
              {
                items: items.map(itemToStripe),
                duration: { interval: 'month', interval_count: 1 },
                metadata: planMetadata(plan),
                proration_behavior: 'none',
              },
            ],
          },
          caller.once(idempotencyKey, 'phases'),
        ),
      );
      return read(stripeSubscriptionId);
    },

    async releaseSchedule({ stripeScheduleId, stripeSubscriptionId, idempotencyKey }) {
      const schedule = await caller.find((stripe) => stripe.subscriptionSchedules.retrieve(stripeScheduleId));
      if (schedule !== null && (schedule.status === 'active' || schedule.status === 'not_started')) {
        await caller.call((stripe) =>
          stripe.subscriptionSchedules.release(stripeScheduleId, undefined, caller.once(idempotencyKey)),
        );
      }
      return read(stripeSubscriptionId);
    },
  };
}

/** The schedule that is there, or a new one made of the subscription: Stripe allows one at a time. */
async function attachedSchedule(
  caller: StripeCaller,
  { stripeSubscriptionId, idempotencyKey }: { stripeSubscriptionId: string; idempotencyKey: string },
): Promise<{ schedule: Stripe.SubscriptionSchedule; now: Stripe.Subscription }> {
  const now = await caller.call((stripe) => stripe.subscriptions.retrieve(stripeSubscriptionId));
  const existing = idOf(now.schedule);
  const schedule =
    existing === null
      ? await caller.call((stripe) =>
          stripe.subscriptionSchedules.create(
            { from_subscription: stripeSubscriptionId },
            caller.once(idempotencyKey, 'schedule'),
          ),
        )
      : await caller.call((stripe) => stripe.subscriptionSchedules.retrieve(existing));
  return { schedule, now };
}

function phaseItem({ price, quantity }: Stripe.SubscriptionItem) {
  const isMetered = price.recurring?.usage_type === 'metered';
  return quantity === undefined || isMetered ? { price: price.id } : { price: price.id, quantity };
}
