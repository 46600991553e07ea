import { z } from 'zod';
import { decimalSchema, instantSchema } from '../shared/view.schemas.ts';

/** What a unit costs an organization, in major units. */
export const usagePriceViewSchema = z.object({
  family: z.string(),
  feature: z.string(),
  name: z.string(),
  currency: z.string(),
  planPrice: decimalSchema,
  /** null = the plan's price counts. */
  ownPrice: decimalSchema.nullable(),
  reason: z.string().nullable(),
  expiresAt: instantSchema.nullable(),
});
export type UsagePriceView = z.infer<typeof usagePriceViewSchema>;
