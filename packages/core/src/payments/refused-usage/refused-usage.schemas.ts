import { z } from 'zod';
import { instantSchema, periodSchema } from '../../shared/view.schemas.ts';

/** Usage of one hour that Stripe took and then refused to count. */
export const refusedUsageViewSchema = z.object({
  id: z.string(),
  meter: z.string(),
  hour: periodSchema,
  quantity: z.string(),
  /** Stripe's code. */
  code: z.string(),
  /** The code in words. */
  reason: z.string(),
  refusedAt: instantSchema,
  /** settled = its month is billed, and with it what was missing. */
  state: z.enum(['waiting', 'settled']),
});
export type RefusedUsageView = z.infer<typeof refusedUsageViewSchema>;

export const reportAgainSchema = z.object({
  id: z.string(),
  reason: z.string().trim().min(3).max(500),
});

/** again = on its way under a new name; counted = Stripe had it after all; before = somebody did it already. */
export const reportAgainAnswerSchema = z.object({ result: z.enum(['again', 'counted', 'before']) });
export type ReportAgainAnswer = z.infer<typeof reportAgainAnswerSchema>;
