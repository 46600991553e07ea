import { z } from 'zod';
import { decimalSchema } from '../shared/view.schemas.ts';
import { limitAnswerSchema } from './limits.schemas.ts';

/** Read by the use-case, so that check, consume and usage events refuse the same spellings. */
const quantityField = z.union([z.string().max(100), z.number()]);

/** Body of check, consume and release. `client` is our id or the platform's own. */
export const limitRequestSchema = z.object({
  organization: z.string().min(1).max(200),
  feature: z.string().min(1).max(100),
  quantity: quantityField,
  id: z.string().optional(),
  client: z.string().optional(),
  subject: z.string().optional(),
});

export const reserveRequestSchema = limitRequestSchema.extend({
  leaseSeconds: z.number().int().min(1).max(86_400),
});
/** `id` names the reservation; null when it was refused. */
export const reserveAnswerSchema = limitAnswerSchema.extend({ id: z.string().nullable() });

export const commitRequestSchema = z.object({
  organization: z.string().min(1).max(200),
  quantity: quantityField,
});
export const releaseRequestSchema = commitRequestSchema.pick({ organization: true });

export const gaugeRequestSchema = z.object({
  value: quantityField,
  occurredAt: z.string().optional(),
  id: z.string().optional(),
});
export const gaugeAnswerSchema = z.object({ value: decimalSchema, limit: decimalSchema.nullable() });
