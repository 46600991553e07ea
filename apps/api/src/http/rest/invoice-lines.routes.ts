import { requirePublicId } from '@metergate/core';
import { caseReasonSchema, caseViewSchema } from '@metergate/core/payments/cases/case.schemas';
import { toCaseView } from '@metergate/core/payments/cases/case-view';
import { openCase } from '@metergate/core/payments/cases/open-case';
import { explainLine } from '@metergate/core/payments/explain/explain-line';
import { lineExplanationViewSchema } from '@metergate/core/payments/explain/explanation.schemas';
import { z } from 'zod';
import { downloadHeaders } from '../../documents/invoice-document.ts';
import { lineEventsCsv } from '../../documents/line-events-csv.ts';
import { explainDeps } from '../../invoices/explain-deps.ts';
import { firstInvoice } from './invoices.routes.ts';
import { defineRoute, type ExampleCall } from './route.ts';

const explainRoute = defineRoute({
  method: 'get',
  path: '/v1/organizations/{org}/billing/invoices/{id}/lines/{line}/explain',
  scope: 'billing:read',
  summary:
    'How the amount of a line came about: formula, tiers, quantities per day and client, latest events',
  answers: { 200: lineExplanationViewSchema },
  example: { status: 200, prepare: firstLine },
  handle: async ({ container, organizationId, params }) => ({
    body: await explainLine(explainDeps(container), { organizationId, ...lineOf(params) }),
  }),
});

const eventsRoute = defineRoute({
  method: 'get',
  path: '/v1/organizations/{org}/billing/invoices/{id}/lines/{line}/events.csv',
  scope: 'billing:read',
  summary: 'The usage events that a line counts, as CSV; at most 50 000 rows',
  answers: { 200: null },
  example: { status: 200, prepare: usageLine },
  handle: async ({ container, organizationId, params }) => {
    const file = await lineEventsCsv(container, { organizationId, ...lineOf(params) });
    const headers = { ...downloadHeaders(file), ...(file.isCut ? { 'X-Truncated': 'true' } : {}) };
    return { status: 200, bytes: { type: 'text/csv; charset=utf-8', content: file.content }, headers };
  },
});

const disputeRoute = defineRoute({
  method: 'post',
  path: '/v1/organizations/{org}/billing/invoices/{id}/lines/{line}/disputes',
  scope: 'billing:write',
  summary: 'Question a line; a line has one case, so asking again answers the case it has',
  body: z.object({ reason: caseReasonSchema }),
  answers: { 200: caseViewSchema, 201: caseViewSchema },
  example: { body: { reason: 'We did not use this.' }, status: 201, prepare: firstLine },
  handle: async ({ container, actor, organizationId, params, body }) => {
    const deps = { ...container.background.sync, unitOfWork: container.unitOfWork };
    const request = { actor, organizationId, ...lineOf(params), reason: body.reason };
    const { record, isNew } = await openCase(deps, request);
    return { status: isNew ? 201 : 200, body: toCaseView(record) };
  },
});

export const invoiceLineRoutes = [explainRoute, eventsRoute, disputeRoute];

function lineOf(params: Readonly<Record<'id' | 'line', string>>) {
  return {
    invoiceId: requirePublicId('invoice', params.id),
    lineId: requirePublicId('invoiceLine', params.line),
  };
}

const invoiceSchema = z.object({ lines: z.array(z.object({ id: z.string() })) });
const billing = '/v1/organizations/acme/billing';

async function firstLine(call: ExampleCall): Promise<{ params: Record<string, string> }> {
  const { params } = await firstInvoice(call);
  const invoice = invoiceSchema.parse(await call('get', `${billing}/invoices/${params.id ?? ''}`));
  return { params: { ...params, line: invoice.lines[0]?.id ?? '' } };
}

const billedSchema = z.object({ invoice: z.object({ id: z.string() }).extend(invoiceSchema.shape) });
const boughtSchema = z.object({ currentPeriod: z.object({ start: z.string() }) });

/** Usage that is rated here, billed at once. */
async function usageLine(call: ExampleCall): Promise<{ params: Record<string, string> }> {
  const plan = { family: 'voice-words', plan: 'basic', paymentMethod: 'pm_card_visa' };
  const bought = boughtSchema.parse(await call('post', `${billing}/subscriptions`, plan));
  const occurredAt = bought.currentPeriod.start;
  const event = {
    id: 'example-words',
    organization: 'acme',
    meter: 'stt_words',
    quantity: '1500',
    occurredAt,
  };
  await call('post', '/v1/usage-events', { events: [event] });
  const { invoice } = billedSchema.parse(await call('post', `${billing}/usage-invoices`));
  return { params: { id: invoice.id, line: invoice.lines[0]?.id ?? '' } };
}
