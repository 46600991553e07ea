import { asId, assert } from '@metergate/core';
import { statementContentSchema } from '@metergate/core/payments/statements/statement.schemas';
import type {
  UsageStatement,
  UsageStatementRepository,
} from '@metergate/core/payments/statements/usage-statements';
import type { UsageStatement as UsageStatementRow } from '../generated/client.ts';
import type { PrismaTransaction } from '../prisma-transaction.ts';
import { toJson } from './invoice.mapping.ts';

export function createUsageStatementRepository(tx: PrismaTransaction): UsageStatementRepository {
  return {
    async issue(organizationId, statement) {
      const rows = await tx.$queryRaw<{ number: number }[]>`
        insert into document_counters as counter (organization_id, series, last_number)
        values (${organizationId}::uuid, 'usage_statement', 1)
        on conflict (organization_id, series) do update set last_number = counter.last_number + 1
        returning last_number as number`;
      const number = rows[0]?.number;
      assert(number !== undefined, 'a counter answers its number');
      const { lines, ...fields } = statement;
      await tx.usageStatement.create({
        data: { ...fields, organizationId, number, content: toJson({ lines }) },
      });
      return { ...statement, number };
    },
    async list(organizationId, limit) {
      const rows = await tx.usageStatement.findMany({
        where: { organizationId },
        orderBy: { number: 'desc' },
        take: limit,
      });
      return rows.map(fromRow);
    },
    async find(organizationId, number) {
      const where = { organizationId_number: { organizationId, number } };
      const row = await tx.usageStatement.findUnique({ where });
      return row === null ? null : fromRow(row);
    },
  };
}

function fromRow({ organizationId: _, content, ...row }: UsageStatementRow): UsageStatement {
  const { lines } = statementContentSchema.parse(content);
  return { ...row, subscriptionId: asId('subscription', row.subscriptionId), lines };
}
