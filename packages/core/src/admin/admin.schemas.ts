import { z } from 'zod';
import { organizationViewSchema } from '../organizations/organizations.schemas.ts';
import { instantSchema } from '../shared/view.schemas.ts';
import { subscriptionViewSchema } from '../subscriptions/subscriptions.schemas.ts';

export const adminOrganizationRowSchema = z.object({
  id: z.string(),
  slug: z.string(),
  name: z.string(),
  email: z.string(),
  plans: z.array(z.object({ family: z.string(), plan: z.string(), status: z.string(), access: z.string() })),
  mrr: z.array(z.object({ currency: z.string(), amountMinor: z.string() })),
  pastDueSince: instantSchema.nullable(),
  /** Highest used / limit over all features, percent as text. */
  worstLimitPercent: z.string().nullable(),
  owner: z.string().nullable(),
  createdAt: instantSchema,
});
export type AdminOrganizationRow = z.infer<typeof adminOrganizationRowSchema>;
export const adminOrganizationFilterSchema = z.object({
  view: z.enum(['all', 'past-due', 'over-limit', 'trialing', 'canceled', 'free']).default('all'),
  q: z.string().max(200).optional(),
  family: z.string().max(50).optional(),
  plan: z.string().max(50).optional(),
  sort: z.enum(['name', '-mrr', '-created']).default('-created'),
});
export const timelineEntrySchema = z.object({
  at: instantSchema,
  kind: z.enum(['money', 'access', 'event', 'staff', 'member']),
  text: z.string(),
  link: z.string().nullable(),
});
export const adminOrganizationViewSchema = z.object({
  organization: organizationViewSchema,
  owners: z.array(z.object({ name: z.string(), email: z.string() })),
  subscriptions: z.array(subscriptionViewSchema),
  mrr: z.array(z.object({ currency: z.string(), amountMinor: z.string() })),
  timeline: z.array(timelineEntrySchema),
  flags: z.array(z.object({ key: z.string(), value: z.union([z.boolean(), z.string()]), rule: z.string() })),
});

export const inboundEventStatusSchema = z.enum([
  'received',
  'processing',
  'processed',
  'failed',
  'ignored',
  'dead',
  'parked',
]);
export const inboundEventOdditySchema = z.enum(['other_mode', 'other_account', 'conflict']);
export const inboundEventRowSchema = z.object({
  id: z.string(),
  externalId: z.string(),
  type: z.string(),
  status: inboundEventStatusSchema,
  organization: z.object({ id: z.string(), slug: z.string(), name: z.string() }).nullable(),
  attempts: z.number().int(),
  /** Milliseconds between Stripe making the event and us finishing it; null while open. */
  lagMs: z.number().int().nullable(),
  objectId: z.string().nullable(),
  lastError: z.string().nullable(),
  receivedAt: instantSchema,
  processedAt: instantSchema.nullable(),
});
export const inboundEventViewSchema = inboundEventRowSchema.extend({
  /** Secrets and card data masked; null when the reader's role may not see payloads. */
  payload: z.unknown(),
  effect: z.unknown(),
  history: z.array(
    z.object({
      attempt: z.number().int(),
      startedAt: instantSchema,
      finishedAt: instantSchema.nullable(),
      outcome: z.string(),
      error: z.string().nullable(),
      durationMs: z.number().int().nullable(),
    }),
  ),
  sameObject: z.array(
    z.object({
      id: z.string(),
      type: z.string(),
      receivedAt: instantSchema,
      status: inboundEventStatusSchema,
    }),
  ),
  /** Its id came again with other content, which was not followed; null = never. */
  conflict: z.object({ times: z.number().int(), lastAt: instantSchema, payload: z.unknown() }).nullable(),
});
export const replayAnswerSchema = z.object({
  result: z.enum([
    'would_change',
    'already_applied',
    'would_fail',
    'would_ignore',
    'would_wait',
    'requeued',
    'not_replayable',
  ]),
  /** Why it would fail, be ignored or wait. */
  reason: z.string().nullable(),
  changes: z.array(
    z.object({ field: z.string(), before: z.string().nullable(), after: z.string().nullable() }),
  ),
});

export const healthTileSchema = z.object({
  key: z.string(),
  name: z.string(),
  state: z.enum(['ok', 'warning', 'failing', 'unknown']),
  value: z.string(),
  slo: z.string(),
  detail: z.string(),
});
export const healthViewSchema = z.object({ asOf: instantSchema, tiles: z.array(healthTileSchema) });

export const auditRowSchema = z.object({
  id: z.string(),
  sequence: z.string(),
  at: instantSchema,
  actor: z.string(),
  onBehalfOf: z.string().nullable(),
  action: z.string(),
  target: z.object({ kind: z.string(), id: z.string() }),
  organization: z.object({ id: z.string(), slug: z.string() }).nullable(),
  reason: z.string().nullable(),
  before: z.unknown(),
  after: z.unknown(),
  requestId: z.string().nullable(),
});
export const emailRowSchema = z.object({
  id: z.string(),
  to: z.string(),
  template: z.string(),
  subject: z.string(),
  text: z.string(),
  html: z.string(),
  status: z.enum(['pending', 'sent', 'failed']),
  createdAt: instantSchema,
});
