import { z } from 'zod';
import { instantSchema } from '../../shared/view.schemas.ts';

/** What moving one subscription to the version sold now means for its organization. */
export const migrationStepSchema = z.object({
  organization: z.string(),
  slug: z.string(),
  subscriptionId: z.string(),
  fromVersion: z.number().int(),
  toVersion: z.number().int(),
  /** ready = can be moved; ordered = is on its way, or was undone; blocked = somebody has to decide first. */
  state: z.enum(['ready', 'ordered', 'blocked']),
  reason: z.string().nullable(),
  /** When it takes effect: at the next renewal, without proration. */
  at: instantSchema,
  currency: z.string(),
  /** A full period without usage. */
  oldMinor: z.string(),
  newMinor: z.string(),
  /** What was agreed with the organization and stays, one sentence each. */
  keptPrices: z.array(z.string()),
  gains: z.array(z.string()),
  losses: z.array(z.string()),
});
export type MigrationStep = z.infer<typeof migrationStepSchema>;

export const migrationViewSchema = z.object({
  /** Those looked at; `ordered` by this run, when it was no dry run. */
  steps: z.array(migrationStepSchema),
  orderedNow: z.number().int(),
  hasMore: z.boolean(),
});
export type MigrationView = z.infer<typeof migrationViewSchema>;
