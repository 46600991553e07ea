import { asId, type OrganizationId } from '@metergate/core';
import type { MeterHabit, UsageHabits } from '@metergate/core/usage/anomalies/anomalies.ports';
import { comparedPerWeek, hoursKnownMax } from '@metergate/core/usage/anomalies/detect-anomaly';
import type pg from 'pg';
import { canonical } from '../limits/decimal-text.ts';

interface HabitRow {
  organization_id: string;
  meter: string;
  /** null = hours that are not compared. */
  back: number | null;
  oldest: number;
  quantity: string;
  events: number;
}

/** Across organizations: use `database.platform`. */
export function createUsageHabits(pool: pg.Pool): UsageHabits {
  return {
    async read(organizationIds, end) {
      const { rows } = await pool.query<HabitRow>({
        name: 'usage_habits',
        text: statement,
        values: [
          organizationIds,
          new Date(end.getTime() - hoursKnownMax * 3_600_000).toISOString(),
          end.toISOString(),
          comparedPerWeek.of,
          comparedPerWeek.hours,
          comparedPerWeek.ahead,
        ],
      });
      const ofOrganizations = Map.groupBy(rows, (row) => asId('organization', row.organization_id));
      return new Map<OrganizationId, MeterHabit[]>(
        [...ofOrganizations].map(([id, own]) => [id, habitsOf(own)]),
      );
    },
  };
}

function habitsOf(rows: readonly HabitRow[]): MeterHabit[] {
  return [...Map.groupBy(rows, ({ meter }) => meter)].map(([meter, own]) => ({
    meter,
    hoursKnown: Math.max(...own.map(({ oldest }) => oldest)) + 1,
    hours: own.flatMap(({ back, quantity, events }) =>
      back === null ? [] : [{ back, quantity: canonical(quantity), events }],
    ),
  }));
}

const statement = `
select organization_id, meter, case when (back + $6::int) % $4::int < $5::int then back end as back, max(back) as oldest,
       sum(quantity)::text as quantity, sum(event_count)::int as events
  from (select organization_id, meter, quantity, event_count,
               (extract(epoch from $3::timestamptz - bucket_start)::int - 1) / 3600 as back
          from usage_buckets
         where organization_id = any($1::uuid[]) and bucket_start >= $2::timestamptz
           and bucket_start < $3::timestamptz and (event_count <> 0 or quantity <> 0)) as used
 group by 1, 2, 3`;
