import { z } from 'zod';
import { instantSchema } from '../../shared/view.schemas.ts';

const minorSchema = z.string();

const monthSchema = z.object({
  start: instantSchema,
  /** The last one is still running. */
  isRunning: z.boolean(),
  newMinor: minorSchema,
  expansionMinor: minorSchema,
  reactivationMinor: minorSchema,
  /** Zero or below. */
  contractionMinor: minorSchema,
  churnMinor: minorSchema,
  endMinor: minorSchema,
  payingAtEnd: z.number().int(),
});

const reconciliationSchema = z.object({
  mrrMinor: minorSchema,
  /** Recurring lines of the last regular invoice of every counted subscription, per month. */
  invoicedMinor: minorSchema,
  differences: z.array(
    z.object({
      organization: z.object({ slug: z.string(), name: z.string() }),
      plan: z.string(),
      mrrMinor: minorSchema,
      /** null = not invoiced yet. */
      invoicedMinor: minorSchema.nullable(),
      invoiceNumber: z.string().nullable(),
    }),
  ),
  differenceCount: z.number().int(),
});

export const revenueCurrencySchema = z.object({
  currency: z.string(),
  mrrMinor: minorSchema,
  arrMinor: minorSchema,
  netNewMinor: minorSchema,
  payingOrganizations: z.number().int(),
  /** Rounded down; null while nobody pays. */
  averageMinor: minorSchema.nullable(),
  atRiskMinor: minorSchema,
  /** Of usage lines issued in the running month. */
  usageMinor: minorSchema,
  /** Hundredths of a percent over the range; null = nobody paid at its beginning. */
  netRetentionBp: z.number().int().nullable(),
  grossRetentionBp: z.number().int().nullable(),
  /** Organizations that left in the last closed month, of those who paid at its beginning. */
  churn: z.object({ left: z.number().int(), of: z.number().int() }).nullable(),
  months: z.array(monthSchema),
  plans: z.array(
    z.object({
      family: z.string(),
      plan: z.string(),
      subscriptions: z.number().int(),
      amountMinor: minorSchema,
    }),
  ),
  reconciliation: reconciliationSchema,
});

export const revenueRangeSchema = z.union([z.literal(3), z.literal(6), z.literal(12)]);

export const revenueViewSchema = z.object({
  asOf: instantSchema,
  /** Largest first. */
  currencies: z.array(revenueCurrencySchema),
  /** Checkouts begun in the last 90 days. */
  checkouts: z.object({ begun: z.number().int(), completed: z.number().int() }),
  firstPaid: z.object({ at: instantSchema, organization: z.string(), slug: z.string() }).nullable(),
  /** The last twelve weeks, oldest first. */
  disputes: z.array(z.object({ weekStart: instantSchema, count: z.number().int() })),
});
export type RevenueView = z.infer<typeof revenueViewSchema>;
