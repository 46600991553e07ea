import { AppError, type OrganizationId, requirePublicId, toPublicId } from '@metergate/core';
import { instantSchema } from '@metergate/core/shared/view.schemas';
import { type Request, type Response, Router } from 'express';
import { z } from 'zod';
import type { Container } from '../container.ts';
import { downloadHeaders, invoiceDocument } from '../documents/invoice-document.ts';
import { invoicesCsv, invoicesZip } from '../documents/invoice-exports.ts';
import { lineEventsCsv } from '../documents/line-events-csv.ts';
import { statementDocument } from '../documents/statement-document.ts';
import { requireMoneyReader } from './money-reader.ts';

interface Download {
  fileName: string;
  content: Uint8Array;
}
type Prepare = (organizationId: OrganizationId, request: Request) => Promise<Download>;

/**
 * What the console's download links open: a plain link carries a session and nothing else. The organization is named
 * as `?organization=`; without it the one joined last is meant.
 */
export function createInvoiceDownloadsRouter(container: Container): Router {
  const router = Router();
  const serve = (path: string, type: string, prepare: Prepare) =>
    router.get(path, async (request: Request, response: Response) => {
      const organizationId = await requireMoneyReader(container, request);
      const file = await prepare(organizationId, request);
      for (const [name, value] of Object.entries(downloadHeaders(file))) response.setHeader(name, value);
      response.type(type).send(Buffer.from(file.content));
    });
  serve('/api/billing/invoices/:id/pdf', 'application/pdf', (organizationId, { params }) =>
    invoiceDocument(container, { organizationId, invoiceId: requirePublicId('invoice', String(params.id)) }),
  );
  serve('/api/billing/usage-statements/:number/pdf', 'application/pdf', (organizationId, { params }) =>
    statementDocument(container, { organizationId, number: String(params.number) }),
  );
  serve('/api/billing/invoices.csv', 'text/csv', async (organizationId, { query }) => ({
    fileName: `invoices-${toPublicId('organization', organizationId)}.csv`,
    content: await invoicesCsv(container, { organizationId, span: spanOf(query) }),
  }));
  serve('/api/billing/invoices.zip', 'application/zip', async (organizationId, { query }) => ({
    fileName: `invoices-${toPublicId('organization', organizationId)}.zip`,
    content: await invoicesZip(container, { organizationId, span: spanOf(query) }),
  }));
  serve('/api/billing/invoices/:id/lines/:line/events.csv', 'text/csv', (organizationId, { params }) =>
    lineEventsCsv(container, {
      organizationId,
      invoiceId: requirePublicId('invoice', String(params.id)),
      lineId: requirePublicId('invoiceLine', String(params.line)),
    }),
  );
  return router;
}

const spanSchema = z.object({ from: instantSchema.optional(), to: instantSchema.optional() });

function spanOf(query: unknown): z.output<typeof spanSchema> {
  const parsed = spanSchema.safeParse(query);
  if (parsed.success) return parsed.data;
  throw new AppError({
    code: 'QUERY_INVALID',
    kind: 'malformed',
    message: 'span of an export not understood',
    userMessage: 'from and to are instants like 2027-04-01T00:00:00Z.',
  });
}
