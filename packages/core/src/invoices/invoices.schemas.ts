import { z } from 'zod';
import { instantSchema, moneySchema, periodSchema, permissionSchema } from '../shared/view.schemas.ts';

export const invoiceStatusSchema = z.enum(['draft', 'open', 'paid', 'void', 'uncollectible']);
export const invoiceListItemSchema = z.object({
  id: z.string(),
  number: z.string().nullable(),
  status: invoiceStatusSchema,
  isPastDue: z.boolean(),
  family: z.string().nullable(),
  currency: z.string(),
  totalMinor: z.string(),
  amountDueMinor: z.string(),
  amountRemainingMinor: z.string(),
  period: periodSchema.nullable(),
  issuedAt: instantSchema.nullable(),
  dueAt: instantSchema.nullable(),
  paidAt: instantSchema.nullable(),
  hostedUrl: z.string().nullable(),
  createdAt: instantSchema,
});
export type InvoiceListItem = z.infer<typeof invoiceListItemSchema>;

export const invoiceLineViewSchema = z.object({
  id: z.string(),
  description: z.string(),
  quantity: z.string().nullable(),
  unitPrice: z.string().nullable(),
  amountMinor: z.string(),
  currency: z.string(),
  period: periodSchema.nullable(),
  isProration: z.boolean(),
  meter: z.string().nullable(),
  client: z.object({ id: z.string(), name: z.string() }).nullable(),
  hasExplanation: z.boolean(),
});
export const invoiceViewSchema = invoiceListItemSchema.extend({
  subtotalMinor: z.string(),
  taxMinor: z.string(),
  amountPaidMinor: z.string(),
  /** Given back to the card. */
  refundedMinor: z.string(),
  /** Sum of the credit notes that count. */
  creditedMinor: z.string(),
  attemptCount: z.number().int(),
  nextAttemptAt: instantSchema.nullable(),
  lastFailure: z.object({ code: z.string().nullable(), message: z.string() }).nullable(),
  stripeInvoiceId: z.string(),
  lines: z.array(invoiceLineViewSchema),
  timeline: z.array(z.object({ at: instantSchema, kind: z.string(), text: z.string() })),
  /** Compared with the previous invoice of the subscription; null = there is none. */
  bridge: z
    .object({
      previous: z.object({ id: z.string(), number: z.string().nullable(), totalMinor: z.string() }),
      differenceMinor: z.string(),
      groups: z.array(
        z.object({
          key: z.string(),
          label: z.string(),
          previousMinor: z.string(),
          currentMinor: z.string(),
          differenceMinor: z.string(),
        }),
      ),
    })
    .nullable(),
  can: z.object({ pay: permissionSchema, download: permissionSchema, dispute: permissionSchema }),
});
export type InvoiceView = z.infer<typeof invoiceViewSchema>;

export const invoiceFilterSchema = z.object({
  status: z.enum(['all', 'open', 'past_due', 'paid', 'void', 'uncollectible', 'draft']).default('all'),
  from: instantSchema.optional(),
  to: instantSchema.optional(),
  q: z.string().max(100).optional(),
});
export const invoiceCountsSchema = z.record(z.string(), z.number().int());
export const upcomingInvoiceViewSchema = z.object({
  at: instantSchema,
  currency: z.string(),
  totalMinor: z.string(),
  lines: z.array(z.object({ description: z.string(), amountMinor: z.string() })),
});
export const paymentMethodViewSchema = z.object({
  id: z.string(),
  brand: z.string(),
  last4: z.string(),
  expMonth: z.number().int(),
  expYear: z.number().int(),
  isDefault: z.boolean(),
  expiry: z.enum(['valid', 'soon', 'expired']),
});

/** One truth for the overview, usage, invoice preview and mails: the same snapshot prints the same numbers. */
export const noticeViewSchema = z.object({
  kind: z.enum([
    'closed',
    'suspended',
    'past_due',
    'action_required',
    'limit_blocked',
    'cancels_on',
    'limit_warning',
    'trial_ending',
    'paused',
    'change_scheduled',
    'collection_paused',
    'card_expiring',
  ]),
  severity: z.enum(['danger', 'warning', 'info']),
  /** Complete sentence with facts and next step, already fit for this reader. */
  text: z.string(),
  action: z.object({ label: z.string(), to: z.string() }).nullable(),
});
export const billingSummaryViewSchema = z.object({
  snapshotId: z.string(),
  asOf: instantSchema,
  period: periodSchema,
  timeZone: z.string(),
  /** null when the caller may not see money. */
  cost: z
    .array(
      z.object({
        currency: z.string(),
        toDateMinor: z.string(),
        recurringMinor: z.string(),
        usageMinor: z.string(),
        forecastMinor: z.string(),
        forecastLowMinor: z.string(),
        forecastHighMinor: z.string(),
        /** Until then the forecast knows nothing about usage that is to come; null = it does. */
        forecastFrom: instantSchema.nullable(),
        previousSameDayMinor: z.string().nullable(),
      }),
    )
    .nullable(),
  notices: z.array(noticeViewSchema),
});
export type BillingSummaryView = z.infer<typeof billingSummaryViewSchema>;
export const amountSchema = moneySchema;
