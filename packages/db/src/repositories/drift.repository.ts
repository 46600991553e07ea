import { asId } from '@metergate/core';
import type { DriftFinding, DriftRepository } from '@metergate/core/payments/drift/drift.ports';
import {
  driftFindingViewSchema,
  driftKindSchema,
  driftSourceSchema,
  driftStatusSchema,
} from '@metergate/core/payments/drift/drift.schemas';
import type { PrismaTransaction } from '../prisma-transaction.ts';

export function createDriftRepository(tx: PrismaTransaction): DriftRepository {
  return {
    async listUnsettled(organizationId) {
      const status = { in: ['open', 'accepted'] };
      const rows = await tx.driftFinding.findMany({
        where: { organizationId, status },
        orderBy: { id: 'asc' },
      });
      return rows.map(findingFromRow);
    },
    async find(organizationId, id) {
      // Locked: who settles it decides on what is true until the end of the transaction.
      await tx.$executeRaw`
        select 1 from drift_findings where organization_id = ${organizationId}::uuid and id = ${id}::uuid for update`;
      const row = await tx.driftFinding.findUnique({ where: { organizationId_id: { organizationId, id } } });
      return row === null ? null : findingFromRow(row);
    },
    async save(organizationId, finding) {
      const data = { organizationId, ...finding };
      const where = { organizationId_id: { organizationId, id: finding.id } };
      await tx.driftFinding.upsert({ where, create: data, update: data });
    },
  };
}

export interface FindingRow {
  id: string;
  object: string;
  kind: string;
  fields: unknown;
  cause: string | null;
  status: string;
  source: string;
  foundAt: Date;
  lastFoundAt: Date;
  times: number;
  settledAt: Date | null;
  settledBy: string | null;
  reason: string | null;
}

/** Also for rows that were read without the ORM. */
export function findingFromRow(row: FindingRow): DriftFinding {
  const { object, cause, foundAt, lastFoundAt, times, settledAt, settledBy, reason } = row;
  return {
    ...{ object, cause, foundAt, lastFoundAt, times, settledAt, settledBy, reason },
    id: asId('driftFinding', row.id),
    kind: driftKindSchema.parse(row.kind),
    fields: driftFindingViewSchema.shape.fields.parse(row.fields),
    status: driftStatusSchema.parse(row.status),
    source: driftSourceSchema.parse(row.source),
  };
}
