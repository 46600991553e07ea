import { z } from 'zod';
import { invoiceLineViewSchema } from '../../invoices/invoices.schemas.ts';
import { decimalSchema, instantSchema } from '../../shared/view.schemas.ts';

/** How an amount was rated, as it was written down when it was. Amounts in major units, exact. */
export const ratingExplanationSchema = z.object({
  model: z.string(),
  currency: z.string(),
  quantity: z.string(),
  included: z.string(),
  billableQuantity: z.string(),
  formula: z.string(),
  tiers: z.array(
    z.object({
      from: z.string(),
      upTo: z.string().nullable(),
      quantity: z.string(),
      unitPrice: z.string(),
      flatPrice: z.string().nullable(),
      amount: z.string(),
    }),
  ),
  minimum: z.string().nullable(),
  isMinimumApplied: z.boolean(),
  exactAmount: z.string(),
  /** Of the same period, on earlier lines. */
  alreadyBilledMinor: z.string().default('0'),
});
export type StoredRating = z.infer<typeof ratingExplanationSchema>;

const clientSchema = z.object({ id: z.string(), name: z.string() }).nullable();

const usageStepSchema = z.object({
  kind: z.enum(['on_demand', 'final', 'adjustment']),
  /** Counted in the period at that time. */
  quantity: decimalSchema,
  /** What this time added; negative when usage was taken back. */
  amountMinor: z.string(),
  currency: z.string(),
  /** null = not on an invoice yet, or nothing to pay. */
  invoice: z.object({ id: z.string(), number: z.string().nullable() }).nullable(),
  isThisLine: z.boolean(),
});

/** A price that was agreed with the organization. Amounts in major units. */
export const ownPriceExplanationSchema = z.object({
  unitPrice: z.string(),
  /** null = the plan has no single price there. */
  planPrice: z.string().nullable(),
  currency: z.string(),
  reason: z.string(),
  until: instantSchema.nullable(),
});
export type OwnPriceExplanation = z.infer<typeof ownPriceExplanationSchema>;

/** One line of an invoice taken apart, down to the events that were counted. */
export const lineExplanationViewSchema = z.object({
  line: invoiceLineViewSchema,
  kind: z.enum(['usage', 'proration', 'recurring']),
  /** Arithmetic in words and numbers, one step per entry. */
  formula: z.array(z.string()),
  rating: ratingExplanationSchema.nullable(),
  /** null = the plan's price was charged. */
  ownPrice: ownPriceExplanationSchema.nullable(),
  /** By local day of the organization and client; days without usage are left out. */
  days: z.array(z.object({ date: z.string(), client: clientSchema, quantity: z.string() })),
  /** The latest 50 of the period, newest first. */
  events: z.array(
    z.object({
      id: z.string(),
      kind: z.enum(['usage', 'void', 'amend']),
      /** The event that a void or an amendment corrects. */
      adjusts: z.string().nullable(),
      quantity: z.string(),
      occurredAt: instantSchema,
      recordedAt: instantSchema,
      client: clientSchema,
      subject: z.string().nullable(),
    }),
  ),
  hasMoreEvents: z.boolean(),
  /** Every time the usage of this period was billed, in order: what came late or was corrected is on a later one. */
  steps: z.array(usageStepSchema),
});
export type LineExplanationView = z.infer<typeof lineExplanationViewSchema>;
