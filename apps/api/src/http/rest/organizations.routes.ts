import { createOrganization, toOrganizationView, updateOrganization } from '@metergate/core';
import {
  createOrganizationSchema,
  organizationViewSchema,
  updateOrganizationSchema,
} from '@metergate/core/organizations/organizations.schemas';
import { organizationDeps } from '../../organizations/organization-deps.ts';
import { readOrganization } from '../../organizations/read-organization.ts';
import { defineRoute } from './route.ts';

const createRoute = defineRoute({
  method: 'post',
  path: '/v1/organizations',
  scope: 'organizations:write',
  summary: 'Create an organization; the same externalId again answers the first one with 200',
  body: createOrganizationSchema,
  answers: { 200: organizationViewSchema, 201: organizationViewSchema },
  example: {
    body: { name: 'Northwind', externalId: 'crm-4711', email: 'billing@northwind.example', currency: 'usd' },
    status: 201,
  },
  handle: async ({ container, actor, body }) => {
    const { organization, created } = await createOrganization(organizationDeps(container), {
      actor,
      input: body,
    });
    return { status: created ? 201 : 200, body: toOrganizationView(organization) };
  },
});

const getRoute = defineRoute({
  method: 'get',
  path: '/v1/organizations/{org}',
  scope: 'organizations:read',
  summary: 'Read an organization by our id or its externalId',
  answers: { 200: organizationViewSchema },
  example: { params: { org: 'acme' }, status: 200 },
  handle: async ({ container, organizationId }) => ({
    body: await readOrganization(container, organizationId),
  }),
});

const updateRoute = defineRoute({
  method: 'patch',
  path: '/v1/organizations/{org}',
  scope: 'organizations:write',
  summary: 'Change name, e-mail or time zone; fields that are absent stay',
  // The settings about who sees money and who may buy are the owner's, so that no key widens its maker's rights.
  body: updateOrganizationSchema.pick({ name: true, email: true, timeZone: true }),
  answers: { 200: organizationViewSchema },
  example: { params: { org: 'acme' }, body: { timeZone: 'Europe/Berlin' }, status: 200 },
  handle: async ({ container, actor, organizationId, body }) => {
    const updated = await updateOrganization(organizationDeps(container), {
      actor,
      organizationId,
      input: body,
    });
    return { body: toOrganizationView(updated) };
  },
});

export const organizationRoutes = [createRoute, getRoute, updateRoute];
