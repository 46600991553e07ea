import type { Period } from '@metergate/core/shared/time/period';
import type { MeterSpan } from '@metergate/core/usage/reading/usage-reading.ports';
import type pg from 'pg';
import { canonical } from '../limits/decimal-text.ts';
import { countedValues, queryWithRoom } from './distinct-values.ts';
import { readings } from './readings.ts';

interface GroupRow {
  group: string;
  position: number;
  total: string;
}

/** One total per window and value of a property, of the groups with the largest totals over all windows. */
export async function usageSeriesByProperty(
  client: pg.ClientBase,
  span: MeterSpan,
  asked: { windows: readonly Period[]; key: string; groupsMax: number },
): Promise<Map<string, string[]>> {
  const { windows, key, groupsMax } = asked;
  const last = windows.at(-1);
  const series = new Map<string, string[]>();
  if (last === undefined) return series;
  const starts = windows.map(({ start }) => start.toISOString());
  const values = [span.organizationId, span.meter, starts[0], last.end.toISOString(), starts, key, groupsMax];
  const rows =
    span.aggregation === 'unique_count'
      ? await queryWithRoom<GroupRow>(client, uniqueStatement, values)
      : (await client.query<GroupRow>(statement(span.aggregation), values)).rows;
  for (const { group, position, total } of rows) {
    const totals = series.get(group) ?? new Array<string>(windows.length).fill('0');
    totals[position - 1] = canonical(total);
    series.set(group, totals);
  }
  return series;
}

type Aggregation = keyof typeof totalOf;

const askedSpan: [string, string, string, string] = ['$1', '$2', '$3::timestamptz', '$4::timestamptz'];

const totalOf = {
  sum: 'sum(quantity)',
  count: `sum(case kind when 'usage' then 1 when 'void' then -1 else 0 end)`,
  max: 'max(quantity)',
  latest: '(array_agg(quantity order by occurred_at desc, quantity desc))[1]',
} as const;

const groupOf = (properties: string) => `coalesce(nullif(left(${properties} ->> $6, 200), ''), 'none')`;

/** A correction belongs to the group of the event that it corrects, which happened at the same instant. */
const correctedEvents = `
select event.id, event.occurred_at, event.quantity, event.kind,
       ${groupOf('coalesce(original.properties, event.properties)')} as "group"
  from usage_events event
  left join usage_events original
    on original.organization_id = event.organization_id and original.meter = event.meter
   and original.occurred_at = event.occurred_at and original.id = event.adjusts_event_id
 where event.organization_id = $1 and event.meter = $2
   and event.occurred_at >= $3::timestamptz and event.occurred_at < $4::timestamptz`;

function partOf(aggregation: Aggregation): string {
  if (aggregation === 'sum' || aggregation === 'count') return correctedEvents;
  return `select id, occurred_at, quantity, ${groupOf('properties')} as "group" from (${readings(askedSpan)}) reading`;
}

function statement(aggregation: Aggregation): string {
  const part = partOf(aggregation);
  const total = `coalesce(${totalOf[aggregation]}, 0)`;
  return `
with part as (${part}),
     largest as (select "group" from part group by 1 order by ${total} desc, 1 limit $7)
select "group", width_bucket(occurred_at, $5::timestamptz[]) as position, ${total}::text as total
  from part join largest using ("group") group by 1, 2`;
}

/** Each value once in each group and window, which is what is counted. */
const uniqueStatement = `
with part as (
  select distinct ${groupOf('properties')} as "group", width_bucket(occurred_at, $5::timestamptz[]) as position, value
    from (${countedValues(askedSpan)}) counted
), largest as (
  select "group" from (select distinct "group", value from part) as counted group by 1 order by count(value) desc, 1 limit $7
)
select "group", position, count(value)::text as total from part join largest using ("group") group by 1, 2`;
