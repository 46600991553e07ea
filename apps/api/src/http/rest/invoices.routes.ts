import { requirePublicId } from '@metergate/core';
import {
  invoiceCountsSchema,
  invoiceFilterSchema,
  invoiceListItemSchema,
  invoiceViewSchema,
} from '@metergate/core/invoices/invoices.schemas';
import { getInvoice, listInvoices } from '@metergate/core/invoices/read/read-invoices';
import { payInvoice } from '@metergate/core/payments/collect/pay-invoice';
import { pageSchema } from '@metergate/core/shared/page';
import { z } from 'zod';
import { downloadHeaders, invoiceDocument } from '../../documents/invoice-document.ts';
import { invoiceDeps } from '../../invoices/invoice-deps.ts';
import { defineRoute, type ExampleCall } from './route.ts';

const listQuerySchema = invoiceFilterSchema.extend({
  limit: z.coerce.number().int().min(1).max(100).default(25),
  cursor: z.string().max(500).optional(),
});

const listRoute = defineRoute({
  method: 'get',
  path: '/v1/organizations/{org}/billing/invoices',
  scope: 'billing:read',
  summary: 'Invoices, newest first, with the number in every status',
  query: listQuerySchema,
  answers: { 200: pageSchema(invoiceListItemSchema).extend({ counts: invoiceCountsSchema }) },
  example: { query: { status: 'open', limit: '10' }, status: 200 },
  handle: async ({ container, organizationId, query }) => ({
    body: await listInvoices(invoiceDeps(container), { organizationId, input: query }),
  }),
});

const getRoute = defineRoute({
  method: 'get',
  path: '/v1/organizations/{org}/billing/invoices/{id}',
  scope: 'billing:read',
  summary: 'One invoice with its lines and history',
  answers: { 200: invoiceViewSchema },
  example: { status: 200, prepare: firstInvoice },
  handle: async ({ container, actor, organizationId, params }) => {
    const invoiceId = requirePublicId('invoice', params.id);
    return { body: await getInvoice(invoiceDeps(container), { actor, organizationId, invoiceId }) };
  },
});

const documentRoute = defineRoute({
  method: 'get',
  path: '/v1/organizations/{org}/billing/invoices/{id}/pdf',
  scope: 'billing:read',
  summary: 'The invoice as a PDF document',
  answers: { 200: null },
  example: { status: 200, prepare: firstInvoice },
  handle: async ({ container, organizationId, params }) => {
    const invoiceId = requirePublicId('invoice', params.id);
    const document = await invoiceDocument(container, { organizationId, invoiceId });
    const bytes = { type: 'application/pdf', content: document.content };
    return { status: 200, bytes, headers: downloadHeaders(document) };
  },
});

const payRoute = defineRoute({
  method: 'post',
  path: '/v1/organizations/{org}/billing/invoices/{id}/pay',
  scope: 'billing:write',
  summary: 'Collect an open invoice from the default card now; a paid one is answered as it is',
  answers: { 200: invoiceViewSchema },
  example: { status: 200, prepare: firstInvoice },
  handle: async ({ container, actor, organizationId, params }) => {
    const invoiceId = requirePublicId('invoice', params.id);
    return { body: await payInvoice(invoiceDeps(container), { actor, organizationId, invoiceId }) };
  },
});

export const invoiceRoutes = [listRoute, getRoute, documentRoute, payRoute];

const invoiceListAnswerSchema = z.object({ items: z.array(z.object({ id: z.string() })) });

/** Buys something when nothing was bought yet, so that there is an invoice. */
export async function firstInvoice(call: ExampleCall): Promise<{ params: Record<string, string> }> {
  const billing = '/v1/organizations/acme/billing';
  const find = async () =>
    invoiceListAnswerSchema.parse(await call('get', `${billing}/invoices?status=paid`)).items[0];
  let invoice = await find();
  if (invoice === undefined) {
    const body = { family: 'agent-leads', plan: 'starter', paymentMethod: 'pm_card_visa' };
    await call('post', `${billing}/subscriptions`, body);
    invoice = await find();
  }
  return { params: { id: invoice?.id ?? '' } };
}
