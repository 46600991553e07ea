import { AppError, fromPublicId, type OrganizationId } from '@metergate/core';
import { canInvoice } from '@metergate/core/invoices/invoice-lifecycle';
import type { InvoiceListItem } from '@metergate/core/invoices/invoices.schemas';
import { listInvoices } from '@metergate/core/invoices/read/read-invoices';
import { zipSync } from 'fflate';
import type { Container } from '../container.ts';
import { invoiceDeps } from '../invoices/invoice-deps.ts';
import { csvText } from './csv.ts';
import { invoiceDocument } from './invoice-document.ts';

/** Bounds of one download; a narrower span of days gets at the rest. */
const ROWS_MAX = 10_000;
export const documentsMax = 100;

export interface InvoiceSpan {
  from?: string | undefined;
  to?: string | undefined;
}

const columns = [
  'id',
  'number',
  'status',
  'currency',
  'total_minor',
  'amount_due_minor',
  'amount_remaining_minor',
  'period_start',
  'period_end',
  'issued_at',
  'due_at',
  'paid_at',
];

/** One row per invoice, newest first. @throws EXPORT_TOO_LARGE */
export async function invoicesCsv(
  container: Container,
  request: { organizationId: OrganizationId; span: InvoiceSpan },
): Promise<Uint8Array> {
  const invoices = await allInvoices(container, { ...request, max: ROWS_MAX });
  const rows = invoices.map((invoice) => [
    invoice.id,
    invoice.number,
    invoice.status,
    invoice.currency,
    invoice.totalMinor,
    invoice.amountDueMinor,
    invoice.amountRemainingMinor,
    invoice.period?.start ?? null,
    invoice.period?.end ?? null,
    invoice.issuedAt,
    invoice.dueAt,
    invoice.paidAt,
  ]);
  return new TextEncoder().encode(csvText([columns, ...rows]));
}

/** The documents of every issued invoice in the span. @throws EXPORT_TOO_LARGE beyond a hundred */
export async function invoicesZip(
  container: Container,
  request: { organizationId: OrganizationId; span: InvoiceSpan },
): Promise<Uint8Array> {
  const { organizationId } = request;
  const files: Record<string, Uint8Array> = {};
  for (const invoice of await allInvoices(container, { ...request, max: documentsMax })) {
    const invoiceId = fromPublicId('invoice', invoice.id);
    const isIssued = canInvoice({ status: invoice.status, amountRemainingMinor: 0n }, 'download').allowed;
    if (invoiceId === undefined || !isIssued) continue;
    const document = await invoiceDocument(container, { organizationId, invoiceId });
    files[document.fileName] = document.content;
  }
  // Documents are compressed already.
  return zipSync(files, { level: 0 });
}

async function allInvoices(
  container: Container,
  { organizationId, span, max }: { organizationId: OrganizationId; span: InvoiceSpan; max: number },
): Promise<InvoiceListItem[]> {
  const items: InvoiceListItem[] = [];
  let cursor: string | undefined;
  do {
    const input = { status: 'all' as const, ...span, limit: 100, cursor };
    const page = await listInvoices(invoiceDeps(container), { organizationId, input });
    items.push(...page.items);
    if (items.length > max) throw tooLarge(max);
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined);
  return items;
}

function tooLarge(max: number): AppError {
  return new AppError({
    code: 'EXPORT_TOO_LARGE',
    kind: 'invalid_input',
    message: `more than ${max} invoices in one export`,
    userMessage: `This is more than ${max} invoices. Choose a shorter span of days.`,
    context: { max },
    exposeContext: true,
  });
}
