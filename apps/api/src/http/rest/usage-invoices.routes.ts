import { invoiceViewSchema } from '@metergate/core/invoices/invoices.schemas';
import { getInvoice } from '@metergate/core/invoices/read/read-invoices';
import { billUsage } from '@metergate/core/payments/bill-usage/bill-usage';
import { z } from 'zod';
import { billUsageDeps } from '../../invoices/bill-usage-deps.ts';
import { invoiceDeps } from '../../invoices/invoice-deps.ts';
import { defineRoute } from './route.ts';

const billedUsageSchema = z.object({
  /** The last one when several subscriptions had usage. */
  invoice: invoiceViewSchema.nullable(),
  reason: z.enum(['no_subscription', 'nothing_to_bill', 'on_next_invoice']).optional(),
});

const billRoute = defineRoute({
  method: 'post',
  path: '/v1/organizations/{org}/billing/usage-invoices',
  scope: 'billing:write',
  summary: 'Bill the usage so far that is rated here; what was billed already is not billed again',
  answers: { 200: billedUsageSchema, 201: billedUsageSchema },
  example: { status: 200 },
  handle: async ({ container, actor, organizationId }) => {
    const request = { actor, organizationId, isCurrentIncluded: true };
    const { invoiceIds, reason } = await billUsage(billUsageDeps(container), request);
    const invoiceId = invoiceIds.at(-1);
    if (invoiceId === undefined)
      return { status: 200, body: { invoice: null, reason: reason ?? 'nothing_to_bill' } };
    const invoice = await getInvoice(invoiceDeps(container), { actor, organizationId, invoiceId });
    return { status: 201, body: { invoice } };
  },
});

export const usageInvoiceRoutes = [billRoute];
