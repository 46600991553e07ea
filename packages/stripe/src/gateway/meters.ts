import { AppError } from '@metergate/core';
import type { CustomerGateway } from '@metergate/core/payments/payment-gateway.ports';
import type Stripe from 'stripe';
import { listLimitMax, type StripeCaller } from './stripe-caller.ts';

export type MeterCalls = Pick<CustomerGateway, 'reportMeterEvent' | 'readMeterTotal' | 'readMeterErrors'>;

/** Usage reported to the billing meters, and what they made of it. */
export function meterCalls(caller: StripeCaller): MeterCalls {
  return {
    async reportMeterEvent({ eventName, stripeCustomerId, value, identifier, at }) {
      await caller.call((stripe) =>
        stripe.billing.meterEvents.create(
          {
            event_name: eventName,
            payload: { stripe_customer_id: stripeCustomerId, value },
            identifier,
            timestamp: Math.floor(at.getTime() / 1000),
          },
          caller.once(identifier, 'meter_event'),
        ),
      );
    },

    async readMeterTotal({ eventName, stripeCustomerId, period }) {
      const meters = await caller.call((stripe) =>
        stripe.billing.meters.list({ limit: 100 }).autoPagingToArray({ limit: listLimitMax }),
      );
      const meter = meters.find(({ event_name, status }) => event_name === eventName && status === 'active');
      if (meter === undefined) throw meterMissing(eventName);
      const { data } = await caller.call((stripe) =>
        stripe.billing.meters.listEventSummaries(meter.id, {
          customer: stripeCustomerId,
          start_time: seconds(period.start),
          end_time: seconds(period.end),
        }),
      );
      return decimalText(data[0]?.aggregated_value ?? 0);
    },

    async readMeterErrors(eventId) {
      const event = await findEvent(caller, eventId);
      if (
        event?.type !== 'v1.billing.meter.error_report_triggered' &&
        event?.type !== 'v1.billing.meter.no_meter_found'
      ) {
        return null;
      }
      return event.data.reason.error_types.flatMap(({ code, sample_errors }) =>
        sample_errors.map(({ request }) => ({ identifier: request.identifier, code })),
      );
    },
  };
}

/** Stripe's second API has other words for an object that is not there; the status is the same. */
async function findEvent(caller: StripeCaller, eventId: string): Promise<Stripe.V2.Core.Event | null> {
  try {
    return await caller.call((stripe) => stripe.v2.core.events.retrieve(eventId));
  } catch (error) {
    if (error instanceof AppError && error.context?.stripeStatus === 404) return null;
    throw error;
  }
}

function seconds(at: Date): number {
  return Math.floor(at.getTime() / 1000);
}

/** A JSON number without exponent. */
function decimalText(value: number): string {
  return value.toLocaleString('en-US', { useGrouping: false, maximumFractionDigits: 12 });
}

function meterMissing(eventName: string): AppError {
  return new AppError({
    code: 'STRIPE_METER_MISSING',
    kind: 'internal',
    message: `Stripe has no active meter for ${eventName}: publish the catalogue`,
    userMessage: 'Something is not set up on our side. We have been told.',
    context: { eventName },
  });
}
