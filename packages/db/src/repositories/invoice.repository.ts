import type { CreditNoteRepository, InvoiceRepository } from '@metergate/core/invoices/invoices.ports';
import type { PrismaTransaction } from '../prisma-transaction.ts';
import {
  creditNoteFromRow,
  eventFromRow,
  invoiceFromRow,
  invoiceToRow,
  lineFromRow,
  lineToRow,
  toJson,
} from './invoice.mapping.ts';

export function createInvoiceRepository(tx: PrismaTransaction): InvoiceRepository {
  return {
    async findById(organizationId, id) {
      const row = await tx.invoice.findUnique({ where: { organizationId_id: { organizationId, id } } });
      return row === null ? null : invoiceFromRow(row);
    },
    async findByStripeId(organizationId, stripeInvoiceId) {
      const where = { organizationId_stripeInvoiceId: { organizationId, stripeInvoiceId } };
      const row = await tx.invoice.findUnique({ where });
      return row === null ? null : invoiceFromRow(row);
    },
    async listLines(organizationId, invoiceId) {
      const rows = await tx.invoiceLine.findMany({
        where: { organizationId, invoiceId },
        orderBy: { position: 'asc' },
      });
      return rows.map(lineFromRow);
    },
    async listEvents(organizationId, invoiceId) {
      const rows = await tx.invoiceEvent.findMany({
        where: { organizationId, invoiceId },
        orderBy: [{ at: 'asc' }, { id: 'asc' }],
      });
      return rows.map(eventFromRow);
    },
    async listAll(organizationId, limit) {
      const rows = await tx.invoice.findMany({
        where: { organizationId },
        orderBy: [{ stripeCreatedAt: 'desc' }, { id: 'desc' }],
        take: limit,
      });
      return rows.map(invoiceFromRow);
    },
    async save(organizationId, invoice) {
      const data = invoiceToRow(organizationId, invoice);
      const where = { organizationId_id: { organizationId, id: invoice.id } };
      await tx.invoice.upsert({ where, create: data, update: data });
    },
    saveLines: (organizationId, id, lines) => saveLines(tx, { organizationId, id, lines }),
    async addEvents(organizationId, invoiceId, events) {
      if (events.length === 0) return;
      await tx.invoiceEvent.createMany({
        data: events.map(({ id, at, kind, detail }) => ({
          id,
          at,
          kind,
          organizationId,
          invoiceId,
          detail: toJson(detail),
        })),
      });
    },
  };
}

async function saveLines(
  tx: PrismaTransaction,
  input: {
    organizationId: string;
    id: string;
    lines: Parameters<InvoiceRepository['saveLines']>[2];
  },
): Promise<void> {
  const { organizationId, id, lines } = input;
  const invoice = await tx.invoice.findUniqueOrThrow({
    where: { organizationId_id: { organizationId, id } },
  });
  if (invoice.status === 'draft') {
    const kept = lines.map(({ stripeLineId }) => stripeLineId);
    await tx.invoiceLine.deleteMany({
      where: { organizationId, invoiceId: id, stripeLineId: { notIn: kept } },
    });
    for (const line of lines) {
      const data = lineToRow(organizationId, id, line);
      await tx.invoiceLine.upsert({
        where: { organizationId_stripeLineId: { organizationId, stripeLineId: line.stripeLineId } },
        create: data,
        update: data,
      });
    }
    return;
  }
  await tx.invoiceLine.createMany({
    data: lines.map((line) => lineToRow(organizationId, id, line)),
    skipDuplicates: true,
  });
}

export function createCreditNoteRepository(tx: PrismaTransaction): CreditNoteRepository {
  return {
    async listByInvoice(organizationId, invoiceId) {
      const rows = await tx.creditNote.findMany({
        where: { organizationId, invoiceId },
        orderBy: { createdAt: 'asc' },
      });
      return rows.map(creditNoteFromRow);
    },
    async findByStripeId(organizationId, stripeCreditNoteId) {
      const where = { organizationId_stripeCreditNoteId: { organizationId, stripeCreditNoteId } };
      const row = await tx.creditNote.findUnique({ where });
      return row === null ? null : creditNoteFromRow(row);
    },
    async save(organizationId, note) {
      const where = { organizationId_id: { organizationId, id: note.id } };
      const data = { ...note, organizationId };
      await tx.creditNote.upsert({ where, create: data, update: data });
    },
  };
}
