import { z } from 'zod';
import { decimalSchema, instantSchema } from '../shared/view.schemas.ts';

export const decisionSchema = z.enum(['allowed', 'warned', 'blocked']);
export const limitAnswerSchema = z.object({
  decision: decisionSchema,
  used: decimalSchema,
  reserved: decimalSchema,
  /** null = unlimited. */
  limit: decimalSchema.nullable(),
  remaining: decimalSchema.nullable(),
  resetsAt: instantSchema.nullable(),
  /** snake_case code, null when simply allowed. */
  reason: z.string().nullable(),
  message: z.string(),
  upgradeTo: z.string().nullable().optional(),
  receiptId: z.string(),
});
export type LimitAnswer = z.infer<typeof limitAnswerSchema>;

/** One row of the limits screen; also the worst-five block of the overview. */
export const limitViewSchema = z.object({
  feature: z.string(),
  family: z.string(),
  name: z.string(),
  kind: z.enum(['metered', 'allocated']),
  unit: z.string(),
  used: decimalSchema,
  reserved: decimalSchema,
  limit: decimalSchema.nullable(),
  /** used / limit in percent with up to 2 decimals as text; null when unlimited, or nothing of nothing is used. */
  percent: z.string().nullable(),
  /** The plan grants none of it and nothing is used: no bar, but the way to a plan that has it. */
  notInPlan: z.boolean(),
  onLimit: z.enum(['block', 'overage', 'warn']),
  overagePrice: decimalSchema.nullable(),
  currency: z.string(),
  thresholds: z.array(z.number().int()),
  /** The highest threshold that was told in the running window; it may be about an earlier one, see `endedWindowStart`. */
  lastAlert: z
    .object({
      threshold: z.number().int(),
      firedAt: instantSchema,
      /** Begin of the window it was reached in, when that had ended before it could be told; null = the running one. */
      endedWindowStart: instantSchema.nullable(),
    })
    .nullable(),
  resetsAt: instantSchema.nullable(),
  override: z.object({ reason: z.string(), expiresAt: instantSchema.nullable() }).nullable(),
  /** When it will be reached if use goes on as so far; now for one that is; null = not in this window. */
  limitReachedAt: instantSchema.nullable(),
  /** The next plan up that would hold what is to come; null = none, or no need. */
  upgradeTo: z.object({ plan: z.string(), name: z.string() }).nullable(),
  /** What happens at the limit, in words fit for users. */
  consequence: z.string(),
});
export type LimitView = z.infer<typeof limitViewSchema>;

export const entitlementsViewSchema = z.object({
  organization: z.string(),
  plans: z.array(
    z.object({
      family: z.string(),
      plan: z.string(),
      version: z.number().int(),
      access: z.string(),
      status: z.string(),
    }),
  ),
  features: z.record(
    z.string(),
    z.object({
      family: z.string(),
      kind: z.enum(['metered', 'allocated', 'boolean', 'config']),
      enabled: z.boolean(),
      limit: decimalSchema.nullable(),
      used: decimalSchema.nullable(),
      remaining: decimalSchema.nullable(),
      onLimit: z.enum(['block', 'overage', 'warn']).nullable(),
      onUnavailable: z.enum(['open', 'closed']),
      value: z.unknown().optional(),
      resetsAt: instantSchema.nullable(),
    }),
  ),
  asOf: instantSchema,
});

const budgetEvidenceSchema = z.object({
  client: z.string().nullable(),
  amountMinor: z.string(),
  currency: z.string(),
  onReached: z.enum(['alert', 'block']),
  costMinor: z.string(),
  costAfterMinor: z.string(),
  isReached: z.boolean(),
});

/** What decided besides the numbers of the receipt; receipts of another release may say less or more. */
const decisionEvidenceSchema = z
  .looseObject({
    access: z.string(),
    subscriptionStatus: z.string().nullable(),
    onLimit: z.string().nullable(),
    /** Ids of the exceptions in force. */
    overrides: z.array(z.string()),
    /** Begin of the window that was counted. */
    periodStart: instantSchema,
    quantities: z.object({ clients: z.number(), seats: z.number() }),
    entitlementsAsOf: instantSchema,
    clientLimit: z.object({ limit: decimalSchema, used: decimalSchema, reserved: decimalSchema }),
    budgets: z.array(budgetEvidenceSchema),
  })
  .partial();

export const receiptViewSchema = z.object({
  id: z.string(),
  at: instantSchema,
  feature: z.string(),
  operation: z.enum(['check', 'consume', 'reserve', 'commit', 'release']),
  decision: decisionSchema,
  reason: z.string().nullable(),
  quantity: decimalSchema,
  used: decimalSchema,
  reserved: decimalSchema,
  limit: decimalSchema.nullable(),
  planVersion: z.string().nullable(),
  client: z.object({ id: z.string(), name: z.string() }).nullable(),
  subject: z.string().nullable(),
  evidence: decisionEvidenceSchema,
});

export const overrideInputSchema = z.object({
  feature: z.string().min(1).max(100),
  /** null = unlimited. */
  limit: decimalSchema.nullable(),
  reason: z.string().trim().min(3).max(500),
  expiresAt: instantSchema.nullable().default(null),
});
