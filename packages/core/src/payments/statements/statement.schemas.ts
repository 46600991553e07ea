import { z } from 'zod';
import { instantSchema, periodSchema } from '../../shared/view.schemas.ts';

/** One decision of billing as it stands on a statement; stored, so fields are only ever added. */
export const statementLineSchema = z.object({
  meter: z.string(),
  description: z.string(),
  kind: z.enum(['on_demand', 'final', 'adjustment']),
  period: periodSchema,
  /** The terms in force, `family/plan/version`. */
  planVersion: z.string().nullable(),
  priceKey: z.string(),
  quantity: z.string(),
  amountMinor: z.string(),
  /** Stripe rated it on an invoice of its own; here it only stands for completeness. */
  isRatedAtStripe: z.boolean(),
});
export const statementContentSchema = z.object({ lines: z.array(statementLineSchema) });
export type StatementLine = z.infer<typeof statementLineSchema>;

export const usageStatementViewSchema = z.object({
  /** `US-000001`, without gaps per organization. */
  number: z.string(),
  family: z.string(),
  issuedAt: instantSchema,
  currency: z.string(),
  totalMinor: z.string(),
  lines: z.array(statementLineSchema),
});
export type UsageStatementView = z.infer<typeof usageStatementViewSchema>;
