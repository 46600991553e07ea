import { AppError, type InvoiceId, type OrganizationId } from '@metergate/core';
import { canInvoice } from '@metergate/core/invoices/invoice-lifecycle';
import { requireInvoice } from '@metergate/core/invoices/read/read-invoices';
import type { Container } from '../container.ts';
import { invoiceDeps } from '../invoices/invoice-deps.ts';
import { renderInvoicePdf } from './invoice-pdf.ts';

export interface InvoiceDocument {
  content: Uint8Array;
  fileName: string;
}

/** @throws NOT_FOUND, INVOICE_NOT_ISSUED for a draft, whose amounts still change */
export async function invoiceDocument(
  container: Container,
  request: { organizationId: OrganizationId; invoiceId: InvoiceId },
): Promise<InvoiceDocument> {
  const details = await requireInvoice(invoiceDeps(container), request);
  const { invoice } = details;
  const { allowed, reason } = canInvoice(invoice, 'download');
  if (!allowed) throw notIssued(reason);
  const name = (invoice.number ?? invoice.stripeInvoiceId).replace(/[^A-Za-z0-9._-]/g, '-');
  return { content: await renderInvoicePdf(details), fileName: `invoice-${name}.pdf` };
}

/** Headers of a download; the name is ASCII, so it needs no encoding. */
export function downloadHeaders({ fileName }: Pick<InvoiceDocument, 'fileName'>): Record<string, string> {
  return {
    'Content-Disposition': `attachment; filename="${fileName}"`,
    'Cache-Control': 'private, no-store',
  };
}

function notIssued(reason: string | null): AppError {
  return new AppError({
    code: 'INVOICE_NOT_ISSUED',
    kind: 'conflict',
    message: 'document of a draft asked for',
    userMessage: reason ?? 'The invoice has not been issued yet.',
  });
}
