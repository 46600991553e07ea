import { z } from 'zod';
import { catalogKeySchema } from './catalog-key.ts';

/** metered resets each window; allocated is a level that does not reset; boolean is on or off; config is a value. */
export const featureKindSchema = z.enum(['metered', 'allocated', 'boolean', 'config']);
export type FeatureKind = z.infer<typeof featureKindSchema>;

/** What a plan may grant. The key of a metered feature is its meter's key. */
export const featureSchema = z.strictObject({
  key: catalogKeySchema,
  kind: featureKindSchema,
  name: z.string().min(1).max(80),
  /** Singular word for one of it; null for boolean and config. */
  unit: z.string().min(1).max(40).nullable().default(null),
});
export type Feature = z.infer<typeof featureSchema>;

/** Something sold per piece on top of a plan; its quantity follows what it counts. */
export const addOnSchema = z.strictObject({
  key: catalogKeySchema,
  name: z.string().min(1).max(80),
  counts: z.enum(['clients', 'seats']),
});
export type AddOn = z.infer<typeof addOnSchema>;
