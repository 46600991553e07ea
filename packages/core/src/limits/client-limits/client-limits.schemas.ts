import { z } from 'zod';
import { decimalSchema, instantSchema } from '../../shared/view.schemas.ts';

/** What one client may use of a feature, and how much of it is used in the running window. */
export const clientLimitViewSchema = z.object({
  client: z.string(),
  externalId: z.string().nullable(),
  clientName: z.string(),
  feature: z.string(),
  name: z.string(),
  unit: z.string(),
  limit: decimalSchema,
  used: decimalSchema,
  reserved: decimalSchema,
  /** used + reserved in percent of the limit, two decimals, cut; null = nothing of nothing. */
  percent: z.string().nullable(),
  resetsAt: instantSchema,
});
export type ClientLimitView = z.infer<typeof clientLimitViewSchema>;

export const setClientLimitSchema = z.object({
  /** Read by the use-case, like every quantity. */
  limit: z.union([z.string().max(100), z.number()]),
});
