import { asId } from '@metergate/core';
import type { BulkRun, BulkRunReader, BulkRunRepository } from '@metergate/core/admin/bulk/bulk.ports';
import { bulkItemSchema, bulkKindSchema, bulkStatusSchema } from '@metergate/core/admin/bulk/bulk.schemas';
import type pg from 'pg';
import { z } from 'zod';
import type { PrismaTransaction } from '../prisma-transaction.ts';

/** For the platform's transaction. */
export function createBulkRunRepository(tx: PrismaTransaction): BulkRunRepository {
  return {
    async insert({ actor, items, ...run }) {
      const data = [{ ...run, actor: { ...actor }, items: [...items] }];
      return (await tx.bulkRun.createMany({ data, skipDuplicates: true })).count === 1;
    },
    async cancel(id, finishedAt) {
      const data = { status: 'canceled', finishedAt };
      const { count } = await tx.bulkRun.updateMany({ where: { id, status: 'running' }, data });
      return count === 0 ? null : fromRow(await tx.bulkRun.findUniqueOrThrow({ where: { id } }));
    },
  };
}

/** Use `database.platform`. */
export function createBulkRunReader(pool: pg.Pool): BulkRunReader {
  return {
    async latest(kind) {
      const { rows } = await pool.query<BulkRow>(
        `select ${bulkColumns} from bulk_runs where kind = $1 order by id desc limit 1`,
        [kind],
      );
      const [row] = rows;
      return row === undefined ? null : fromRow(row);
    },
  };
}

export const bulkColumns = `id, kind, status, reason, actor, per_second as "perSecond", items,
  started_at as "startedAt", finished_at as "finishedAt"`;

export interface BulkRow {
  id: string;
  kind: string;
  status: string;
  reason: string;
  actor: unknown;
  perSecond: number;
  items: unknown;
  startedAt: Date;
  finishedAt: Date | null;
}

const actorSchema = z.object({
  kind: z.literal('staff'),
  userId: z.string(),
  email: z.string(),
  role: z.enum(['support', 'billing_ops', 'super_admin']),
});

export function fromRow({ reason, perSecond, startedAt, finishedAt, ...row }: BulkRow): BulkRun {
  return {
    ...{ reason, perSecond, startedAt, finishedAt },
    id: asId('bulkRun', row.id),
    kind: bulkKindSchema.parse(row.kind),
    status: bulkStatusSchema.parse(row.status),
    actor: actorSchema.parse(row.actor),
    items: z.array(bulkItemSchema).parse(row.items),
  };
}
