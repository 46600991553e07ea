import { z } from 'zod';
import { instantSchema } from '../../shared/view.schemas.ts';

/** What one closed month of a subscription was billed, and would be under the draft. */
export const shadowMonthSchema = z.object({
  organization: z.string(),
  slug: z.string(),
  subscriptionId: z.string(),
  plan: z.string(),
  planVersion: z.number().int(),
  periodStart: instantSchema,
  periodEnd: instantSchema,
  currency: z.string(),
  publishedMinor: z.string(),
  draftMinor: z.string(),
});
export type ShadowMonth = z.infer<typeof shadowMonthSchema>;

export const shadowViewSchema = z.object({
  since: instantSchema,
  months: z.array(shadowMonthSchema),
  /** Where the next call goes on; null = everybody was looked at. */
  nextCursor: z.string().nullable(),
});
export type ShadowView = z.infer<typeof shadowViewSchema>;
