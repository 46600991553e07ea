import { type Actor, notFound, type OrganizationId } from '@metergate/core';
import { checkLimit } from '@metergate/core/limits/check-limit';
import { consumeLimit } from '@metergate/core/limits/consume-limit';
import {
  commitRequestSchema,
  gaugeAnswerSchema,
  gaugeRequestSchema,
  limitRequestSchema,
  releaseRequestSchema,
  reserveAnswerSchema,
  reserveRequestSchema,
} from '@metergate/core/limits/limit-requests.schemas';
import { limitAnswerSchema } from '@metergate/core/limits/limits.schemas';
import {
  checkLevel,
  levelCheckAnswerSchema,
  levelCheckRequestSchema,
} from '@metergate/core/limits/reading/check-level';
import {
  levelDaysQuerySchema,
  levelDaysViewSchema,
  readLevelDays,
} from '@metergate/core/limits/reading/read-level-days';
import { reserveLimit } from '@metergate/core/limits/reserve-limit';
import { releaseLimit, setGauge } from '@metergate/core/limits/set-gauge';
import { commitReservation, releaseReservation } from '@metergate/core/limits/settle-reservation';
import type { Container } from '../../container.ts';
import { defineRoute, type ExampleCall } from './route.ts';

const checkRoute = defineRoute({
  method: 'post',
  path: '/v1/limits/check',
  isLean: true,
  scope: 'limits:check',
  summary: 'Ask whether a quantity would be granted; changes nothing',
  body: limitRequestSchema,
  answers: { 200: limitAnswerSchema },
  example: { body: { organization: 'acme', feature: 'execution', quantity: '1' }, status: 200 },
  handle: async ({ container, body, actor }) => {
    const organizationId = await organizationOf(container, actor, body.organization);
    return { body: await checkLimit(container.metering.limits, { organizationId, input: body }) };
  },
});

const consumeRoute = defineRoute({
  method: 'post',
  path: '/v1/limits/consume',
  isLean: true,
  scope: 'limits:consume',
  summary: 'Take a quantity or be refused, all or nothing; writes the usage event',
  body: limitRequestSchema,
  answers: { 200: limitAnswerSchema, 402: limitAnswerSchema },
  example: {
    body: { organization: 'acme', feature: 'execution', quantity: '1', id: 'run-17' },
    status: 200,
  },
  handle: async ({ container, body, actor }) => {
    const organizationId = await organizationOf(container, actor, body.organization);
    const answer = await consumeLimit(container.metering.limits, { organizationId, input: body });
    return { status: answer.decision === 'blocked' ? 402 : 200, body: answer };
  },
});

const releaseRoute = defineRoute({
  method: 'post',
  path: '/v1/limits/release',
  scope: 'limits:consume',
  summary: 'Give back an allocated quantity',
  body: limitRequestSchema,
  answers: { 200: limitAnswerSchema },
  example: {
    body: { organization: 'acme', feature: 'agents', quantity: '1', id: 'agent-7-removed' },
    status: 200,
  },
  handle: async ({ container, body, actor }) => {
    const organizationId = await organizationOf(container, actor, body.organization);
    return { body: await releaseLimit(container.metering.limits, { organizationId, input: body }) };
  },
});

const reserveRoute = defineRoute({
  method: 'post',
  path: '/v1/limits/reservations',
  isLean: true,
  scope: 'limits:consume',
  summary: 'Hold a quantity for work whose size is not known yet',
  body: reserveRequestSchema,
  answers: { 201: reserveAnswerSchema, 402: reserveAnswerSchema },
  example: {
    body: { organization: 'acme', feature: 'execution', quantity: '5', leaseSeconds: 600, id: 'run-18' },
    status: 201,
  },
  handle: async ({ container, body, actor }) => {
    const organizationId = await organizationOf(container, actor, body.organization);
    const answer = await reserveLimit(container.metering.limits, { organizationId, input: body });
    return { status: answer.decision === 'blocked' ? 402 : 201, body: answer };
  },
});

const commitRoute = defineRoute({
  method: 'post',
  path: '/v1/limits/reservations/{id}/commit',
  isLean: true,
  scope: 'limits:consume',
  summary: 'Record what was really used, less or more than held; also after the lease',
  body: commitRequestSchema,
  answers: { 200: reserveAnswerSchema },
  example: {
    prepare: async (call) => ({ params: { id: await reserveForExample(call, 'run-19') } }),
    body: { organization: 'acme', quantity: '3' },
    status: 200,
  },
  handle: async ({ container, body, params, actor }) => {
    const organizationId = await organizationOf(container, actor, body.organization);
    const { quantity } = body;
    const request = { organizationId, id: params.id, quantity };
    return { body: await commitReservation(container.metering.limits, request) };
  },
});

const releaseReservationRoute = defineRoute({
  method: 'post',
  path: '/v1/limits/reservations/{id}/release',
  scope: 'limits:consume',
  summary: 'Give back everything a reservation holds',
  body: releaseRequestSchema,
  answers: { 200: reserveAnswerSchema },
  example: {
    prepare: async (call) => ({ params: { id: await reserveForExample(call, 'run-20') } }),
    body: { organization: 'acme' },
    status: 200,
  },
  handle: async ({ container, body, params, actor }) => {
    const organizationId = await organizationOf(container, actor, body.organization);
    const request = { organizationId, id: params.id };
    return { body: await releaseReservation(container.metering.limits, request) };
  },
});

const gaugeRoute = defineRoute({
  method: 'put',
  path: '/v1/organizations/{org}/gauges/{feature}',
  scope: 'usage:write',
  summary: 'Report the present level of an allocated feature (users, agents, storage)',
  body: gaugeRequestSchema,
  answers: { 200: gaugeAnswerSchema },
  example: { params: { org: 'acme', feature: 'agents' }, body: { value: '2' }, status: 200 },
  handle: async ({ container, body, params, organizationId }) => {
    const input = { ...body, feature: params.feature };
    return { body: await setGauge(container.metering.limits, { organizationId, input }) };
  },
});

const levelsRoute = defineRoute({
  method: 'get',
  path: '/v1/organizations/{org}/gauges/{feature}',
  scope: 'usage:read',
  summary: 'A level at the end of each day; without from and to the last thirty days',
  query: levelDaysQuerySchema,
  answers: { 200: levelDaysViewSchema },
  example: { params: { org: 'acme', feature: 'agents' }, status: 200 },
  handle: async ({ container, params, organizationId, query }) => {
    const deps = { ...container.metering.limits, unitOfWork: container.unitOfWork };
    return { body: await readLevelDays(deps, { organizationId, feature: params.feature, input: query }) };
  },
});

const levelCheckRoute = defineRoute({
  method: 'post',
  path: '/v1/level-checks',
  scope: 'usage:read',
  summary: "Compare the sender's own level at an instant with ours, and keep both for people to see",
  body: levelCheckRequestSchema,
  answers: { 200: levelCheckAnswerSchema },
  example: {
    body: { organization: 'acme', feature: 'agents', at: '2026-02-01T00:00:00Z', level: '0' },
    status: 200,
    answer: { equal: true, ours: '0' },
  },
  handle: async ({ container, body, organization }) => {
    const organizationId = await organization(body.organization);
    const deps = { ...container.metering.limits, unitOfWork: container.unitOfWork };
    return { body: await checkLevel(deps, { organizationId, input: body }) };
  },
});

/** From memory where possible: a decision must not wait for a name to be looked up. @throws NOT_FOUND */
async function organizationOf(
  container: Container,
  actor: Actor,
  reference: string,
): Promise<OrganizationId> {
  const found = await container.metering.usage.directory.findOrganization(reference, actor);
  if (found === undefined) throw notFound('organization');
  return found.organizationId;
}

async function reserveForExample(call: ExampleCall, id: string): Promise<string> {
  const body = { organization: 'acme', feature: 'execution', quantity: '5', leaseSeconds: 600, id };
  const answer = await call('post', '/v1/limits/reservations', body);
  return reserveAnswerSchema.parse(answer).id ?? '';
}

export const limitRoutes = [
  checkRoute,
  consumeRoute,
  releaseRoute,
  reserveRoute,
  commitRoute,
  releaseReservationRoute,
  gaugeRoute,
  levelsRoute,
  levelCheckRoute,
];
