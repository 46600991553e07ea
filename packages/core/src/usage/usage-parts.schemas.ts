import { z } from 'zod';
import { decimalSchema, instantSchema } from '../shared/view.schemas.ts';

/** Parts whose single events are still there to be listed. */
export const listedPartSchema = z.enum(['reported', 'late', 'amended', 'voided']);
export type ListedPart = z.infer<typeof listedPartSchema>;

export const usagePartsQuerySchema = z.object({
  meter: z.string(),
  /** Default: the current billing period. */
  from: z.string().max(40).optional(),
  to: z.string().max(40).optional(),
});
export type UsagePartsQuery = z.infer<typeof usagePartsQuerySchema>;

export const usagePartsViewSchema = z.object({
  meter: z.string(),
  name: z.string(),
  unit: z.string(),
  from: instantSchema,
  to: instantSchema,
  /** Events recorded from here on are late. */
  lateFrom: instantSchema,
  total: decimalSchema,
  /** Empty parts are left out. */
  parts: z.array(
    z.object({
      part: z.enum([...listedPartSchema.options, 'retired']),
      count: z.number().int(),
      /** What the part adds to the total, negative when it takes away; null where parts do not add up. */
      adds: decimalSchema.nullable(),
    }),
  ),
});
export type UsagePartsView = z.infer<typeof usagePartsViewSchema>;
