import type { MeterAggregation } from '@metergate/core/usage/usage-event';
import type pg from 'pg';
import { readings } from '../usage/readings.ts';
import { canonical } from './decimal-text.ts';
import { distinctTotals } from './distinct-totals.ts';

const bucketMs = 15 * 60_000;

export interface UsageSpan {
  organizationId: string;
  meter: string;
  start: Date;
  end: Date;
  /** Absent = all clients, and what belongs to none. */
  clientId?: string;
}

export interface AskedTotal extends UsageSpan {
  aggregation: MeterAggregation;
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
  const [total] = await usageTotals(client, span.organizationId, [{ ...span, aggregation }]);
  return total ?? '0';
}

/** The same for many spans of one organization, in order: one statement for each kind of total, never one for each. */
export async function usageTotals(
  client: pg.ClientBase | pg.Pool,
  organizationId: string,
  asked: readonly AskedTotal[],
): Promise<string[]> {
  const totals = new Array<string>(asked.length).fill('0');
  const ofKind = Map.groupBy(asked.entries(), ([, span]) => kindOf(span));
  for (const [kind, entries] of ofKind) {
    const spans = entries.map(([, span]) => span);
    const found = await totalsOf(client, { organizationId, kind, spans });
    for (const [n, [position]] of entries.entries()) totals[position] = canonical(found[n] ?? '0');
  }
  return totals;
}

type Kind = 'distinct' | `${'sum' | 'reading'}${'' | '_of_client'}`;

/** Clients are part of the key of buckets: their totals are other statements, not other parameters. */
function kindOf({ aggregation, clientId }: AskedTotal): Kind {
  if (aggregation === 'unique_count') return 'distinct';
  const kind = aggregation === 'sum' || aggregation === 'count' ? 'sum' : 'reading';
  return clientId === undefined ? kind : `${kind}_of_client`;
}

type TotalRow = Partial<Record<MeterAggregation, string | null>>;

async function totalsOf(
  client: pg.ClientBase | pg.Pool,
  { organizationId, kind, spans }: { organizationId: string; kind: Kind; spans: readonly AskedTotal[] },
): Promise<(string | null | undefined)[]> {
  if (kind === 'distinct') return await distinctTotals(client, organizationId, spans);
  const bounds = spans.map(spanBounds);
  const isOfClient = kind.endsWith('_of_client');
  const { rows } = await client.query<TotalRow>({
    name: `usage_totals_${kind}`,
    text: kind.startsWith('sum') ? sumStatement(isOfClient) : readingStatement(isOfClient),
    values: [
      organizationId,
      spans.map(({ meter }) => meter),
      ...([0, 1, 2, 3] as const).map((n) => bounds.map((bound) => bound[n])),
      ...(isOfClient ? [spans.map(({ clientId }) => clientId)] : []),
    ],
  });
  return rows.map((row, n) => row[spans[n]?.aggregation ?? 'sum']);
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

/** Spans beside each other; what is joined to them laterally is found by key, one span after the other. */
const askedSpans = (isOfClient: boolean) => `
  from unnest($2::text[], $3::timestamptz[], $4::timestamptz[], $5::timestamptz[], $6::timestamptz[]
              ${isOfClient ? ', $7::uuid[]' : ''}) with ordinality
    as asked (meter, span_start, whole_start, whole_end, span_end ${isOfClient ? ', client' : ''}, n)`;

const bucketsOfSpan = (isOfClient: boolean) => `
    from usage_buckets
   where organization_id = $1 and meter = asked.meter ${isOfClient ? 'and client_id = asked.client' : ''}
     and bucket_start >= asked.whole_start and bucket_start < asked.whole_end`;

const sumStatement = (isOfClient: boolean) => {
  const ragged = (start: string, end: string) => `
  select sum(quantity) as sum, sum(case kind when 'usage' then 1 when 'void' then -1 else 0 end) as count
    from usage_events
   where organization_id = $1 and meter = asked.meter ${isOfClient ? 'and client_id = asked.client' : ''}
     and occurred_at >= asked.${start} and occurred_at < asked.${end}`;
  return `
select (coalesce(whole.sum, 0) + coalesce(head.sum, 0) + coalesce(tail.sum, 0))::text as sum,
       (coalesce(whole.count, 0) + coalesce(head.count, 0) + coalesce(tail.count, 0))::text as count
  ${askedSpans(isOfClient)}
 cross join lateral (select sum(quantity) as sum, sum(event_count) as count ${bucketsOfSpan(isOfClient)}) as whole
 cross join lateral (${ragged('span_start', 'whole_start')}) as head
 cross join lateral (${ragged('whole_end', 'span_end')}) as tail
 order by asked.n`;
};

const readingStatement = (isOfClient: boolean) => {
  const ragged = (start: string, end: string) => `
  select quantity, quantity, occurred_at
    from (${readings(['$1', 'asked.meter', `asked.${start}`, `asked.${end}`])}) as reading
   ${isOfClient ? 'where client_id = asked.client' : ''}`;
  return `
select total.max::text as max, total.latest::text as latest
  ${askedSpans(isOfClient)}
 cross join lateral (
   select max(max_quantity) as max, (array_agg(latest_quantity order by latest_at desc nulls last, latest_quantity desc))[1] as latest
     from (select max_quantity, latest_quantity, latest_at ${bucketsOfSpan(isOfClient)}
           union all ${ragged('span_start', 'whole_start')}
           union all ${ragged('whole_end', 'span_end')}) as part
 ) as total
 order by asked.n`;
};
