import { asId, type ClientId } from '@metergate/core';
import type { Period } from '@metergate/core/shared/time/period';
import type { MeterSpan, UsageReader } from '@metergate/core/usage/reading/usage-reading.ports';
import type { MeterAggregation } from '@metergate/core/usage/usage-event';
import { nilClient } from '../queries/limits/counter-lookup.ts';
import { canonical } from '../queries/limits/decimal-text.ts';
import { clickHouseEventList } from './clickhouse-event-list.ts';
import type { ClickHouseClient } from './connect-clickhouse.ts';

interface SeriesRow {
  position: number;
  client: string;
  total: string;
}

const totalOf = {
  sum: 'sum(quantity)',
  count: "toInt64(countIf(kind = 'usage')) - toInt64(countIf(kind = 'void'))",
} as const;

const allClients = 4_294_967_295;

/**
 * Series, counts and lists of events from ClickHouse, some seconds behind; what decides and bills (`totals`) and what
 * was refused stay with PostgreSQL, which is never behind. So do the largest, the latest and the number of different
 * values, because it knows what was amended and taken back.
 */
export function createClickHouseUsageReader(client: ClickHouseClient, postgres: UsageReader): UsageReader {
  const series = (span: MeterSpan, windows: readonly Period[], clientsMax?: number) =>
    readSeries(client, { span, windows, clientsMax });
  return {
    totals: postgres.totals,
    rejected: postgres.rejected,
    findRejected: postgres.findRejected,
    markResent: postgres.markResent,
    // A correction has the property of the event it corrects, which only PostgreSQL can look up.
    seriesByProperty: postgres.seriesByProperty,
    // Parts add up with the total of the same moment, and their lists with them.
    parts: postgres.parts,
    events: (organizationId, filter) =>
      filter.part === undefined
        ? clickHouseEventList(client, organizationId, filter)
        : postgres.events(organizationId, filter),
    async series(span, windows) {
      if (!isSummed(span.aggregation)) return await postgres.series(span, windows);
      const totals = new Array<string>(windows.length).fill('0');
      for (const row of await series(span, windows)) totals[row.position - 1] = canonical(row.total);
      return totals;
    },
    async seriesByClient(span, windows, clientsMax = allClients) {
      if (!isSummed(span.aggregation)) return await postgres.seriesByClient(span, windows, clientsMax);
      const found = new Map<ClientId | null, string[]>();
      for (const row of await series(span, windows, clientsMax)) {
        const key = row.client === nilClient ? null : asId('client', row.client);
        const totals = found.get(key) ?? new Array<string>(windows.length).fill('0');
        totals[row.position - 1] = canonical(row.total);
        found.set(key, totals);
      }
      return found;
    },
    async count(span, period) {
      if (!isSummed(span.aggregation) || span.clientId !== undefined)
        return await postgres.count(span, period);
      const [count] = await series({ ...span, aggregation: 'count' }, [period]);
      const [total] = await series(span, [period]);
      return { count: Number(count?.total ?? 0), total: canonical(total?.total ?? '0') };
    },
  };
}

async function readSeries(
  client: ClickHouseClient,
  asked: { span: MeterSpan; windows: readonly Period[]; clientsMax: number | undefined },
): Promise<SeriesRow[]> {
  const { span, windows, clientsMax } = asked;
  const last = windows.at(-1);
  const { aggregation } = span;
  if (last === undefined || !isSummed(aggregation)) return [];
  const answer = await client.query({
    query: `
      with usage as (
        select * from metergate_usage_events final
         where organization_id = {organization: UUID} and meter = {meter: String}
           and occurred_at >= {starts: Array(DateTime64(3, 'UTC'))}[1] and occurred_at < {end: DateTime64(3, 'UTC')}
      )
      select toUInt32(arrayCount(start -> start <= occurred_at, {starts: Array(DateTime64(3, 'UTC'))})) as position,
             toString(${clientsMax === undefined ? 'toUUID({nil: String})' : 'client_id'}) as client,
             toString(${totalOf[aggregation]}) as total
        from usage
       ${clientsMax === undefined ? '' : `where client_id in (${largestClients(totalOf[aggregation])})`}
       group by 1, 2`,
    query_params: {
      starts: windows.map(({ start }) => instantText(start)),
      end: instantText(last.end),
      organization: span.organizationId,
      meter: span.meter,
      nil: nilClient,
      ...(clientsMax === undefined ? {} : { clientsMax }),
    },
    format: 'JSONEachRow',
  });
  return await answer.json<SeriesRow>();
}

const largestClients = (total: string) =>
  `select client_id from usage group by client_id order by ${total} desc, client_id limit {clientsMax: UInt32}`;

function isSummed(aggregation: MeterAggregation): aggregation is 'sum' | 'count' {
  return aggregation === 'sum' || aggregation === 'count';
}

/** As ClickHouse reads it: without the letters of ISO 8601. */
export function instantText(instant: Date): string {
  return instant.toISOString().replace('T', ' ').replace('Z', '');
}
