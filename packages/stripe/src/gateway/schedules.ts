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
      const schedule = await attachedSchedule(caller, { stripeSubscriptionId, idempotencyKey });
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
                items: current.items.map(phaseItem),
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
): Promise<Stripe.SubscriptionSchedule> {
  const subscription = await caller.call((stripe) => stripe.subscriptions.retrieve(stripeSubscriptionId));
  const existing = idOf(subscription.schedule);
  return existing === null
    ? caller.call((stripe) =>
        stripe.subscriptionSchedules.create(
          { from_subscription: stripeSubscriptionId },
          caller.once(idempotencyKey, 'schedule'),
        ),
      )
    : caller.call((stripe) => stripe.subscriptionSchedules.retrieve(existing));
}

function phaseItem(item: Stripe.SubscriptionSchedule.Phase.Item) {
  const price = idOf(item.price);
  if (price === null) throw shapeUnknown('schedule.phase.item.price', 'absent');
  return item.quantity === undefined ? { price } : { price, quantity: item.quantity };
}
