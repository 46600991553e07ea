import { asId, type ClientId } from '@metergate/core';
import type { Period } from '@metergate/core/shared/time/period';
import type { MeterSpan } from '@metergate/core/usage/reading/usage-reading.ports';
import type pg from 'pg';
import { nilClient } from '../limits/counter-lookup.ts';
import { canonical } from '../limits/decimal-text.ts';
import { spanBounds } from '../limits/usage-total.ts';
import { countedValues, queryWithRoom } from './distinct-values.ts';
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
  for (const row of await seriesRows(client, span, { windows })) {
    totals[row.position - 1] = canonical(row.total);
  }
  return totals;
}

export async function usageSeriesByClient(
  client: pg.ClientBase,
  span: MeterSpan,
  shape: { windows: readonly Period[]; clientsMax?: number | undefined },
): Promise<Map<ClientId | null, string[]>> {
  const { windows, clientsMax = null } = shape;
  const series = new Map<ClientId | null, string[]>();
  for (const row of await seriesRows(client, span, { windows, clientsMax })) {
    const key = row.client_id === nilClient ? null : asId('client', row.client_id);
    const totals = series.get(key) ?? new Array<string>(windows.length).fill('0');
    totals[row.position - 1] = canonical(row.total);
    series.set(key, totals);
  }
  return series;
}

interface SeriesShape {
  windows: readonly Period[];
  /** Given = by client, of those with the largest totals; null = of all. */
  clientsMax?: number | null;
}

async function seriesRows(client: pg.ClientBase, span: MeterSpan, shape: SeriesShape): Promise<SeriesRow[]> {
  const [first, last] = [shape.windows[0], shape.windows.at(-1)];
  if (first === undefined || last === undefined) return [];
  const bounds = spanBounds({ start: first.start, end: last.end });
  const starts = shape.windows.map(({ start }) => start.toISOString());
  const { organizationId, meter, aggregation } = span;
  const isByClient = shape.clientsMax !== undefined;
  const clientsMax = isByClient ? [shape.clientsMax] : [];
  if (aggregation === 'unique_count') {
    const values = [organizationId, meter, bounds[0], bounds[3], starts, ...clientsMax];
    return await queryWithRoom<SeriesRow>(client, uniqueStatement(isByClient), values);
  }
  const isSum = aggregation === 'sum' || aggregation === 'count';
  const { rows } = await client.query<SeriesRow>({
    name: `usage_series_${aggregation}${isByClient ? '_by_client' : ''}`,
    text: isSum ? sumStatement(aggregation, isByClient) : readingStatement(aggregation, isByClient),
    values: [organizationId, meter, ...bounds, starts, ...clientsMax],
  });
  return rows;
}

const positionOf = (column: string) => `width_bucket(${column}, $7::timestamptz[]) as position`;
const clientOf = (column: string, isByClient: boolean) =>
  `${isByClient ? column : `'${nilClient}'::uuid`} as client_id`;
const clientOfEvent = `coalesce(client_id, '${nilClient}')`;

/**
 * Buckets lie within one window because every zone's midnight falls on a quarter of an hour. Each part is added up by
 * itself: that touches every row once, and only its quantity.
 */
function sumStatement(aggregation: 'sum' | 'count', isByClient: boolean): string {
  const [ofBucket, ofEvent] = {
    sum: ['quantity', 'quantity'],
    count: ['event_count', `case kind when 'usage' then 1 when 'void' then -1 else 0 end`],
  }[aggregation];
  const ragged = (start: string, end: string) => `
  select ${positionOf('occurred_at')}, ${clientOf(clientOfEvent, isByClient)}, sum(${ofEvent}) as total
    from usage_events
   where organization_id = $1 and meter = $2 and occurred_at >= ${start} and occurred_at < ${end} group by 1, 2`;
  return `
with part as (
  select ${positionOf('bucket_start')}, ${clientOf('client_id', isByClient)}, sum(${ofBucket}) as total
    from usage_buckets
   where organization_id = $1 and meter = $2 and bucket_start >= $4::timestamptz and bucket_start < $5::timestamptz
   group by 1, 2
  union all ${ragged('$3::timestamptz', '$4::timestamptz')}
  union all ${ragged('$5::timestamptz', '$6::timestamptz')}
)
select position, client_id, sum(total)::text as total
  from ${ofLargest(isByClient, { total: 'sum(total)', limit: '$8' })} group by 1, 2`;
}

const readingOf = {
  max: 'max(max_quantity)',
  latest: '(array_agg(latest_quantity order by latest_at desc nulls last, latest_quantity desc))[1]',
} as const;

function readingStatement(aggregation: keyof typeof readingOf, isByClient: boolean): string {
  const ragged = (start: string, end: string) => `
  select occurred_at, ${clientOf(clientOfEvent, isByClient)}, quantity, quantity, occurred_at
    from (${readings(['$1', '$2', start, end])}) as reading`;
  return `
with part as (
  select bucket_start as at, ${clientOf('client_id', isByClient)}, max_quantity, latest_quantity, latest_at
    from usage_buckets
   where organization_id = $1 and meter = $2 and bucket_start >= $4::timestamptz and bucket_start < $5::timestamptz
  union all ${ragged('$3::timestamptz', '$4::timestamptz')}
  union all ${ragged('$5::timestamptz', '$6::timestamptz')}
)
select ${positionOf('at')}, client_id, coalesce(${readingOf[aggregation]}, 0)::text as total
  from ${ofLargest(isByClient, { total: readingOf[aggregation], limit: '$8' })} group by 1, 2`;
}

/** Each value once in each window and client: what is left is counted, and counted once more for the largest. */
function uniqueStatement(isByClient: boolean): string {
  return `
with part as (
  select distinct width_bucket(occurred_at, $5::timestamptz[]) as position, ${clientOf(clientOfEvent, isByClient)}, value
    from (${countedValues(['$1', '$2', '$3', '$4'])}) counted
)
select position, client_id, count(value)::text as total
  from ${ofLargest(isByClient, {
    total: 'count(value)',
    limit: '$6',
    of: '(select distinct client_id, value from part) as counted',
  })} group by 1, 2`;
}

/** All of `part`, or that of the clients whose totals over all windows are the largest. */
function ofLargest(
  isByClient: boolean,
  { total, limit, of = 'part' }: { total: string; limit: string; of?: string },
): string {
  if (!isByClient) return 'part';
  return `part join (
    select client_id from ${of} group by 1 order by coalesce(${total}, 0) desc, 1 limit ${limit}::bigint
  ) as largest using (client_id)`;
}
