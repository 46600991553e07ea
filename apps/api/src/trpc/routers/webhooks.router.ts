import { pageSchema } from '@metergate/core';
import {
  changeEndpointSchema,
  createEndpointSchema,
  deliveryDetailSchema,
  deliveryViewSchema,
  endpointViewSchema,
  endpointWithSecretSchema,
  listDeliveriesSchema,
} from '@metergate/core/webhooks/webhooks.schemas';
import { z } from 'zod';
import { webhookCalls } from '../../webhooks/webhook-calls.ts';
import { webhookReadings } from '../../webhooks/webhook-readings.ts';
import { t } from '../init.ts';
import { adminProcedure } from '../procedures.ts';

const endpointInput = z.object({ endpointId: z.string() });
const deliveryInput = z.object({ deliveryId: z.string() });
const sinceInput = endpointInput.extend({ since: z.iso.datetime() });

const withReadings = adminProcedure.use(({ ctx, next }) =>
  next({ ctx: { webhooks: webhookReadings(ctx.container, ctx.organizationId) } }),
);
const withCalls = adminProcedure.use(({ ctx, next }) => {
  const { container, actor, organizationId: owner } = ctx;
  return next({ ctx: { webhooks: webhookCalls(container, { actor, owner }) } });
});

/** Endpoints of one organization. No API key reaches them: a leaked key must not send facts elsewhere. */
export const webhooksRouter = t.router({
  list: withReadings.output(z.array(endpointViewSchema)).query(({ ctx }) => ctx.webhooks.list()),
  get: withReadings
    .input(endpointInput)
    .output(endpointViewSchema)
    .query(({ ctx, input }) => ctx.webhooks.get(input.endpointId)),
  deliveries: withReadings
    .input(endpointInput.extend(listDeliveriesSchema.shape))
    .output(pageSchema(deliveryViewSchema))
    .query(({ ctx, input }) => ctx.webhooks.deliveries(input.endpointId, input)),
  delivery: withReadings
    .input(deliveryInput)
    .output(deliveryDetailSchema)
    .query(({ ctx, input }) => ctx.webhooks.delivery(input.deliveryId)),
  /** The only answer that ever holds the secret. */
  create: withCalls
    .input(createEndpointSchema)
    .output(endpointWithSecretSchema)
    .mutation(({ ctx, input }) => ctx.webhooks.create(input)),
  change: withCalls
    .input(endpointInput.extend(changeEndpointSchema.shape))
    .output(endpointViewSchema)
    .mutation(({ ctx, input }) => ctx.webhooks.change(input.endpointId, input)),
  rotate: withCalls
    .input(endpointInput)
    .output(endpointWithSecretSchema)
    .mutation(({ ctx, input }) => ctx.webhooks.rotate(input.endpointId)),
  remove: withCalls
    .input(endpointInput)
    .output(endpointInput)
    .mutation(({ ctx, input }) => ctx.webhooks.remove(input.endpointId)),
  test: withCalls
    .input(endpointInput)
    .output(deliveryViewSchema)
    .mutation(({ ctx, input }) => ctx.webhooks.test(input.endpointId)),
  resend: withCalls
    .input(deliveryInput)
    .output(deliveryViewSchema)
    .mutation(({ ctx, input }) => ctx.webhooks.resend(input.deliveryId)),
  resendUndelivered: withCalls
    .input(sinceInput)
    .output(z.object({ count: z.number().int() }))
    .mutation(({ ctx, input }) => ctx.webhooks.resendUndelivered(input.endpointId, new Date(input.since))),
});
