import { decimalSchema } from '@metergate/core/shared/view.schemas';
import { correctUsage } from '@metergate/core/usage/correct-usage';
import { z } from 'zod';
import { correctUsageDeps } from '../../usage/correct-usage-deps.ts';
import { defineRoute, type ExampleCall } from './route.ts';

const correctionSchema = z.object({
  id: z.string(),
  adjusts: z.string(),
  kind: z.enum(['void', 'amend']),
  quantity: decimalSchema,
});
const voidSchema = z.object({
  organization: z.string().min(1).max(200),
  reason: z.string().max(500),
});

const voidRoute = defineRoute({
  method: 'post',
  path: '/v1/usage-events/{id}/void',
  scope: 'usage:correct',
  summary: 'Take back a reported event by appending its opposite',
  body: voidSchema,
  answers: { 200: correctionSchema },
  example: {
    prepare: async (call) => ({ params: { id: await consumeForExample(call, 'run-21') } }),
    body: { organization: 'acme', reason: 'Sent by a test system' },
    status: 200,
  },
  handle: async ({ container, actor, body, params, organization }) => {
    const organizationId = await organization(body.organization);
    const request = { actor, organizationId, eventId: params.id, reason: body.reason, quantity: null };
    return { body: await correctUsage(correctUsageDeps(container), request) };
  },
});

const amendRoute = defineRoute({
  method: 'post',
  path: '/v1/usage-events/{id}/amend',
  scope: 'usage:correct',
  summary: 'Correct the quantity of a reported event by appending the difference',
  body: voidSchema.extend({ quantity: z.union([z.string().max(100), z.number()]) }),
  answers: { 200: correctionSchema },
  example: {
    prepare: async (call) => ({ params: { id: await consumeForExample(call, 'run-22') } }),
    body: { organization: 'acme', reason: 'Counted twice by the sender', quantity: '1' },
    status: 200,
  },
  handle: async ({ container, actor, body, params, organization }) => {
    const organizationId = await organization(body.organization);
    const { reason, quantity } = body;
    const request = { actor, organizationId, eventId: params.id, reason, quantity };
    return { body: await correctUsage(correctUsageDeps(container), request) };
  },
});

async function consumeForExample(call: ExampleCall, id: string): Promise<string> {
  await call('post', '/v1/limits/consume', { organization: 'acme', feature: 'execution', quantity: '2', id });
  return id;
}

export const usageCorrectionRoutes = [voidRoute, amendRoute];
