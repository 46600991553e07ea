import { asId } from '@metergate/core';
import type { CaseRecord, CaseRepository } from '@metergate/core/payments/cases/cases.ports';
import { z } from 'zod';
import type { Dispute } from '../generated/client.ts';
import type { PrismaTransaction } from '../prisma-transaction.ts';

const statusSchema = z.enum(['open', 'credited', 'refused']);

export function createCaseRepository(tx: PrismaTransaction): CaseRepository {
  return {
    async find(organizationId, id) {
      const row = await tx.dispute.findUnique({ where: { organizationId_id: { organizationId, id } } });
      return row === null ? null : caseFromRow(row);
    },
    async findByLine(organizationId, lineId) {
      const where = { organizationId_lineId: { organizationId, lineId } };
      const row = await tx.dispute.findUnique({ where });
      return row === null ? null : caseFromRow(row);
    },
    async listByInvoice(organizationId, invoiceId) {
      const rows = await tx.dispute.findMany({
        where: { organizationId, invoiceId },
        orderBy: [{ openedAt: 'asc' }, { id: 'asc' }],
      });
      return rows.map(caseFromRow);
    },
    async save(organizationId, record) {
      const data = { ...record, organizationId };
      const where = { organizationId_id: { organizationId, id: record.id } };
      await tx.dispute.upsert({ where, create: data, update: data });
    },
  };
}

export function caseFromRow({ organizationId: _, ...row }: Dispute): CaseRecord {
  return {
    ...row,
    id: asId('dispute', row.id),
    invoiceId: asId('invoice', row.invoiceId),
    lineId: asId('invoiceLine', row.lineId),
    status: statusSchema.parse(row.status),
  };
}
