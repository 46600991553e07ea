import { z } from 'zod';
import { catalogKeySchema, offerKeySchema } from './catalog-key.ts';
import { onUnavailableSchema } from './entitlement.ts';
import { addOnSchema, featureSchema } from './feature.ts';
import { meterSchema } from './meter.ts';
import { planSchema } from './plan.ts';

/**
 * What an organization loses while a payment is overdue, in days since the first failed attempt of a still-open
 * invoice. Before the first step access is full although the status is `past_due`.
 */
export const paymentFailureSchema = z
  .strictObject({
    restrictedAfterDays: z.number().int().min(0).max(365).default(7),
    suspendedAfterDays: z.number().int().min(0).max(365).default(14),
    canceledAfterDays: z.number().int().min(1).max(365).default(30),
    /** Features refused from the restricted step on, besides all overage. */
    restrictedFeatures: z.array(catalogKeySchema).default([]),
  })
  .refine(
    ({ restrictedAfterDays, suspendedAfterDays, canceledAfterDays }) =>
      restrictedAfterDays <= suspendedAfterDays && suspendedAfterDays <= canceledAfterDays,
    'the steps follow each other',
  );
export type PaymentFailurePolicy = z.output<typeof paymentFailureSchema>;

/** A group of alternative plans; an organization has at most one plan of it. */
export const productFamilySchema = z.strictObject({
  key: offerKeySchema,
  name: z.string().min(1).max(80),
  description: z.string().max(500),
  meters: z.array(meterSchema).max(50),
  features: z.array(featureSchema).min(1).max(200),
  addOns: z.array(addOnSchema).max(20).default([]),
  /** Overrides the default of every entitlement; also answers for a feature that a plan does not mention. */
  onUnavailable: onUnavailableSchema.optional(),
  paymentFailure: paymentFailureSchema.prefault({}),
  /** Cheapest first: the order is the rank, and upgrades are suggested along it. */
  plans: z.array(planSchema).min(1).max(30),
});
export type ProductFamily = z.output<typeof productFamilySchema>;
export type ProductFamilyInput = z.input<typeof productFamilySchema>;
