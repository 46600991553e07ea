import { z } from 'zod';
import { messageTypes } from '../shared/outgoing-messages.ts';
import { pageQuerySchema } from '../shared/page.ts';
import { instantSchema } from '../shared/view.schemas.ts';

const urlSchema = z.string().trim().min(1).max(2_000);
const typesSchema = z.array(z.enum(messageTypes)).max(messageTypes.length);
const descriptionSchema = z.string().trim().max(200);

export const createEndpointSchema = z.object({
  url: urlSchema,
  description: descriptionSchema.default(''),
  /** Empty = every type, also those that come later. */
  types: typesSchema.default([]),
});
export type CreateEndpointInput = z.infer<typeof createEndpointSchema>;

export const changeEndpointSchema = z.object({
  url: urlSchema.optional(),
  description: descriptionSchema.optional(),
  types: typesSchema.optional(),
  isEnabled: z.boolean().optional(),
});
export type ChangeEndpointInput = z.infer<typeof changeEndpointSchema>;

export const endpointViewSchema = z.object({
  id: z.string(),
  url: z.string(),
  description: z.string(),
  types: z.array(z.enum(messageTypes)),
  state: z.enum(['enabled', 'failing', 'disabled', 'disabled_failing']),
  failingSince: instantSchema.nullable(),
  disabledAt: instantSchema.nullable(),
  /** Until then the secret before the present one signs too. */
  previousSecretUntil: instantSchema.nullable(),
  createdAt: instantSchema,
});
export type EndpointView = z.infer<typeof endpointViewSchema>;

export const endpointWithSecretSchema = z.object({ endpoint: endpointViewSchema, secret: z.string() });

export const deliveryStatusSchema = z.enum(['pending', 'delivered', 'failed']);

export const deliveryViewSchema = z.object({
  id: z.string(),
  messageId: z.string(),
  type: z.string(),
  status: deliveryStatusSchema,
  attempts: z.number().int(),
  nextAttemptAt: instantSchema.nullable(),
  responseStatus: z.number().int().nullable(),
  error: z.string().nullable(),
  createdAt: instantSchema,
  deliveredAt: instantSchema.nullable(),
});
export type DeliveryView = z.infer<typeof deliveryViewSchema>;

export const attemptViewSchema = z.object({
  attempt: z.number().int(),
  startedAt: instantSchema,
  durationMs: z.number().int(),
  responseStatus: z.number().int().nullable(),
  error: z.string().nullable(),
});

/** The request as it is sent; the answer's body is never kept. */
export const deliveryDetailSchema = deliveryViewSchema.extend({
  body: z.string(),
  log: z.array(attemptViewSchema),
});

export const listDeliveriesSchema = pageQuerySchema.extend({ status: deliveryStatusSchema.optional() });
