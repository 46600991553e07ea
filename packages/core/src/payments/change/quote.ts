import { z } from 'zod';
import { intervalSchema } from '../../catalog/catalog.schemas.ts';
import { instantSchema } from '../../shared/view.schemas.ts';

/** What the subscription becomes. Plain data, stored with the quote. */
export const quoteTargetSchema = z.object({
  subscriptionId: z.string(),
  plan: z.string(),
  planName: z.string(),
  planVersion: z.number().int(),
  interval: intervalSchema,
  /** Seats or clients asked for; null = what is counted. */
  quantity: z.string().nullable(),
  at: z.enum(['now', 'period_end']),
  effectiveAt: instantSchema,
  isAnchorReset: z.boolean(),
  /** A scheduled change of plan or interval that stays scheduled, because only a quantity changes now. */
  keptSchedule: z
    .object({ plan: z.string(), planVersion: z.number().int(), interval: intervalSchema })
    .nullable()
    .default(null),
  /** A scheduled change that this one replaces: taken off once this one is done. */
  replacedSchedule: z
    .object({
      stripeScheduleId: z.string(),
      plan: z.string(),
      planVersion: z.number().int(),
      interval: intervalSchema,
      quantity: z.string().nullable(),
    })
    .nullable()
    .default(null),
  /** The same plan at the prices that are agreed now, instead of those of the running period. */
  isRepriced: z.boolean().default(false),
  /** The prices after the change, in the order of the catalogue. */
  priceKeys: z.array(z.string()).default([]),
  /** What the subscription looked like; a quote is void once it looks different. */
  basis: z.string(),
});
export type QuoteTarget = z.infer<typeof quoteTargetSchema>;

export const quoteConflictSchema = z.object({ code: z.string(), message: z.string() });
export type QuoteConflict = z.infer<typeof quoteConflictSchema>;

/** What people see and agree to. Amounts in minor units as text. */
export const quoteOutcomeSchema = z.object({
  lines: z.array(z.object({ description: z.string(), amountMinor: z.string() })),
  nextInvoice: z.object({ at: instantSchema, amountMinor: z.string() }).nullable(),
  gains: z.array(z.string()),
  losses: z.array(z.string()),
  conflicts: z.array(quoteConflictSchema),
});
export type QuoteOutcome = z.infer<typeof quoteOutcomeSchema>;
