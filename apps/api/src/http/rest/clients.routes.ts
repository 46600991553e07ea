import {
  archiveClient,
  type ClientId,
  createClient,
  fromPublicId,
  notFound,
  type OrganizationId,
  toClientView,
} from '@metergate/core';
import {
  clientStatusSchema,
  clientViewSchema,
  createClientSchema,
} from '@metergate/core/organizations/organizations.schemas';
import { pageSchema } from '@metergate/core/shared/page';
import { z } from 'zod';
import type { Container } from '../../container.ts';
import { organizationDeps } from '../../organizations/organization-deps.ts';
import { defineRoute } from './route.ts';

const createRoute = defineRoute({
  method: 'post',
  path: '/v1/organizations/{org}/clients',
  scope: 'organizations:write',
  summary:
    'Add a client; the same externalId again answers the same client. Changes the quantity of the add-on',
  body: createClientSchema,
  answers: { 201: clientViewSchema },
  example: {
    params: { org: 'acme' },
    body: { name: 'Harbor Dental', externalId: 'client-17' },
    status: 201,
  },
  handle: async ({ container, actor, organizationId, body }) => {
    const deps = organizationDeps(container);
    const client = await createClient(deps, { actor, organizationId, ...body });
    container.wake();
    return { status: 201, body: toClientView(client) };
  },
});

const listRoute = defineRoute({
  method: 'get',
  path: '/v1/organizations/{org}/clients',
  scope: 'organizations:read',
  summary: 'List clients, oldest first',
  query: z.object({
    limit: z.coerce.number().int().min(1).max(100).default(25),
    cursor: z.string().max(500).optional(),
    q: z.string().max(100).optional(),
    status: clientStatusSchema.optional(),
  }),
  answers: { 200: pageSchema(clientViewSchema) },
  example: { params: { org: 'acme' }, query: { limit: '10', status: 'active' }, status: 200 },
  handle: async ({ container, organizationId, query }) => {
    const page = await container.unitOfWork.run(organizationId, (tx) =>
      tx.clients.list(organizationId, query),
    );
    return { body: { ...page, items: page.items.map(toClientView) } };
  },
});

const archiveRoute = defineRoute({
  method: 'delete',
  path: '/v1/organizations/{org}/clients/{client}',
  scope: 'organizations:write',
  summary: 'Archive a client by our id or its externalId; its usage stays readable, charging ends',
  answers: { 200: clientViewSchema },
  example: {
    params: { org: 'acme', client: 'client-18' },
    status: 200,
    prepare: async (call) => {
      await call('post', '/v1/organizations/acme/clients', { name: 'Pine Optics', externalId: 'client-18' });
      return {};
    },
  },
  handle: async ({ container, actor, organizationId, params }) => {
    const clientId = await resolveClient(container, organizationId, params.client);
    const archived = await archiveClient(organizationDeps(container), { actor, organizationId, clientId });
    container.wake();
    return { body: toClientView(archived) };
  },
});

async function resolveClient(
  { unitOfWork }: Pick<Container, 'unitOfWork'>,
  organizationId: OrganizationId,
  reference: string,
): Promise<ClientId> {
  const id = fromPublicId('client', reference);
  if (id !== undefined) return id;
  const found = await unitOfWork.run(organizationId, (tx) =>
    tx.clients.findByExternalId(organizationId, reference),
  );
  if (found === undefined) throw notFound('client');
  return found.id;
}

export const clientRoutes = [createRoute, listRoute, archiveRoute];
