import type { OrganizationId } from '@metergate/core';
import {
  budgetViewSchema,
  type SetBudgetInput,
  setBudgetSchema,
} from '@metergate/core/limits/budgets/budgets.schemas';
import { listBudgets } from '@metergate/core/limits/budgets/list-budgets';
import { removeBudget, setBudget } from '@metergate/core/limits/budgets/set-budget';
import { z } from 'zod';
import type { Container } from '../../container.ts';
import { budgetDepsOf } from '../../usage/limit-reading.ts';
import { type ApiKeyActor, defineRoute, type ExampleCall } from './route.ts';

interface BudgetCall {
  container: Container;
  actor: ApiKeyActor;
  organizationId: OrganizationId;
}

const listRoute = defineRoute({
  method: 'get',
  path: '/v1/organizations/{org}/budgets',
  scope: 'billing:read',
  summary: 'Budgets with what their usage has cost so far, the one of the organization first',
  answers: { 200: z.object({ items: z.array(budgetViewSchema) }) },
  example: { params: { org: 'acme' }, status: 200 },
  handle: async ({ container, organizationId }) => ({
    body: { items: await listBudgets(budgetDepsOf(container), { organizationId }) },
  }),
});

const setRoute = defineRoute({
  method: 'put',
  path: '/v1/organizations/{org}/budget',
  scope: 'billing:write',
  summary: 'Set what may be spent on usage in a period; `block` refuses what would cost more',
  body: setBudgetSchema,
  answers: { 200: budgetViewSchema },
  example: {
    params: { org: 'acme' },
    body: { amountMinor: '50000', period: 'billing_period', onReached: 'block', thresholds: [80, 100] },
    status: 200,
  },
  handle: async ({ body, ...call }) => ({ body: await set(call, { client: null, input: body }) }),
});

const removeRoute = defineRoute({
  method: 'delete',
  path: '/v1/organizations/{org}/budget',
  scope: 'billing:write',
  summary: 'Take the budget of the organization away',
  answers: { 204: null },
  example: { params: { org: 'acme' }, status: 204 },
  handle: (call) => remove(call, null),
});

const setOfClientRoute = defineRoute({
  method: 'put',
  path: '/v1/organizations/{org}/clients/{client}/budget',
  scope: 'billing:write',
  summary: 'Set what may be spent on the usage of one client (our id or its externalId); others stay free',
  body: setBudgetSchema,
  answers: { 200: budgetViewSchema },
  example: {
    params: { org: 'acme', client: 'client-19' },
    body: { amountMinor: '2000', onReached: 'block' },
    status: 200,
    prepare: (call) => addClient(call, 'client-19'),
  },
  handle: async ({ body, params, ...call }) => ({
    body: await set(call, { client: params.client, input: body }),
  }),
});

const removeOfClientRoute = defineRoute({
  method: 'delete',
  path: '/v1/organizations/{org}/clients/{client}/budget',
  scope: 'billing:write',
  summary: 'Take the budget of a client away',
  answers: { 204: null },
  example: {
    params: { org: 'acme', client: 'client-19' },
    status: 204,
    prepare: (call) => addClient(call, 'client-19'),
  },
  handle: ({ params, ...call }) => remove(call, params.client),
});

async function set(
  { container, actor, organizationId }: BudgetCall,
  { client, input }: { client: string | null; input: SetBudgetInput },
) {
  const view = await setBudget(budgetDepsOf(container), { actor, organizationId, client, input });
  container.metering.entitlements.forget(organizationId);
  return view;
}

async function remove({ container, actor, organizationId }: BudgetCall, client: string | null) {
  await removeBudget(container, { actor, organizationId, client });
  container.metering.entitlements.forget(organizationId);
  return { status: 204 };
}

async function addClient(call: ExampleCall, externalId: string) {
  await call('post', '/v1/organizations/acme/clients', { name: 'Cedar Clinic', externalId });
  return {};
}

export const budgetRoutes = [listRoute, setRoute, removeRoute, setOfClientRoute, removeOfClientRoute];
