import { z } from 'zod';
import { instantSchema } from '../../shared/view.schemas.ts';

export const bulkKindSchema = z.enum(['replay', 'resync']);
export type BulkKind = z.infer<typeof bulkKindSchema>;
export const bulkStatusSchema = z.enum(['running', 'done', 'canceled']);

export const bulkItemSchema = z.object({
  /** Id of the event, or slug of the organization. */
  key: z.string().min(1).max(100),
  name: z.string().max(300),
  state: z.enum(['waiting', 'done', 'failed']),
  /** What came of it, in words. */
  text: z.string(),
});
export type BulkItem = z.infer<typeof bulkItemSchema>;

export const startBulkSchema = z.object({
  kind: bulkKindSchema,
  items: z
    .array(bulkItemSchema.pick({ key: true, name: true }))
    .min(1)
    .max(100)
    .refine((items) => new Set(items.map(({ key }) => key)).size === items.length, 'each one once'),
  /** Each reads several objects at Stripe, which takes 25 requests a second in test mode. */
  perSecond: z.number().int().min(1).max(10),
  reason: z.string().trim().min(3).max(500),
});

export const bulkRunViewSchema = z.object({
  id: z.string(),
  kind: bulkKindSchema,
  status: bulkStatusSchema,
  reason: z.string(),
  startedBy: z.string(),
  perSecond: z.number().int(),
  items: z.array(bulkItemSchema),
  startedAt: instantSchema,
  finishedAt: instantSchema.nullable(),
});
export type BulkRunView = z.infer<typeof bulkRunViewSchema>;
