import type { ExplainDeps } from '@metergate/core/payments/explain/explain-line';
import { createInvoiceReader } from '@metergate/db';
import type { Container } from '../container.ts';

/** What explaining a line needs, taken from the container. */
export function explainDeps(container: Container): ExplainDeps {
  const { unitOfWork, metering, catalog, database } = container;
  return {
    unitOfWork,
    invoiceReader: createInvoiceReader(database.prisma.app),
    usage: metering.reading.reader,
    families: [...catalog.values()],
  };
}
