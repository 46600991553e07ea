import { decimalSchema, instantSchema } from '@metergate/core/shared/view.schemas';
import { type BackfillUsageDeps, backfillUsage } from '@metergate/core/usage/backfill-usage';
import { recordUsageAnswerSchema, usageBatchSizeMax } from '@metergate/core/usage/usage.schemas';
import { z } from 'zod';
import type { Container } from '../../container.ts';
import { defineRoute } from './route.ts';

const backfillAnswerSchema = recordUsageAnswerSchema.extend({
  dryRun: z.boolean(),
  periods: z.array(
    z.object({
      meter: z.string(),
      start: instantSchema,
      end: instantSchema,
      /** Has ended: what is added comes as an adjustment on the next invoice. */
      isClosed: z.boolean(),
      before: decimalSchema,
      after: decimalSchema.nullable(),
    }),
  ),
});

const backfillRoute = defineRoute({
  method: 'post',
  path: '/v1/usage-backfills',
  scope: 'usage:backfill',
  summary: 'Report usage of any age; a dry run shows what it would change',
  body: z.object({
    organization: z.string().min(1).max(200),
    reason: z.string().max(500),
    dryRun: z.boolean().default(false),
    events: z.array(z.unknown()).min(1).max(usageBatchSizeMax),
  }),
  answers: { 200: backfillAnswerSchema },
  example: {
    body: {
      organization: 'acme',
      reason: 'The collector was down in January',
      dryRun: true,
      events: [{ id: 'late-1', meter: 'execution', quantity: '4', occurredAt: '2026-01-10T10:00:00Z' }],
    },
    status: 200,
  },
  handle: async ({ container, actor, body, organization }) => {
    const organizationId = await organization(body.organization);
    const { events, reason, dryRun: isDryRun } = body;
    const request = { actor, organizationId, events, reason, isDryRun };
    return { body: await backfillUsage(depsOf(container), request) };
  },
});

function depsOf({ metering, unitOfWork }: Container): BackfillUsageDeps {
  const { usage, preview, reading } = metering;
  return { ...usage, preview, terms: reading.terms, reader: reading.reader, unitOfWork };
}

export const usageBackfillRoutes = [backfillRoute];
