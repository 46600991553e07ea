import type { PaymentGateway } from '@metergate/core/payments/payment-gateway.ports';
import type { SyncScope } from '@metergate/core/payments/sync-scope';
import type { ClaimedMessage } from '@metergate/db';
import { z } from 'zod';

/** Sends one message. `sync` names what to read again afterwards, so that the mirror shows the change at once. */
export interface OutboxHandler {
  /** False = sending it a second time after the key is forgotten could have a second effect. */
  isRepeatable: boolean;
  send(message: ClaimedMessage): Promise<Sent>;
  /** What an earlier attempt did at Stripe, looked up without a key; null = it never arrived and may be sent. */
  find?(message: ClaimedMessage): Promise<Sent | null>;
}

export interface Sent {
  result?: unknown;
  sync?: SyncScope;
}

const subscriptionSchema = z.object({ stripeSubscriptionId: z.string() });
const cancelSchema = subscriptionSchema.extend({ at: z.enum(['now', 'period_end']) });
const trialEndSchema = subscriptionSchema.extend({ trialEnd: z.coerce.date() });
const endAtSchema = subscriptionSchema.extend({ endsAt: z.coerce.date().nullable() });
const releaseSchema = subscriptionSchema.extend({ stripeScheduleId: z.string() });
const planSchema = z.object({ family: z.string(), plan: z.string(), planVersion: z.number().int() });
const changeSchema = subscriptionSchema.extend({
  plan: planSchema,
  items: z.array(
    z.object({
      stripeItemId: z.string().optional(),
      stripePriceId: z.string().optional(),
      quantity: z.string().nullable().optional(),
      isRemoved: z.boolean().optional(),
    }),
  ),
  proration: z.enum(['invoice_now', 'next_invoice', 'none']),
  prorationAt: z.coerce.date(),
  isAnchorReset: z.boolean().optional(),
});
const customerSchema = z.object({
  stripeCustomerId: z.string(),
  legalName: z.string(),
  email: z.string(),
  address: z
    .object({
      line1: z.string(),
      line2: z.string(),
      postalCode: z.string(),
      city: z.string(),
      region: z.string(),
      country: z.string(),
    })
    .nullable(),
  taxId: z.object({ kind: z.string(), value: z.string() }).nullable(),
});
const scheduleSchema = subscriptionSchema.extend({
  plan: planSchema,
  items: z.array(z.object({ stripePriceId: z.string(), quantity: z.string().nullable() })),
});
const invoiceItemSchema = z.object({
  stripeCustomerId: z.string(),
  stripeSubscriptionId: z.string().nullable(),
  stripeInvoiceId: z.string().nullable(),
  description: z.string(),
  amountMinor: z.string().transform(BigInt),
  currency: z.string(),
  periodStart: z.coerce.date(),
  periodEnd: z.coerce.date(),
  metadata: z.record(z.string(), z.string()),
});
const meterEventSchema = z.object({
  eventName: z.string(),
  stripeCustomerId: z.string(),
  value: z.string(),
  identifier: z.string(),
  at: z.coerce.date(),
});

/** Nothing was sent before it was left in the outbox; Stripe's clock may be behind ours. */
const CLOCKS_DIFFER_MS = 86_400_000;

const subscriptions: SyncScope = { subscriptions: true };

/** Every kind of message this product sends to Stripe. */
export function stripeOutboxHandlers(gateway: PaymentGateway): Record<string, OutboxHandler> {
  return { ...subscriptionHandlers(gateway), ...usageHandlers(gateway), ...customerHandlers(gateway) };
}

function subscriptionHandlers(gateway: PaymentGateway): Record<string, OutboxHandler> {
  return {
    'stripe.subscription.change': handler(changeSchema, async (change, idempotencyKey) => {
      const { items, ...request } = change;
      const changes = items.map(withoutUndefined);
      await gateway.changeSubscription({ ...withoutUndefined(request), items: changes, idempotencyKey });
      return { sync: subscriptions };
    }),
    'stripe.subscription.cancel': handler(cancelSchema, async (request, idempotencyKey) => {
      await gateway.cancelSubscription({ ...request, idempotencyKey });
      return { sync: subscriptions };
    }),
    'stripe.subscription.resume': handler(subscriptionSchema, async (request, idempotencyKey) => {
      await gateway.resumeSubscription({ ...request, idempotencyKey });
      return { sync: subscriptions };
    }),
    'stripe.subscription.pause': handler(subscriptionSchema, async (request, idempotencyKey) => {
      await gateway.pauseSubscription({ ...request, idempotencyKey });
      return { sync: subscriptions };
    }),
    'stripe.subscription.unpause': handler(subscriptionSchema, async (request, idempotencyKey) => {
      await gateway.unpauseSubscription({ ...request, idempotencyKey });
      return { sync: subscriptions };
    }),
    'stripe.subscription.trial_end': handler(trialEndSchema, async (request, idempotencyKey) => {
      await gateway.moveTrialEnd({ ...request, idempotencyKey });
      return { sync: subscriptions };
    }),
    'stripe.subscription.end_at': handler(endAtSchema, async (request, idempotencyKey) => {
      await gateway.endSubscriptionAt({ ...request, idempotencyKey });
      return { sync: subscriptions };
    }),
    'stripe.subscription.schedule': handler(scheduleSchema, async (request, idempotencyKey) => {
      await gateway.scheduleChange({ ...request, idempotencyKey });
      return { sync: subscriptions };
    }),
    'stripe.schedule.release': handler(releaseSchema, async (request, idempotencyKey) => {
      await gateway.releaseSchedule({ ...request, idempotencyKey });
      return { sync: subscriptions };
    }),
  };
}

function customerHandlers(gateway: PaymentGateway): Record<string, OutboxHandler> {
  return {
    'stripe.customer.update': handler(customerSchema, async (update, idempotencyKey) => {
      await gateway.updateCustomer({ ...update, idempotencyKey });
      return {};
    }),
  };
}

function usageHandlers(gateway: PaymentGateway): Record<string, OutboxHandler> {
  const once = { isRepeatable: false };
  return {
    'stripe.invoice_item.add': {
      ...handler(invoiceItemSchema, async (item, idempotencyKey) => ({
        result: await gateway.addInvoiceItem({ ...item, idempotencyKey }),
      })),
      ...once,
      async find({ payload, idempotencyKey, createdAt }) {
        const { stripeCustomerId } = invoiceItemSchema.parse(payload);
        const createdAfter = new Date(createdAt.getTime() - CLOCKS_DIFFER_MS);
        const result = await gateway.findInvoiceItem({ stripeCustomerId, idempotencyKey, createdAfter });
        return result === null ? null : { result };
      },
    },
    'stripe.meter_event': {
      ...handler(meterEventSchema, async (report) => {
        await gateway.reportMeterEvent(report);
        return {};
      }),
      ...once,
    },
  };
}

/** The stored key is sent as it is: a new one per attempt would let a lost answer become a second effect. */
function handler<S extends z.ZodType>(
  schema: S,
  send: (payload: z.output<S>, idempotencyKey: string) => ReturnType<OutboxHandler['send']>,
): OutboxHandler {
  return {
    isRepeatable: true,
    send: async ({ payload, idempotencyKey }) => send(schema.parse(payload), idempotencyKey),
  };
}

type Defined<T> = { [K in keyof T]: Exclude<T[K], undefined> };

/** Zod writes absent keys as `undefined`; the ports know them only as absent. */
function withoutUndefined<T extends object>(value: T): Defined<T> {
  return Object.fromEntries(Object.entries(value).filter(([, part]) => part !== undefined)) as Defined<T>;
}
