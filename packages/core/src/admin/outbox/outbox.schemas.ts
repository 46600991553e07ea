import { z } from 'zod';
import { pageQuerySchema, pageSchema } from '../../shared/page.ts';
import { instantSchema } from '../../shared/view.schemas.ts';

export const outboxStatusSchema = z.enum(['pending', 'sending', 'failed', 'dead', 'done', 'dismissed']);
export type OutboxStatus = z.infer<typeof outboxStatusSchema>;

export const outboxFilterSchema = pageQuerySchema.extend({
  status: outboxStatusSchema.optional(),
  /** Slug or public id. */
  organization: z.string().max(100).optional(),
});

export const outboxMessageViewSchema = z.object({
  id: z.string(),
  organization: z.object({ id: z.string(), slug: z.string(), name: z.string() }),
  /** For example `stripe.subscription.cancel`. */
  kind: z.string(),
  status: outboxStatusSchema,
  attempts: z.number().int(),
  /** How often staff have put it back. */
  round: z.number().int(),
  idempotencyKey: z.string(),
  /** Secrets and personal data masked. */
  payload: z.unknown(),
  lastError: z.string().nullable(),
  createdAt: instantSchema,
  doneAt: instantSchema.nullable(),
  /** Why it must not be sent any more; null = it may be sent again, or was not given up. */
  obstacle: z.string().nullable(),
});
export type OutboxMessageView = z.infer<typeof outboxMessageViewSchema>;

export const outboxPageSchema = pageSchema(outboxMessageViewSchema).extend({
  counts: z.record(z.string(), z.number().int()),
});

export const settleMessageSchema = z.object({ id: z.string(), reason: z.string().trim().min(3).max(500) });
