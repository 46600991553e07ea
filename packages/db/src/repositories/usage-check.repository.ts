import { asId, parseQuantity } from '@metergate/core';
import type { UsageChecks } from '@metergate/core/usage/reading/usage-checks.ports';
import type { UsageCheck } from '../generated/client.ts';
import type { PrismaTransaction } from '../prisma-transaction.ts';
import { nilClient } from '../queries/limits/counter-lookup.ts';

export function createUsageCheckRepository(tx: PrismaTransaction): UsageChecks {
  return {
    async put(organizationId, { meter, clientId, span, theirs, ours, checkedAt }, forgetBefore) {
      await tx.$executeRaw`
        insert into usage_checks (organization_id, meter, client_id, span_start, span_end, their_count, their_total,
                                  our_count, our_total, checked_at)
        values (${organizationId}::uuid, ${meter}, ${clientId ?? nilClient}::uuid, ${span.start}, ${span.end},
                ${theirs.count}, ${theirs.total}::numeric, ${ours.count}, ${ours.total}::numeric, ${checkedAt})
        on conflict (organization_id, meter, client_id, span_start, span_end) do update
           set their_count = excluded.their_count, their_total = excluded.their_total, our_count = excluded.our_count,
               our_total = excluded.our_total, checked_at = excluded.checked_at`;
      await tx.usageCheck.deleteMany({ where: { organizationId, checkedAt: { lt: forgetBefore } } });
    },
    async list(organizationId, countMax) {
      const rows = await tx.$queryRaw<UsageCheck[]>`
        select organization_id as "organizationId", meter, client_id as "clientId", span_start as "spanStart",
               span_end as "spanEnd", their_count as "theirCount", their_total as "theirTotal",
               our_count as "ourCount", our_total as "ourTotal", checked_at as "checkedAt"
          from usage_checks where organization_id = ${organizationId}::uuid
         order by (their_count = our_count and their_total = our_total), checked_at desc, meter, span_start
         limit ${countMax}`;
      return rows.map((row) => ({
        meter: row.meter,
        clientId: row.clientId === nilClient ? null : asId('client', row.clientId),
        span: { start: row.spanStart, end: row.spanEnd },
        theirs: { count: Number(row.theirCount), total: signed(row.theirTotal) },
        ours: { count: Number(row.ourCount), total: signed(row.ourTotal) },
        checkedAt: row.checkedAt,
      }));
    },
  };
}

function signed(total: UsageCheck['theirTotal']) {
  return parseQuantity(total.toFixed(), { sign: 'any' });
}
