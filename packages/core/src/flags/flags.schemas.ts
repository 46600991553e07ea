import { z } from 'zod';
import { instantSchema } from '../shared/view.schemas.ts';

export const flagValueSchema = z.union([z.boolean(), z.string()]);
export const flagKeySchema = z
  .string()
  .min(1)
  .max(80)
  .regex(/^[a-z0-9][a-z0-9_-]*$/);
export const flagRuleSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('plan'),
    family: z.string(),
    plans: z.array(z.string()).min(1),
    value: flagValueSchema,
  }),
  z.object({
    kind: z.literal('segment'),
    attribute: z.enum(['currency', 'country', 'created_after']),
    values: z.array(z.string()).min(1),
    value: flagValueSchema,
  }),
]);
export const flagViewSchema = z.object({
  key: z.string(),
  description: z.string(),
  kind: z.enum(['boolean', 'variant']),
  variants: z.array(z.string()),
  defaultValue: flagValueSchema,
  isEnabled: z.boolean(),
  isKilled: z.boolean(),
  /** 0–100 with two decimals as text. */
  rolloutPercent: z.string(),
  rules: z.array(flagRuleSchema),
  owner: z.string(),
  expiresAt: instantSchema.nullable(),
  version: z.number().int(),
  overrideCount: z.number().int(),
  updatedAt: instantSchema,
});
export type FlagView = z.infer<typeof flagViewSchema>;
export const flagOverrideViewSchema = z.object({
  organization: z.object({ id: z.string(), slug: z.string(), name: z.string() }),
  value: flagValueSchema,
  reason: z.string(),
  expiresAt: instantSchema.nullable(),
  createdBy: z.string(),
  createdAt: instantSchema,
});
export const flagHistoryViewSchema = z.object({
  version: z.number().int(),
  at: instantSchema,
  actor: z.string(),
  reason: z.string(),
  content: z.unknown(),
});
export const flagDetailViewSchema = flagViewSchema.extend({
  overrides: z.array(flagOverrideViewSchema),
  history: z.array(flagHistoryViewSchema),
});
export const flagExplanationViewSchema = z.object({
  value: flagValueSchema,
  rule: z.enum(['kill_switch', 'override', 'plan', 'segment', 'percentage', 'default']),
  bucket: z.string(),
});
export const saveFlagSchema = z.object({
  key: flagKeySchema,
  description: z.string().max(500),
  kind: z.enum(['boolean', 'variant']),
  variants: z.array(z.string().max(50)).max(20).default([]),
  defaultValue: flagValueSchema,
  isEnabled: z.boolean(),
  rolloutPercent: z.string().regex(/^(100(\.0{1,2})?|\d{1,2}(\.\d{1,2})?)$/),
  rules: z.array(flagRuleSchema).max(20).default([]),
  owner: z.string().max(100),
  expiresAt: instantSchema.nullable().default(null),
  reason: z.string().trim().min(3).max(500),
  /** The version the editor saw; a newer one answers 409. 0 = create. */
  expectedVersion: z.number().int().min(0),
});
