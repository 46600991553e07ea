import { z } from 'zod';
import { instantSchema, periodSchema } from '../../shared/view.schemas.ts';

/** Four independent sums of one meter in one closed period. */
export const usageProofViewSchema = z.object({
  subscriptionId: z.string(),
  meter: z.string(),
  period: periodSchema,
  eventsQuantity: z.string(),
  bucketsQuantity: z.string(),
  toldQuantity: z.string(),
  /** stripe = its meter was asked; reports = what was sent to it; billing = rated here. */
  toldSource: z.enum(['stripe', 'reports', 'billing']),
  billedQuantity: z.string(),
  billedMinor: z.string(),
  invoicedMinor: z.string(),
  currency: z.string(),
  /** open = the last part waits for the next invoice. */
  verdict: z.enum(['equal', 'open', 'different']),
  /** What Stripe took and then refused to count, and why in words; empty = nothing. */
  refusals: z.array(z.object({ reason: z.string(), quantity: z.string() })),
  provedAt: instantSchema,
});
export type UsageProofView = z.infer<typeof usageProofViewSchema>;
