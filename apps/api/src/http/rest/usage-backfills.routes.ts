import { type BackfillUsageDeps, backfillUsage } from '@metergate/core/usage/backfills/backfill-usage';
import {
  backfillAnswerSchema,
  backfillDetailSchema,
  backfillViewSchema,
  revertAnswerSchema,
} from '@metergate/core/usage/backfills/backfills.schemas';
import { listBackfills, readBackfill } from '@metergate/core/usage/backfills/read-backfills';
import { revertBackfill } from '@metergate/core/usage/backfills/revert-backfill';
import { usageBatchSizeMax } from '@metergate/core/usage/usage.schemas';
import { z } from 'zod';
import type { Container } from '../../container.ts';
import { revertBackfillDeps } from '../../usage/correct-usage-deps.ts';
import { defineRoute, type ExampleCall } from './route.ts';

const backfillRoute = defineRoute({
  method: 'post',
  path: '/v1/usage-backfills',
  scope: 'usage:backfill',
  summary: 'Report usage of any age under a name; a dry run shows what it would change',
  body: z.object({
    organization: z.string().min(1).max(200),
    /** Your name for it: requests of one name belong together and can be taken back together. */
    id: z.string().optional(),
    reason: z.string().max(500),
    dryRun: z.boolean().default(false),
    events: z.array(z.unknown()).min(1).max(usageBatchSizeMax),
  }),
  answers: { 200: backfillAnswerSchema },
  example: {
    body: {
      organization: 'acme',
      id: 'collector-january',
      reason: 'The collector was down in January',
      dryRun: true,
      events: [{ id: 'late-1', meter: 'execution', quantity: '4', occurredAt: '2026-01-10T10:00:00Z' }],
    },
    status: 200,
  },
  handle: async ({ container, actor, body, organization }) => {
    const organizationId = await organization(body.organization);
    const { events, reason, dryRun: isDryRun, id } = body;
    const request = { actor, organizationId, events, reason, isDryRun, id };
    return { body: await backfillUsage(depsOf(container), request) };
  },
});

const listRoute = defineRoute({
  method: 'get',
  path: '/v1/organizations/{org}/usage-backfills',
  scope: 'usage:read',
  summary: 'The latest twenty backfills, and what of each still counts',
  answers: { 200: z.object({ items: z.array(backfillViewSchema) }) },
  example: { params: { org: 'acme' }, status: 200 },
  handle: async ({ container, organizationId }) => ({
    body: { items: await listBackfills(container, { organizationId }) },
  }),
});

const readRoute = defineRoute({
  method: 'get',
  path: '/v1/organizations/{org}/usage-backfills/{id}',
  scope: 'usage:read',
  summary: 'One backfill with the events of it that still count',
  query: z.object({ after: z.string().optional() }),
  answers: { 200: backfillDetailSchema },
  example: {
    prepare: async (call) => ({ params: { org: 'acme', id: await backfillForExample(call, 'february') } }),
    status: 200,
  },
  handle: async ({ container, organizationId, params, query }) => {
    const request = { organizationId, id: params.id, after: query.after ?? null };
    return { body: await readBackfill(container, request) };
  },
});

const revertRoute = defineRoute({
  method: 'post',
  path: '/v1/usage-backfills/{id}/revert',
  scope: 'usage:backfill',
  summary: 'Take back every event of a backfill that still counts; repeat it until nothing remains',
  body: z.object({
    organization: z.string().min(1).max(200),
    reason: z.string().max(500),
    dryRun: z.boolean().default(false),
  }),
  answers: { 200: revertAnswerSchema },
  example: {
    prepare: async (call) => ({ params: { id: await backfillForExample(call, 'march') } }),
    body: { organization: 'acme', reason: 'The file was of another customer', dryRun: true },
    status: 200,
  },
  handle: async ({ container, actor, body, params, organization }) => {
    const organizationId = await organization(body.organization);
    const { reason, dryRun: isDryRun } = body;
    const request = { actor, organizationId, id: params.id, reason, isDryRun };
    return { body: await revertBackfill(revertBackfillDeps(container), request) };
  },
});

function depsOf({ metering, unitOfWork, ids }: Container): BackfillUsageDeps {
  const { usage, preview, reading } = metering;
  return { ...usage, preview, terms: reading.terms, reader: reading.reader, ids, unitOfWork };
}

async function backfillForExample(call: ExampleCall, id: string): Promise<string> {
  const event = { id: `${id}-1`, meter: 'execution', quantity: '4', occurredAt: '2026-01-10T10:00:00Z' };
  await call('post', '/v1/usage-backfills', {
    ...{ organization: 'acme', id, reason: 'A lost day', events: [event] },
  });
  return id;
}

export const usageBackfillRoutes = [backfillRoute, listRoute, readRoute, revertRoute];
