import { z } from 'zod';
import { intervalSchema } from '../catalog/catalog.schemas.ts';
import {
  decimalSchema,
  instantSchema,
  moneySchema,
  periodSchema,
  permissionSchema,
} from '../shared/view.schemas.ts';

export const subscriptionStatusSchema = z.enum([
  'incomplete',
  'incomplete_expired',
  'trialing',
  'active',
  'past_due',
  'unpaid',
  'paused',
  'canceled',
]);
/** What Stripe does with invoices while collection is paused there. */
export const collectionBehaviorSchema = z.enum(['keep_as_draft', 'mark_uncollectible', 'void']);
export const accessSchema = z.enum(['full', 'restricted', 'suspended']);

export const scheduledChangeViewSchema = z.object({
  plan: z.string(),
  planName: z.string(),
  interval: intervalSchema,
  quantity: z.string().nullable(),
  at: instantSchema,
});

/** A coupon that Stripe takes off coming invoices. Exactly one of percent and amount is set. */
export const discountSchema = z.object({
  id: z.string(),
  coupon: z.string(),
  name: z.string(),
  duration: z.enum(['once', 'repeating', 'forever']),
  percentOff: z.string().nullable(),
  /** Off a whole invoice, in minor units of the subscription's currency, whatever the quantities. */
  amountOffMinor: z.string().nullable(),
  /** From then on it no longer counts; null = for ever, or until it was used once. */
  endsAt: instantSchema.nullable(),
});
export type Discount = z.infer<typeof discountSchema>;

export const subscriptionViewSchema = z.object({
  id: z.string(),
  family: z.string(),
  plan: z.string(),
  /** The plan of the catalogue it was made from; the same as `plan` unless it was made to measure. */
  basePlan: z.string(),
  planName: z.string(),
  planVersion: z.number().int(),
  interval: intervalSchema,
  currency: z.string(),
  status: subscriptionStatusSchema,
  access: accessSchema,
  currentPeriod: periodSchema,
  trialEndsAt: instantSchema.nullable(),
  cancelAt: instantSchema.nullable(),
  canceledAt: instantSchema.nullable(),
  /** Since when the service is stopped; null = it is not paused. */
  pausedAt: instantSchema.nullable(),
  /** Set at Stripe: the service goes on and invoices are not collected. */
  collectionPause: z
    .object({ behavior: collectionBehaviorSchema, resumesAt: instantSchema.nullable() })
    .nullable(),
  pastDueSince: instantSchema.nullable(),
  /** While past due: when access narrows next and to what. */
  nextAccessStep: z.object({ access: z.string(), at: instantSchema }).nullable(),
  scheduledChange: scheduledChangeViewSchema.nullable(),
  discounts: z.array(discountSchema),
  items: z.array(
    z.object({
      priceKey: z.string(),
      kind: z.string(),
      description: z.string(),
      quantity: z.string().nullable(),
      /** What one costs, in major units; null for usage and tiers, and for whoever may not see money. */
      price: z
        .object({
          unitPrice: decimalSchema,
          /** By the plan; another one was agreed where they differ. */
          planPrice: decimalSchema,
          /** From the next renewal on. */
          nextUnitPrice: decimalSchema,
        })
        .nullable(),
    }),
  ),
  /** Where the bank's approval is given while a payment needs action. */
  actionUrl: z.string().nullable(),
  /** Full-period amount of everything but usage; null when the caller may not see money. */
  recurring: moneySchema.nullable(),
  can: z.object({
    changePlan: permissionSchema,
    cancel: permissionSchema,
    resume: permissionSchema,
    pause: permissionSchema,
    undoScheduledChange: permissionSchema,
  }),
});
export type SubscriptionView = z.infer<typeof subscriptionViewSchema>;

export const changeAtSchema = z.enum(['now', 'period_end']);
export const quoteInputSchema = z.object({
  family: z.string(),
  plan: z.string().optional(),
  interval: intervalSchema.optional(),
  quantity: z.string().optional(),
  /** Default: upgrades now, downgrades at period end. */
  at: changeAtSchema.optional(),
});
export type QuoteInput = z.infer<typeof quoteInputSchema>;

export const quoteViewSchema = z.object({
  id: z.string(),
  family: z.string(),
  plan: z.string(),
  planName: z.string(),
  interval: intervalSchema,
  quantity: z.string().nullable(),
  at: changeAtSchema,
  effectiveAt: instantSchema,
  expiresAt: instantSchema,
  currency: z.string(),
  lines: z.array(z.object({ description: z.string(), amountMinor: z.string() })),
  dueNowMinor: z.string(),
  nextInvoice: z.object({ at: instantSchema, amountMinor: z.string() }).nullable(),
  gains: z.array(z.string()),
  losses: z.array(z.string()),
  conflicts: z.array(z.object({ code: z.string(), message: z.string() })),
});
export type QuoteView = z.infer<typeof quoteViewSchema>;

/** What people type; letters, digits and dashes, compared without case. */
export const promotionCodeSchema = z.string().trim().min(1).max(100);
export const createSubscriptionInputSchema = z.object({
  family: z.string(),
  plan: z.string(),
  interval: intervalSchema.optional(),
  quantity: z.string().optional(),
  paymentMethod: z.string().max(200).optional(),
  promotionCode: promotionCodeSchema.optional(),
  trialDays: z.number().int().min(1).max(90).optional(),
});
export const checkoutInputSchema = z.object({
  family: z.string(),
  plan: z.string(),
  interval: intervalSchema.optional(),
  quantity: z.string().optional(),
  promotionCode: promotionCodeSchema.optional(),
  returnPath: z.string().max(500).optional(),
});
export const checkoutSessionViewSchema = z.object({
  id: z.string(),
  url: z.string(),
  expiresAt: instantSchema,
});

/** What the return page shows; read from Stripe by the server, never from the address bar. */
export const checkoutReturnViewSchema = z.object({
  state: z.enum(['confirming', 'done', 'needs_action', 'not_paid', 'expired']),
  family: z.string(),
  plan: z.string(),
  planName: z.string(),
  subscription: subscriptionViewSchema.nullable(),
  actionUrl: z.string().nullable(),
});
