import type { ClientCounts } from '@metergate/core';
import { clientsFeature } from '@metergate/core/limits/limit-subject';
import type { LevelHistory } from '@metergate/core/limits/reading/read-level-days';
import type { PrismaTransaction } from '../prisma-transaction.ts';
import { canonical } from '../queries/limits/decimal-text.ts';

export function createLevelHistory(tx: PrismaTransaction): LevelHistory {
  return {
    async before(organizationId, feature, instants) {
      const rows = await tx.$queryRaw<{ level: string }[]>`
        select coalesce((
                 select change.level from gauge_changes change
                  where change.organization_id = ${organizationId}::uuid and change.feature = ${feature}
                    and change.occurred_at < wanted.at
                  order by change.occurred_at desc, change.recorded_at desc, change.id desc limit 1), 0)::text as level
          from unnest(${instants.map((at) => at.toISOString())}::timestamptz[]) with ordinality as wanted (at, position)
         order by wanted.position`;
      return rows.map(({ level }) => canonical(level));
    },
  };
}

export function createClientCounts(tx: PrismaTransaction): ClientCounts {
  return {
    async append(organizationId, { id, activeClientCount: level, at }) {
      // Behind the last one, also where that was written by a process whose clock is ahead or in the same millisecond.
      await tx.$executeRaw`
        insert into gauge_changes (organization_id, id, feature, level, occurred_at, recorded_at)
        select ${organizationId}::uuid, ${id}, ${clientsFeature}, ${level}, greatest(now.at, max(last.occurred_at) + interval '1 ms'), now.at
          from (select ${at}::timestamptz as at) now
          left join gauge_changes last
            on last.organization_id = ${organizationId}::uuid and last.feature = ${clientsFeature}
           and last.occurred_at >= now.at and last.occurred_at < now.at + interval '1 minute'
         group by now.at`;
    },
  };
}
