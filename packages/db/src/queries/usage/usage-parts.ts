import type { Period } from '@metergate/core/shared/time/period';
import type {
  MeterSpan,
  StoredUsagePart,
  UsageReader,
} from '@metergate/core/usage/reading/usage-reading.ports';
import type pg from 'pg';
import { canonical } from '../limits/decimal-text.ts';
import { spanBounds, usageTotal } from '../limits/usage-total.ts';

interface PartRow {
  part: StoredUsagePart['part'];
  count: string;
  quantity: string;
}

/** The part of a total that an event belongs to, as an expression over its row. */
export function usagePart(lateFrom: string): string {
  return `case kind when 'void' then 'voided' when 'amend' then 'amended'
            else case when recorded_at >= ${lateFrom} then 'late' else 'reported' end end`;
}

/** The total comes from the roll-ups, its parts from the single events and from what retired ones have left. */
export async function usageParts(
  client: pg.ClientBase,
  span: MeterSpan,
  { period, lateFrom }: { period: Period; lateFrom: Date },
): ReturnType<UsageReader['parts']> {
  const { organizationId, meter, aggregation } = span;
  const total = await usageTotal(client, { organizationId, meter, ...period }, aggregation);
  const { rows } = await client.query<PartRow>({
    name: 'usage_parts',
    text: statement,
    values: [organizationId, meter, ...spanBounds(period), lateFrom.toISOString()],
  });
  return {
    total,
    parts: rows.map(({ part, count, quantity }) => ({
      part,
      count: Number(count),
      quantity: canonical(quantity),
    })),
  };
}

// Ragged quarters of an hour keep their events, so what was retired lies in whole ones.
const statement = `
select part, count(*)::text as count, sum(quantity)::text as quantity
  from (select quantity, ${usagePart('$7::timestamptz')} as part from usage_events
         where organization_id = $1 and meter = $2 and occurred_at >= $3::timestamptz and occurred_at < $6::timestamptz
       ) as event
 group by 1
union all
select 'retired', sum(retired_count)::text, sum(retired_quantity)::text
  from usage_buckets
 where organization_id = $1 and meter = $2 and bucket_start >= $4::timestamptz and bucket_start < $5::timestamptz
having sum(retired_count) <> 0 or sum(retired_quantity) <> 0
 order by 1`;
