import { z } from 'zod';
import { decimalSchema } from '../shared/view.schemas.ts';

export const intervalSchema = z.enum(['month', 'year']);

/** One line of a plan's price as people read it. `unitPrice` is in major units, exact. */
export const priceComponentViewSchema = z.object({
  key: z.string(),
  kind: z.enum(['base', 'seat', 'addon', 'usage']),
  description: z.string(),
  model: z.enum(['flat', 'per_unit', 'package', 'graduated', 'volume']),
  unitPrice: decimalSchema.nullable(),
  unit: z.string().nullable(),
  interval: intervalSchema,
  currency: z.string(),
});
export const entitlementViewSchema = z.object({
  feature: z.string(),
  name: z.string(),
  kind: z.enum(['metered', 'allocated', 'boolean', 'config']),
  unit: z.string().nullable(),
  /** null = unlimited for metered and allocated; ignored for boolean. */
  included: decimalSchema.nullable(),
  /** What each further client or seat adds. */
  includedPerUnit: z.object({ unit: z.string(), quantity: decimalSchema }).nullable(),
  enabled: z.boolean().nullable(),
  onLimit: z.enum(['block', 'overage', 'warn']).nullable(),
  overagePrice: decimalSchema.nullable(),
});
export const planViewSchema = z.object({
  family: z.string(),
  plan: z.string(),
  name: z.string(),
  description: z.string(),
  version: z.number().int(),
  selfService: z.boolean(),
  isFree: z.boolean(),
  rank: z.number().int(),
  intervals: z.array(intervalSchema),
  prices: z.array(priceComponentViewSchema),
  entitlements: z.array(entitlementViewSchema),
});
export type PlanView = z.infer<typeof planViewSchema>;
export const familyViewSchema = z.object({
  family: z.string(),
  name: z.string(),
  description: z.string(),
  plans: z.array(planViewSchema),
});
export type FamilyView = z.infer<typeof familyViewSchema>;
