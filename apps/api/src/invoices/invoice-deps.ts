import type { PayInvoiceDeps } from '@metergate/core/payments/collect/pay-invoice';
import { createInvoiceReader } from '@metergate/db';
import type { Container } from '../container.ts';

/** What reading and paying invoices needs, taken from the container. */
export function invoiceDeps(container: Container): PayInvoiceDeps {
  const { unitOfWork, gateway, clock, ids, catalog, database } = container;
  return {
    unitOfWork,
    gateway,
    clock,
    ids,
    families: [...catalog.values()],
    invoiceReader: createInvoiceReader(database.prisma.app),
  };
}
