import { asId, type ClientId } from '@metergate/core';
import type { Period } from '@metergate/core/shared/time/period';
import type { MeterSpan } from '@metergate/core/usage/reading/usage-reading.ports';
import type pg from 'pg';
import { nilClient } from '../limits/counter-lookup.ts';
import { canonical } from '../limits/decimal-text.ts';
import { spanBounds } from '../limits/usage-total.ts';
import { countedValues } from './distinct-values.ts';
import { readings } from './readings.ts';

interface SeriesRow {
  position: number;
  client_id: string;
  total: string;
}

/** One total per window; windows are adjacent and in order. */
export async function usageSeries(
  client: pg.ClientBase,
  span: MeterSpan,
  windows: readonly Period[],
): Promise<string[]> {
  const totals = new Array<string>(windows.length).fill('0');
  for (const row of await seriesRows(client, span, { windows, isByClient: false })) {
    totals[row.position - 1] = canonical(row.total);
  }
  return totals;
}

export async function usageSeriesByClient(
  client: pg.ClientBase,
  span: MeterSpan,
  windows: readonly Period[],
): Promise<Map<ClientId | null, string[]>> {
  const series = new Map<ClientId | null, string[]>();
  for (const row of await seriesRows(client, span, { windows, isByClient: true })) {
    const key = row.client_id === nilClient ? null : asId('client', row.client_id);
    const totals = series.get(key) ?? new Array<string>(windows.length).fill('0');
    totals[row.position - 1] = canonical(row.total);
    series.set(key, totals);
  }
  return series;
}

async function seriesRows(
  client: pg.ClientBase,
  span: MeterSpan,
  shape: { windows: readonly Period[]; isByClient: boolean },
): Promise<SeriesRow[]> {
  const [first, last] = [shape.windows[0], shape.windows.at(-1)];
  if (first === undefined || last === undefined) return [];
  const bounds = spanBounds({ start: first.start, end: last.end });
  const starts = shape.windows.map(({ start }) => start.toISOString());
  const isUnique = span.aggregation === 'unique_count';
  const { rows } = await client.query<SeriesRow>({
    text: isUnique ? uniqueStatement(shape.isByClient) : statement(span.aggregation, shape.isByClient),
    values: isUnique
      ? [span.organizationId, span.meter, bounds[0], bounds[3], starts]
      : [span.organizationId, span.meter, ...bounds, starts],
  });
  return rows;
}

const totalOf = {
  sum: 'sum(quantity)',
  count: 'sum(events)',
  max: 'max(max_quantity)',
  latest: '(array_agg(latest_quantity order by latest_at desc nulls last, latest_quantity desc))[1]',
} as const;

/** Buckets lie within one window because every zone's midnight falls on a quarter of an hour. */
function statement(aggregation: keyof typeof totalOf, isByClient: boolean): string {
  const clientOf = (column: string) => (isByClient ? column : `'${nilClient}'::uuid`);
  const isSum = aggregation === 'sum' || aggregation === 'count';
  const events = isSum ? `case kind when 'usage' then 1 when 'void' then -1 else 0 end` : '1';
  const eventColumns = `occurred_at as at, ${clientOf(`coalesce(client_id, '${nilClient}')`)} as client_id, quantity,
    ${events} as events, quantity as max_quantity, quantity as latest_quantity, occurred_at as latest_at`;
  const edge = (start: string, end: string) =>
    isSum
      ? `select ${eventColumns} from usage_events
          where organization_id = $1 and meter = $2 and occurred_at >= ${start} and occurred_at < ${end}`
      : `select ${eventColumns} from (${readings(['$1', '$2', start, end])}) reading`;
  return `
with part as (
  select bucket_start as at, ${clientOf('client_id')} as client_id, quantity, event_count as events, max_quantity,
         latest_quantity, latest_at
    from usage_buckets
   where organization_id = $1 and meter = $2 and bucket_start >= $4::timestamptz and bucket_start < $5::timestamptz
  union all
  ${edge('$3::timestamptz', '$4::timestamptz')}
  union all
  ${edge('$5::timestamptz', '$6::timestamptz')}
)
select width_bucket(at, $7::timestamptz[]) as position, client_id, coalesce(${totalOf[aggregation]}, 0)::text as total
  from part group by 1, 2`;
}

function uniqueStatement(isByClient: boolean): string {
  const client = isByClient ? `coalesce(client_id, '${nilClient}')` : `'${nilClient}'::uuid`;
  return `
select width_bucket(occurred_at, $5::timestamptz[]) as position, ${client} as client_id,
       count(distinct value)::text as total
  from (${countedValues(['$1', '$2', '$3', '$4'])}) counted group by 1, 2`;
}
