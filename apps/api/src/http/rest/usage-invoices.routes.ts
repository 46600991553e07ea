import { billedUsageSchema, billUsageSoFar } from '../../invoices/bill-usage-command.ts';
import { defineRoute } from './route.ts';

const billRoute = defineRoute({
  method: 'post',
  path: '/v1/organizations/{org}/billing/usage-invoices',
  scope: 'billing:write',
  summary: 'Bill the usage so far that is rated here; what was billed already is not billed again',
  answers: { 200: billedUsageSchema, 201: billedUsageSchema },
  example: { status: 200 },
  handle: async ({ container, actor, organizationId }) => {
    const body = await billUsageSoFar(container, { actor, organizationId });
    return { status: body.invoice === null ? 200 : 201, body };
  },
});

export const usageInvoiceRoutes = [billRoute];
