import type { Period } from '@metergate/core/shared/time/period';
import type {
  MeterSpan,
  StoredUsagePart,
  UsageReader,
} from '@metergate/core/usage/reading/usage-reading.ports';
import type pg from 'pg';
import { canonical } from '../limits/decimal-text.ts';
import { spanBounds, usageTotal } from '../limits/usage-total.ts';

/** The part of a total that an event belongs to, as an expression over its row. */
export function usagePart(lateFrom: string): string {
  return `case kind when 'void' then 'voided' when 'amend' then 'amended'
            else case when recorded_at >= ${lateFrom} then 'late' else 'reported' end end`;
}

/**
 * Holds for every event that is late or a correction, whatever the span; word for word the condition of the index
 * `usage_events_late_or_correcting_idx`, which only then is used.
 */
export const isLateOrCorrecting = `(kind <> 'usage' or recorded_at - occurred_at >= interval '1 hour')`;

const hourMs = 3_600_000;

interface PartRow {
  part: StoredUsagePart['part'];
  count: string;
  quantity: string;
}

/**
 * The total and its parts from the roll-ups, the sums of what came late or corrects others, and the ragged ends, of the
 * period and of the hour from which on is late. What was reported in time is the rest, so that a period costs the same
 * however many events it has and however many of them came late.
 */
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
    values: [organizationId, meter, ...spanBounds(period), lateFrom.toISOString(), nextHour(lateFrom)],
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

/** The first full hour from `instant` on. */
function nextHour(instant: Date): string {
  return new Date(Math.ceil(instant.getTime() / hourMs) * hourMs).toISOString();
}

const events = (condition: string) => `
  from usage_events where organization_id = $1 and meter = $2 and ${condition}`;
const raggedEvents = (start: string, end: string) => `
  select sum(quantity), sum(case kind when 'usage' then 1 when 'void' then -1 else 0 end), 0, 0
    ${events(`occurred_at >= ${start} and occurred_at < ${end}`)}`;

const specialEvents = (condition: string) => `
  select ${usagePart('$7::timestamptz')} as part, count(*) as events, sum(quantity) as quantity
    ${events(`${condition} and ${isLateOrCorrecting}`)} and (kind <> 'usage' or recorded_at >= $7::timestamptz)
   group by 1`;

// Buckets and ragged ends count an event as 1 and a void as -1. Ragged quarters of an hour keep their events, so what
// was retired lies in whole ones.
const statement = `
with counted as (
  select sum(quantity) - sum(retired_quantity) as quantity, sum(event_count) - sum(retired_count) as events,
         sum(retired_quantity) as retired_quantity, sum(retired_count) as retired_events
    from usage_buckets
   where organization_id = $1 and meter = $2 and bucket_start >= $4::timestamptz and bucket_start < $5::timestamptz
  union all ${raggedEvents('$3::timestamptz', '$4::timestamptz')}
  union all ${raggedEvents('$5::timestamptz', '$6::timestamptz')}
), kept as (
  select coalesce(sum(quantity), 0) as quantity, coalesce(sum(events), 0) as events,
         coalesce(sum(retired_quantity), 0) as retired_quantity, coalesce(sum(retired_events), 0) as retired_events
    from counted
), special_part as (
  select case kind when 'void' then 'voided' when 'amend' then 'amended' else 'late' end as part, event_count as events,
         quantity
    from usage_part_sums
   where organization_id = $1 and meter = $2 and bucket_start >= $4::timestamptz and bucket_start < $5::timestamptz
     and (kind <> 'usage' or recorded_hour >= $8::timestamptz)
  union all ${specialEvents(`occurred_at >= $3::timestamptz and occurred_at < $4::timestamptz`)}
  union all ${specialEvents(`occurred_at >= $5::timestamptz and occurred_at < $6::timestamptz`)}
  union all
  select 'late', late.events, late.quantity
    from (select distinct bucket_start from usage_part_sums
           where organization_id = $1 and meter = $2 and bucket_start >= $4::timestamptz and bucket_start < $5::timestamptz
             and kind = 'usage' and recorded_hour = $8::timestamptz - interval '1 hour' and $8::timestamptz > $7::timestamptz
         ) as cut
   cross join lateral (
     select count(*) as events, sum(quantity) as quantity
       ${events(`occurred_at >= cut.bucket_start and occurred_at < cut.bucket_start + interval '15 minutes'
         and kind = 'usage' and recorded_at >= $7::timestamptz and recorded_at < $8::timestamptz and ${isLateOrCorrecting}`)}
   ) as late where late.events > 0
), special as (
  select part, sum(events) as events, sum(quantity) as quantity from special_part group by 1
), part as (
  select part, events, quantity from special
  union all
  select 'reported', events - coalesce((select sum(case part when 'late' then events when 'voided' then -events else 0 end)
                                          from special), 0),
         quantity - coalesce((select sum(quantity) from special), 0)
    from kept
  union all
  select 'retired', retired_events, retired_quantity from kept
)
select part, events::text as count, quantity::text as quantity
  from part where part not in ('reported', 'retired') or events <> 0 or quantity <> 0
 order by 1`;
