import { z } from 'zod';
import { driftKinds } from '../../shared/drift-kinds.ts';
import { pageQuerySchema, pageSchema } from '../../shared/page.ts';
import { instantSchema } from '../../shared/view.schemas.ts';

/**
 * `repaired`: our copy says what Stripe says. `open`: waits for a person. `accepted`: a person knows it and lets it
 * be. `gone`: a later comparison found it equal.
 */
export const driftStatusSchema = z.enum(['open', 'accepted', 'repaired', 'gone']);
export type DriftStatus = z.infer<typeof driftStatusSchema>;

/** The hourly comparison, or a person. */
export const driftSourceSchema = z.enum(['sweep', 'resync']);
export type DriftSource = z.infer<typeof driftSourceSchema>;

export const driftKindSchema = z.enum(driftKinds);

export const driftFilterSchema = pageQuerySchema.extend({
  status: driftStatusSchema.optional(),
  kind: driftKindSchema.optional(),
  /** Slug or public id. */
  organization: z.string().max(100).optional(),
});

export const driftMeaningSchema = z.object({
  kind: driftKindSchema,
  label: z.string(),
  severity: z.enum(['critical', 'warning', 'info']),
  what: z.string(),
  next: z.string(),
});

export const driftFindingViewSchema = driftMeaningSchema.extend({
  id: z.string(),
  organization: z.object({ id: z.string(), slug: z.string(), name: z.string() }),
  object: z.string(),
  fields: z.array(
    z.object({ field: z.string(), local: z.string().nullable(), remote: z.string().nullable() }),
  ),
  /** The event or message that explains it. */
  cause: z.string().nullable(),
  status: driftStatusSchema,
  source: driftSourceSchema,
  foundAt: instantSchema,
  lastFoundAt: instantSchema,
  times: z.number().int(),
  settledAt: instantSchema.nullable(),
  settledBy: z.string().nullable(),
  reason: z.string().nullable(),
});
export type DriftFindingView = z.infer<typeof driftFindingViewSchema>;

export const driftPageSchema = pageSchema(driftFindingViewSchema).extend({
  counts: z.record(z.string(), z.number().int()),
  kinds: z.record(z.string(), z.number().int()),
});

export const acceptDriftSchema = z.object({ id: z.string(), reason: z.string().trim().min(3).max(500) });

/** One field of the comparison of one organization, with why it differs. */
export const driftRowSchema = z.object({
  object: z.string(),
  field: z.string(),
  local: z.string().nullable(),
  remote: z.string().nullable(),
  equal: z.boolean(),
  /** Null = equal. */
  kind: driftKindSchema.nullable(),
  cause: z.string().nullable(),
  /** What it means and what to do next; null = equal. */
  what: z.string().nullable(),
  next: z.string().nullable(),
});
export type DriftRow = z.infer<typeof driftRowSchema>;
