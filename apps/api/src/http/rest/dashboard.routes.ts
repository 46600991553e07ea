import { billingSummaryViewSchema } from '@metergate/core/invoices/invoices.schemas';
import {
  costDaysQuerySchema,
  costDaysViewSchema,
  readCostDays,
} from '@metergate/core/payments/cost-days/read-cost-days';
import { readBillingSummary } from '@metergate/core/payments/summary/read-billing-summary';
import { costDayDeps } from '../../invoices/cost-day-deps.ts';
import { summaryDeps } from '../../invoices/summary-deps.ts';
import { defineRoute } from './route.ts';

const dashboardRoute = defineRoute({
  method: 'get',
  path: '/v1/organizations/{org}/billing/dashboard',
  scope: 'billing:read',
  summary: 'Cost of the running periods so far and forecast, and what has to be done, all of one moment',
  answers: { 200: billingSummaryViewSchema },
  example: { status: 200 },
  handle: async ({ container, actor, organizationId }) => {
    const reader = { seesMoney: true, mayBuy: actor.scopes.includes('billing:write') };
    return { body: await readBillingSummary(summaryDeps(container), { organizationId, reader }) };
  },
});

const costDaysRoute = defineRoute({
  method: 'get',
  path: '/v1/organizations/{org}/billing/cost-days',
  scope: 'billing:read',
  summary:
    'Cost of the running periods so far when each local day ended; without from and to the last thirty days',
  query: costDaysQuerySchema,
  answers: { 200: costDaysViewSchema },
  example: { status: 200 },
  handle: async ({ container, organizationId, query }) => ({
    body: await readCostDays(costDayDeps(container), { organizationId, input: query }),
  }),
});

export const dashboardRoutes = [dashboardRoute, costDaysRoute];
