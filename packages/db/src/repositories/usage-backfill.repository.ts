import type { StoredBackfill, UsageBackfills } from '@metergate/core/usage/backfills/backfills.ports';
import { Prisma } from '../generated/client.ts';
import type { PrismaTransaction } from '../prisma-transaction.ts';
import { canonical } from '../queries/limits/decimal-text.ts';

interface BackfillRow extends Omit<StoredBackfill, 'events' | 'standing' | 'retired'> {
  events: bigint;
  standing: bigint;
  retired: bigint;
}

export function createUsageBackfillRepository(tx: PrismaTransaction): UsageBackfills {
  return {
    async open(organizationId, { id, reason, at }) {
      await tx.usageBackfill.createMany({
        data: [{ organizationId, id, reason, createdAt: at }],
        skipDuplicates: true,
      });
    },
    async find(organizationId, id) {
      return (
        await backfills(tx, Prisma.sql`organization_id = ${organizationId}::uuid and id = ${id}`, 1)
      )[0];
    },
    list: (organizationId, countMax) =>
      backfills(tx, Prisma.sql`organization_id = ${organizationId}::uuid`, countMax),
    async standing(organizationId, { id, after, countMax }) {
      const rows = await tx.$queryRaw<{ id: string; meter: string; quantity: string; occurredAt: Date }[]>`
        select event.id, event.meter, event.occurred_at as "occurredAt",
               (event.quantity + coalesce(correction.difference, 0))::text as quantity
          from usage_backfill_events made
          join usage_events event on event.organization_id = made.organization_id and event.id = made.event_id
           and event.source = 'backfill'
          ${corrections}
         where made.organization_id = ${organizationId}::uuid and made.backfill_id = ${id}
           and (${after}::text is null or made.event_id > ${after}) and correction.is_void is not true
         order by made.event_id limit ${countMax}`;
      return rows.map((row) => ({ ...row, quantity: canonical(row.quantity) }));
    },
    async markReverted(organizationId, { id, reason, at }) {
      await tx.usageBackfill.updateMany({
        where: { organizationId, id, revertedAt: null },
        data: { revertedAt: at, revertReason: reason },
      });
    },
  };
}

/** A correction lies at the instant of its event, where the index finds it. */
const corrections = Prisma.sql`
  left join lateral (
    select sum(adjustment.quantity) as difference, bool_or(adjustment.kind = 'void') as is_void
      from usage_events adjustment
     where adjustment.organization_id = event.organization_id and adjustment.meter = event.meter
       and adjustment.occurred_at = event.occurred_at and adjustment.adjusts_event_id = event.id
  ) correction on true`;

async function backfills(
  tx: PrismaTransaction,
  where: Prisma.Sql,
  countMax: number,
): Promise<StoredBackfill[]> {
  const rows = await tx.$queryRaw<BackfillRow[]>`
    select listed.id, listed.reason, listed.created_at as "createdAt", listed.revert_reason as "revertReason",
           listed.reverted_at as "revertedAt", figures.*
      from (select * from usage_backfills where ${where} order by created_at desc, id limit ${countMax}) listed
      cross join lateral (
        select count(event.id) as events,
               count(event.id) filter (where correction.is_void is not true) as standing,
               count(retired.id) as retired,
               min(event.occurred_at) as "occurredFrom", max(event.occurred_at) as "occurredTo"
          from usage_backfill_events made
          left join usage_events event on event.organization_id = made.organization_id and event.id = made.event_id
           and event.source = 'backfill'
          ${corrections}
          left join retired_usage_events retired
            on retired.organization_id = made.organization_id and retired.id = made.event_id
         where made.organization_id = listed.organization_id and made.backfill_id = listed.id
      ) figures
     order by listed.created_at desc, listed.id`;
  return rows.map(({ events, standing, retired, ...row }) => ({
    ...row,
    events: Number(events),
    standing: Number(standing),
    retired: Number(retired),
  }));
}
