import type pg from 'pg';
import { countedValues, queryWithRoom } from '../usage/distinct-values.ts';

interface Span {
  meter: string;
  start: Date;
  end: Date;
  clientId?: string;
}

/**
 * How many different values each span has, in order: what a counter of just this span has kept, otherwise from the
 * events of the span.
 */
export async function distinctTotals(
  client: pg.ClientBase | pg.Pool,
  organizationId: string,
  spans: readonly Span[],
): Promise<string[]> {
  const totals = await keptTotals(client, organizationId, spans);
  const unknown = spans.flatMap((span, n) => (totals.has(n) ? [] : [{ span, n }]));
  const read = await eventTotals(
    client,
    organizationId,
    unknown.map(({ span }) => span),
  );
  for (const [position, { n }] of unknown.entries()) totals.set(n, read[position] ?? '0');
  return spans.map((_, n) => totals.get(n) ?? '0');
}

async function keptTotals(
  client: pg.ClientBase | pg.Pool,
  organizationId: string,
  spans: readonly Span[],
): Promise<Map<number, string>> {
  const { rows } = await client.query<{ position: number; used: string }>({
    name: 'kept_totals',
    text: keptStatement,
    values: [
      organizationId,
      spans.map(({ meter }) => meter),
      spans.map(({ clientId }) => clientId ?? null),
      spans.map(({ start }) => start.toISOString()),
      spans.map(({ end }) => end.toISOString()),
    ],
  });
  return new Map(rows.map(({ position, used }) => [position - 1, used]));
}

// Each by its whole key, one by one.
const keptStatement = `
select asked.n::int as position, counter.used::text as used
  from unnest($2::text[], $3::uuid[], $4::timestamptz[], $5::timestamptz[]) with ordinality
         as asked (meter, client, span_start, span_end, n)
 cross join lateral (
   select used, counted_until from limit_counters
    where organization_id = $1 and feature = asked.meter
      and client_id = coalesce(asked.client, '00000000-0000-0000-0000-000000000000')
      and window_start = asked.span_start and window_end = asked.span_end offset 0
 ) as counter
 where counter.counted_until is null`;

/** Planned for its values, because it reads every event of its spans; so each span is a branch of its own. */
async function eventTotals(
  client: pg.ClientBase | pg.Pool,
  organizationId: string,
  spans: readonly Span[],
): Promise<string[]> {
  if (spans.length === 0) return [];
  const values: (string | null)[] = [organizationId];
  const parameter = (value: string | null) => `$${values.push(value)}`;
  const branches = spans.map(({ meter, start, end, clientId }, n) => {
    const counted = countedValues([
      '$1',
      parameter(meter),
      `${parameter(start.toISOString())}::timestamptz`,
      `${parameter(end.toISOString())}::timestamptz`,
    ]);
    const ofClient = clientId === undefined ? '' : `and client_id = ${parameter(clientId)}::uuid`;
    return `
select ${n} as n, count(*)::text as count
  from (select distinct value from (${counted}) as counted where value is not null ${ofClient}) as different`;
  });
  const rows = await queryWithRoom<{ count: string }>(
    client,
    `${branches.join(' union all ')} order by n`,
    values,
  );
  return rows.map(({ count }) => count);
}
