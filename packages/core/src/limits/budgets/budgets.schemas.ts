import { z } from 'zod';
import { instantSchema, moneySchema, periodSchema } from '../../shared/view.schemas.ts';

export const budgetPeriodSchema = z.enum(['billing_period', 'calendar_month']);

export const setBudgetSchema = z.strictObject({
  /** Minor units of the organization's currency; 0 allows nothing that costs. */
  amountMinor: z.string().regex(/^(0|[1-9]\d{0,14})$/, 'must be digits without leading zeros'),
  period: budgetPeriodSchema.default('billing_period'),
  /** No default: whether something stops is never implied. */
  onReached: z.enum(['alert', 'block']),
  thresholds: z.array(z.number().int().min(1).max(200)).max(5).default([80, 100]),
});
export type SetBudgetInput = z.infer<typeof setBudgetSchema>;

export const budgetViewSchema = z.object({
  /** null = the organization as a whole. */
  client: z.string().nullable(),
  clientName: z.string().nullable(),
  amount: moneySchema,
  /** Cost of usage in the window so far: what is used and what is held, rated as it will be billed. */
  cost: moneySchema,
  /** Cost in percent of the amount, two decimals, cut; null = nothing of nothing. */
  percent: z.string().nullable(),
  period: budgetPeriodSchema,
  window: periodSchema,
  onReached: z.enum(['alert', 'block']),
  thresholds: z.array(z.number().int()),
  lastAlert: z.object({ threshold: z.number().int(), firedAt: instantSchema }).nullable(),
  /** What happens at the amount, in words fit for users. */
  consequence: z.string(),
  /** Everything committed by then is in the cost. */
  asOf: instantSchema,
});
export type BudgetView = z.infer<typeof budgetViewSchema>;
