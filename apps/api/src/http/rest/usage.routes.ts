import { toPublicId } from '@metergate/core';
import { pageSchema } from '@metergate/core/shared/page';
import { decimalSchema, instantSchema } from '@metergate/core/shared/view.schemas';
import { anomalyViewSchema, listAnomalies } from '@metergate/core/usage/anomalies/list-anomalies';
import {
  checkAgainstSender,
  listUsageChecks,
  usageCheckAnswerSchema,
  usageCheckViewSchema,
} from '@metergate/core/usage/reading/check-against-sender';
import { listUsageEvents } from '@metergate/core/usage/reading/list-usage-events';
import { readUsageParts } from '@metergate/core/usage/reading/read-usage-parts';
import { readUsageSeries } from '@metergate/core/usage/reading/read-usage-series';
import { recordUsage } from '@metergate/core/usage/record-usage';
import {
  granularitySchema,
  recordUsageAnswerSchema,
  usageBatchSizeMax,
  usageEventViewSchema,
} from '@metergate/core/usage/usage.schemas';
import {
  listedPartSchema,
  usagePartsQuerySchema,
  usagePartsViewSchema,
} from '@metergate/core/usage/usage-parts.schemas';
import { z } from 'zod';
import { defineRoute } from './route.ts';

const usageEventSchema = z.object({
  id: z.string(),
  organization: z.string(),
  meter: z.string(),
  quantity: z.union([z.string(), z.number()]),
  occurredAt: z.string(),
  client: z.string().optional(),
  subject: z.string().optional(),
  properties: z.record(z.string(), z.unknown()).optional(),
});

/** Served by the lean router in front of this one; listed here for the document and the example test. */
const recordRoute = defineRoute({
  method: 'post',
  path: '/v1/usage-events',
  scope: 'usage:write',
  summary: 'Report usage: 1 to 1 000 events, answered one by one',
  body: z.object({ events: z.array(usageEventSchema).min(1).max(usageBatchSizeMax) }),
  answers: { 200: recordUsageAnswerSchema },
  example: {
    body: {
      events: [
        {
          id: 'call-4711-minutes',
          organization: 'acme',
          meter: 'minute',
          quantity: '3',
          occurredAt: '2027-02-28T10:00:00Z',
          subject: 'call-4711',
        },
      ],
    },
    status: 200,
  },
  handle: async ({ container, actor, body }) => ({
    body: await recordUsage(container.metering.usage, {
      actor,
      events: body.events,
      source: 'api',
      defaultOrganization: actor.organizationId && toPublicId('organization', actor.organizationId),
    }),
  }),
});

const eventsRoute = defineRoute({
  method: 'get',
  path: '/v1/organizations/{org}/usage-events',
  scope: 'usage:read',
  summary: 'Stored events, newest first',
  query: z.object({
    meter: z.string().optional(),
    client: z.string().optional(),
    subject: z.string().optional(),
    from: z.string().max(40).optional(),
    to: z.string().max(40).optional(),
    /** Of one meter: what was reported in time or late, or what corrected it. */
    part: listedPartSchema.optional(),
    limit: z.coerce.number().int().min(1).max(100).default(25),
    cursor: z.string().max(500).optional(),
  }),
  answers: { 200: pageSchema(usageEventViewSchema) },
  example: { params: { org: 'acme' }, query: { meter: 'minute' }, status: 200 },
  handle: async ({ container, organizationId, query }) => {
    const { reading, usage } = container.metering;
    const deps = { ...reading, directory: usage.directory };
    return { body: await listUsageEvents(deps, { organizationId, input: query }) };
  },
});

const seriesAnswerSchema = z.object({
  total: decimalSchema,
  points: z.array(
    z.object({
      start: instantSchema,
      end: instantSchema,
      group: z.string().optional(),
      quantity: decimalSchema,
    }),
  ),
  asOf: instantSchema,
});

const seriesRoute = defineRoute({
  method: 'get',
  path: '/v1/organizations/{org}/usage',
  scope: 'usage:read',
  summary: 'Usage over time; without from and to the current period',
  query: z.object({
    meter: z.string(),
    from: z.string().max(40).optional(),
    to: z.string().max(40).optional(),
    granularity: granularitySchema.default('day'),
    /**
     * `client`: the largest that fit into 50,000 points. Or a property that the meter names: the 50 largest groups, of
     * the events that are kept.
     */
    groupBy: z.string().min(1).max(60).optional(),
  }),
  answers: { 200: seriesAnswerSchema },
  example: { params: { org: 'acme' }, query: { meter: 'minute', granularity: 'week' }, status: 200 },
  handle: async ({ container, organizationId, query }) => {
    const input = { ...query, compare: false };
    return { body: await readUsageSeries(container.metering.reading, { organizationId, input }) };
  },
});

const partsRoute = defineRoute({
  method: 'get',
  path: '/v1/organizations/{org}/usage/parts',
  scope: 'usage:read',
  summary:
    'What a total is made of: reported in time and late, amended, voided, and retired; without from and to the current period',
  query: usagePartsQuerySchema,
  answers: { 200: usagePartsViewSchema },
  example: { params: { org: 'acme' }, query: { meter: 'minute' }, status: 200 },
  handle: async ({ container, organizationId, query }) => ({
    body: await readUsageParts(container.metering.reading, { organizationId, input: query }),
  }),
});

const checkRoute = defineRoute({
  method: 'post',
  path: '/v1/usage-checks',
  scope: 'usage:read',
  summary: "Compare the sender's own count and total with ours, and keep both for people to see",
  body: z.object({
    organization: z.string().min(1).max(200),
    meter: z.string(),
    from: z.string().max(40),
    to: z.string().max(40),
    count: z.number().int().min(0),
    total: z.union([z.string().max(100), z.number()]),
    /** Our id or yours; without it all clients together. */
    client: z.string().max(255).optional(),
  }),
  answers: { 200: usageCheckAnswerSchema },
  example: {
    body: {
      organization: 'acme',
      meter: 'call',
      from: '2027-02-01T00:00:00Z',
      to: '2027-03-01T00:00:00Z',
      count: 0,
      total: '0',
    },
    status: 200,
    answer: { equal: true, ours: { count: 0, total: '0' } },
  },
  handle: async ({ container, body, organization }) => {
    const organizationId = await organization(body.organization);
    const { reading, usage } = container.metering;
    const deps = { ...reading, directory: usage.directory, unitOfWork: container.unitOfWork };
    return { body: await checkAgainstSender(deps, { organizationId, input: body }) };
  },
});

const checksRoute = defineRoute({
  method: 'get',
  path: '/v1/organizations/{org}/usage-checks',
  scope: 'usage:read',
  summary: 'The last comparison of each span, those that differ first',
  answers: { 200: z.object({ items: z.array(usageCheckViewSchema) }) },
  example: { params: { org: 'acme' }, status: 200 },
  handle: async ({ container, organizationId }) => ({
    body: { items: await listUsageChecks(container, { organizationId }) },
  }),
});

const anomaliesRoute = defineRoute({
  method: 'get',
  path: '/v1/organizations/{org}/usage/anomalies',
  scope: 'usage:read',
  summary: 'Spikes and silence against the own habit of the organization in the last 30 days, latest first',
  answers: { 200: z.object({ items: z.array(anomalyViewSchema) }) },
  example: { params: { org: 'acme' }, status: 200, answer: { items: [] } },
  handle: async ({ container, organizationId }) => ({
    body: { items: await listAnomalies(container, { organizationId }) },
  }),
});

export const usageRoutes = [
  recordRoute,
  eventsRoute,
  seriesRoute,
  partsRoute,
  checkRoute,
  checksRoute,
  anomaliesRoute,
];
