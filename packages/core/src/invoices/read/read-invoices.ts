import type { z } from 'zod';
import type { Actor } from '../../shared/actor.ts';
import type { Clock } from '../../shared/clock.ts';
import { type InvoiceId, notFound, type OrganizationId } from '../../shared/ids.ts';
import type { Page, PageQuery } from '../../shared/page.ts';
import type { InvoiceListItem, InvoiceView, invoiceFilterSchema } from '../invoices.schemas.ts';
import type { InvoiceDetails, InvoiceReader, InvoiceTab } from './invoice-reader.ports.ts';
import { amountCandidates } from './invoice-search.ts';
import { toInvoiceListItem, toInvoiceView } from './invoice-view.ts';

export interface ReadInvoicesDeps {
  invoiceReader: InvoiceReader;
  clock: Clock;
}

export interface InvoiceListView extends Page<InvoiceListItem> {
  counts: Record<InvoiceTab, number>;
}

/** One page, newest first, with the number of invoices in every tab of the same search. @throws CURSOR_INVALID */
export async function listInvoices(
  { invoiceReader, clock }: ReadInvoicesDeps,
  request: { organizationId: OrganizationId; input: PageQuery & z.output<typeof invoiceFilterSchema> },
): Promise<InvoiceListView> {
  const { status, from, to, q, limit, cursor } = request.input;
  const at = clock.now();
  const text = q?.trim() ?? '';
  const page = await invoiceReader.list(request.organizationId, {
    tab: status,
    from: from === undefined ? null : new Date(from),
    to: to === undefined ? null : new Date(to),
    text: text === '' ? null : text,
    amounts: amountCandidates(text),
    limit,
    cursor,
    at,
  });
  return { ...page, items: page.items.map((invoice) => toInvoiceListItem(invoice, at)) };
}

/** @throws NOT_FOUND, also for an invoice of somebody else */
export async function getInvoice(
  deps: ReadInvoicesDeps,
  request: { actor: Actor; organizationId: OrganizationId; invoiceId: InvoiceId },
): Promise<InvoiceView> {
  const details = await requireInvoice(deps, request);
  return toInvoiceView(details, { actor: request.actor, at: deps.clock.now() });
}

/** @throws NOT_FOUND */
export async function requireInvoice(
  { invoiceReader }: Pick<ReadInvoicesDeps, 'invoiceReader'>,
  { organizationId, invoiceId }: { organizationId: OrganizationId; invoiceId: InvoiceId },
): Promise<InvoiceDetails> {
  const details = await invoiceReader.find(organizationId, invoiceId);
  if (details === null) throw notFound('invoice');
  return details;
}
