import { listUsageProofs } from '@metergate/core/payments/prove-usage/prove-usage';
import { usageProofViewSchema } from '@metergate/core/payments/prove-usage/usage-proof.schemas';
import { usageStatementViewSchema } from '@metergate/core/payments/statements/statement.schemas';
import { listStatements } from '@metergate/core/payments/statements/usage-statements';
import { z } from 'zod';
import { downloadHeaders } from '../../documents/invoice-document.ts';
import { statementDocument } from '../../documents/statement-document.ts';
import { billedUsageSchema, billUsageSoFar } from '../../invoices/bill-usage-command.ts';
import { defineRoute, type ExampleCall } from './route.ts';

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

const statementListRoute = defineRoute({
  method: 'get',
  path: '/v1/organizations/{org}/billing/usage-statements',
  scope: 'billing:read',
  summary: 'Our own numbered documents of what was billed for usage, newest first',
  answers: { 200: z.object({ items: z.array(usageStatementViewSchema) }) },
  example: { status: 200 },
  handle: async ({ container, organizationId }) => ({
    body: { items: await listStatements(container, { organizationId }) },
  }),
});

const statementRoute = defineRoute({
  method: 'get',
  path: '/v1/organizations/{org}/billing/usage-statements/{number}/pdf',
  scope: 'billing:read',
  summary: 'One of these documents as a PDF; it never changes',
  answers: { 200: null },
  example: { status: 200, params: { number: 'US-000001' }, prepare: firstStatement },
  handle: async ({ container, organizationId, params }) => {
    const document = await statementDocument(container, { organizationId, number: params.number });
    const bytes = { type: 'application/pdf', content: document.content };
    return { status: 200, bytes, headers: downloadHeaders(document) };
  },
});

export const usageInvoiceRoutes = [billRoute, proofRoute, statementListRoute, statementRoute];

const statementListSchema = z.object({ items: z.array(z.unknown()) });

/** Bills some words when nothing was billed yet, so that there is a statement. */
async function firstStatement(call: ExampleCall): Promise<object> {
  const billing = '/v1/organizations/acme/billing';
  const found = statementListSchema.parse(await call('get', `${billing}/usage-statements`));
  if (found.items.length > 0) return {};
  const plan = { family: 'voice-words', plan: 'basic', paymentMethod: 'pm_card_visa' };
  await call('post', `${billing}/subscriptions`, plan).catch(() => undefined);
  const event = { id: 'statement-1', organization: 'acme', meter: 'stt_words', quantity: '1000' };
  // A moment ago, by the clock of whoever asks.
  const answer = z
    .object({ asOf: z.string() })
    .parse(await call('get', '/v1/organizations/acme/usage?meter=stt_words'));
  await call('post', '/v1/usage-events', { events: [{ ...event, occurredAt: answer.asOf }] });
  await call('post', `${billing}/usage-invoices`, {});
  return {};
}
