import type { EventTotals } from '@metergate/core/payments/prove-usage/prove-usage.ports';
import type { MeterAggregation } from '@metergate/core/usage/usage-event';
import type pg from 'pg';
import { canonical } from '../limits/decimal-text.ts';
import { countedValues, queryWithRoom } from '../usage/distinct-values.ts';
import { inReadingTransaction } from '../usage/reading-transaction.ts';
import { readings } from '../usage/readings.ts';

interface TotalRow {
  total: string;
}

const totalOf = {
  sum: 'sum(quantity)',
  count: `sum(case kind when 'usage' then 1 when 'void' then -1 else 0 end)`,
  max: 'max(quantity)',
  latest: '(array_agg(quantity order by occurred_at desc, quantity desc))[1]',
  unique_count: 'count(value)',
} as const;

function eventsOf(aggregation: MeterAggregation): string {
  const span: [string, string, string, string] = ['$1', '$2', '$3::timestamptz', '$4::timestamptz'];
  if (aggregation === 'unique_count') return `select distinct value from (${countedValues(span)}) counted`;
  if (aggregation === 'max' || aggregation === 'latest') return readings(span);
  return `select quantity, kind from usage_events
           where organization_id = $1 and meter = $2 and occurred_at >= $3 and occurred_at < $4`;
}

/** Use `database.app`. Reads every event of the period: for proofs, not for pages. */
export function createEventTotals(pool: pg.Pool): EventTotals {
  return {
    total: ({ organizationId, meter, aggregation }, { start, end }) =>
      inReadingTransaction(pool, { organizationId }, async (client) => {
        const text = `select coalesce(${totalOf[aggregation]}, 0)::text as total from (${eventsOf(aggregation)}) event`;
        const values = [organizationId, meter, start.toISOString(), end.toISOString()];
        const rows =
          aggregation === 'unique_count'
            ? await queryWithRoom<TotalRow>(client, text, values)
            : (await client.query<TotalRow>(text, values)).rows;
        return canonical(rows[0]?.total ?? '0');
      }),
  };
}
