import type { MeterAggregation } from '@metergate/core/usage/usage-event';
import type pg from 'pg';
import { countedValues } from '../usage/distinct-values.ts';
import { readings } from '../usage/readings.ts';
import { canonical } from './decimal-text.ts';

const bucketMs = 15 * 60_000;

export interface UsageSpan {
  organizationId: string;
  meter: string;
  start: Date;
  end: Date;
  /** Absent = all clients, and what belongs to none. */
  clientId?: string;
}

/**
 * The exact total of a meter in [start, end): whole quarters of an hour from the buckets, the two ragged ends, which
 * exist because a billing period may begin at any second, from the events themselves.
 */
export async function usageTotal(
  client: pg.ClientBase | pg.Pool,
  span: UsageSpan,
  aggregation: MeterAggregation,
): Promise<string> {
  if (aggregation === 'unique_count') return await distinctValues(client, span);
  const isSum = aggregation === 'sum' || aggregation === 'count';
  const { rows } = await client.query<Partial<Record<MeterAggregation, string | null>>>({
    name: isSum ? 'usage_total' : 'usage_reading',
    text: isSum ? sumStatement : readingStatement,
    values: [span.organizationId, span.meter, ...spanBounds(span), span.clientId ?? null],
  });
  return canonical(rows[0]?.[aggregation] ?? '0');
}

/** [start, first whole bucket, end of the last whole bucket, end] as texts. */
export function spanBounds(span: { start: Date; end: Date }): [string, string, string, string] {
  const [start, end] = [span.start.getTime(), span.end.getTime()];
  const inner = Math.min(Math.ceil(start / bucketMs) * bucketMs, end);
  const innerEnd = Math.max(Math.floor(end / bucketMs) * bucketMs, inner);
  return [at(start), at(inner), at(innerEnd), at(end)];
}

function at(ms: number): string {
  return new Date(ms).toISOString();
}

const sumStatement = `
with part as (
  select quantity, event_count as events
    from usage_buckets
   where organization_id = $1 and meter = $2 and bucket_start >= $4::timestamptz and bucket_start < $5::timestamptz
     and ($7::uuid is null or client_id = $7)
  union all
  select quantity, case kind when 'usage' then 1 when 'void' then -1 else 0 end
    from usage_events
   where organization_id = $1 and meter = $2 and occurred_at >= $3::timestamptz and occurred_at < $4::timestamptz
     and ($7::uuid is null or client_id = $7)
  union all
  select quantity, case kind when 'usage' then 1 when 'void' then -1 else 0 end
    from usage_events
   where organization_id = $1 and meter = $2 and occurred_at >= $5::timestamptz and occurred_at < $6::timestamptz
     and ($7::uuid is null or client_id = $7)
)
select coalesce(sum(quantity), 0)::text as sum, coalesce(sum(events), 0)::text as count from part`;

const edge = (start: string, end: string) => `
  select quantity, quantity, occurred_at from (${readings(['$1', '$2', start, end])}) reading
   where $7::uuid is null or client_id = $7`;

const readingStatement = `
with part as (
  select max_quantity, latest_quantity, latest_at
    from usage_buckets
   where organization_id = $1 and meter = $2 and bucket_start >= $4::timestamptz and bucket_start < $5::timestamptz
     and ($7::uuid is null or client_id = $7)
  union all ${edge('$3::timestamptz', '$4::timestamptz')}
  union all ${edge('$5::timestamptz', '$6::timestamptz')}
)
select coalesce(max(max_quantity), 0)::text as max,
       (array_agg(latest_quantity order by latest_at desc nulls last, latest_quantity desc))[1]::text as latest
  from part`;

async function distinctValues(client: pg.ClientBase | pg.Pool, span: UsageSpan): Promise<string> {
  const { rows } = await client.query<{ count: string }>(
    `select count(distinct value)::text as count from (${countedValues(['$1', '$2', '$3', '$4'])}) counted
      where $5::uuid is null or client_id = $5`,
    [
      span.organizationId,
      span.meter,
      span.start.toISOString(),
      span.end.toISOString(),
      span.clientId ?? null,
    ],
  );
  return rows[0]?.count ?? '0';
}
