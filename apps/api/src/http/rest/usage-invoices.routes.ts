import { listUsageProofs } from '@metergate/core/payments/prove-usage/prove-usage';
import { usageProofViewSchema } from '@metergate/core/payments/prove-usage/usage-proof.schemas';
import { z } from 'zod';
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

const proofRoute = defineRoute({
  method: 'get',
  path: '/v1/organizations/{org}/billing/usage-proofs',
  scope: 'billing:read',
  summary: 'Per closed period and meter: events, their totals, what Stripe was told and what was invoiced',
  answers: { 200: z.object({ items: z.array(usageProofViewSchema) }) },
  example: { status: 200 },
  handle: async ({ container, organizationId }) => ({
    body: { items: await listUsageProofs(container, { organizationId }) },
  }),
});

export const usageInvoiceRoutes = [billRoute, proofRoute];
