import type { UsageRetirements } from '@metergate/core/usage/retention/retention.ports';
import type { PrismaTransaction } from '../prisma-transaction.ts';

interface PreviewRow {
  meter: string;
  count: bigint;
  held_from: Date | null;
}

const theBeginning = new Date(0);

/** The rules of what may go are in the database, so that no caller can forget one. */
export function createUsageRetirementRepository(tx: PrismaTransaction): UsageRetirements {
  return {
    async preview(organizationId, { meters, before }) {
      const rows = await tx.$queryRaw<PreviewRow[]>`
        select wanted.meter, (
                 select count(*) from usage_events event
                  where event.organization_id = ${organizationId}::uuid and event.meter = wanted.meter
                    and event.occurred_at < least(${before}, wanted.held_from)
                    and date_bin('15 minutes', event.occurred_at, '2000-01-01T00:00:00Z') <> all (edges.buckets)
               ) as count,
               case when wanted.held_from < ${theBeginning} then ${theBeginning} else wanted.held_from end as held_from
          from (select meter, usage_held_from(${organizationId}::uuid, meter) as held_from
                  from unnest(${meters}::text[]) as meter) as wanted,
               (select usage_edge_buckets(${organizationId}::uuid) as buckets) as edges`;
      return rows.map(({ meter, count, held_from }) => ({
        meter,
        count: Number(count),
        heldFrom: held_from,
      }));
    },
    async retire(organizationId, { meter, before, from, countMax }) {
      const [row] = await tx.$queryRaw<{ retired: bigint; up_to: Date | null }[]>`
        select retired, up_to from organizations organization, retire_usage(${meter}, ${before}, ${from ?? theBeginning}, ${countMax}::int)
         where organization.id = ${organizationId}::uuid`;
      return { count: Number(row?.retired ?? 0), upTo: row?.up_to ?? null };
    },
  };
}
