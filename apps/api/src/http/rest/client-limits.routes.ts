import { notFound } from '@metergate/core';
import {
  clientLimitViewSchema,
  setClientLimitSchema,
} from '@metergate/core/limits/client-limits/client-limits.schemas';
import { findClient } from '@metergate/core/limits/client-limits/find-client';
import { listClientLimits } from '@metergate/core/limits/client-limits/list-client-limits';
import { setClientLimit } from '@metergate/core/limits/client-limits/set-client-limit';
import { z } from 'zod';
import { budgetDepsOf } from '../../usage/limit-reading.ts';
import { defineRoute, type ExampleCall } from './route.ts';

const path = '/v1/organizations/{org}/clients/{client}/limits/{feature}';

const listRoute = defineRoute({
  method: 'get',
  path: '/v1/organizations/{org}/client-limits',
  scope: 'organizations:read',
  summary: 'What clients are allowed of features, and how much of it they have used',
  query: z.object({ client: z.string().max(200).optional(), feature: z.string().max(100).optional() }),
  answers: { 200: z.object({ items: z.array(clientLimitViewSchema) }) },
  example: { params: { org: 'acme' }, query: { feature: 'message' }, status: 200 },
  handle: async ({ container, organizationId, query: { client, feature } }) => {
    const clientId =
      client === undefined
        ? undefined
        : (await container.unitOfWork.run(organizationId, (tx) => findClient(tx, organizationId, client))).id;
    const filter = { clientId, feature };
    return { body: { items: await listClientLimits(budgetDepsOf(container), { organizationId, filter }) } };
  },
});

const setRoute = defineRoute({
  method: 'put',
  path,
  scope: 'organizations:write',
  summary:
    'Set what one client (our id or its externalId) may use of a feature, within the limit of the plan',
  body: setClientLimitSchema,
  answers: { 200: clientLimitViewSchema },
  example: {
    params: { org: 'acme', client: 'client-20', feature: 'message' },
    body: { limit: '500' },
    status: 200,
    prepare: addClient,
  },
  handle: async ({ container, actor, organizationId, params, body }) => {
    const input = { client: params.client, feature: params.feature, limit: body.limit };
    const view = await setClientLimit(budgetDepsOf(container), { actor, organizationId, input });
    container.metering.entitlements.forget(organizationId);
    if (view === null) throw notFound('client limit');
    return { body: view };
  },
});

const removeRoute = defineRoute({
  method: 'delete',
  path,
  scope: 'organizations:write',
  summary: 'Take the ceiling of a client away; the limit of the plan stays',
  answers: { 204: null },
  example: {
    params: { org: 'acme', client: 'client-20', feature: 'message' },
    status: 204,
    prepare: addClient,
  },
  handle: async ({ container, actor, organizationId, params }) => {
    const input = { client: params.client, feature: params.feature, limit: null };
    await setClientLimit(budgetDepsOf(container), { actor, organizationId, input });
    container.metering.entitlements.forget(organizationId);
    return { status: 204 };
  },
});

async function addClient(call: ExampleCall) {
  await call('post', '/v1/organizations/acme/clients', { name: 'Birch Legal', externalId: 'client-20' });
  return {};
}

export const clientLimitRoutes = [listRoute, setRoute, removeRoute];
