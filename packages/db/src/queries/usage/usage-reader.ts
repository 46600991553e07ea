import type { MeterSpan, UsageReader } from '@metergate/core/usage/reading/usage-reading.ports';
import type { MeterAggregation } from '@metergate/core/usage/usage-event';
import type pg from 'pg';
import { inIngestTransaction } from '../ingest/ingest-transaction.ts';
import { usageTotals } from '../limits/usage-total.ts';
import { usageSeriesByProperty } from './property-series.ts';
import { inReadingTransaction, type Planning } from './reading-transaction.ts';
import { findRejectedEvent, rejectedEventList } from './rejected-event-list.ts';
import { usageEventList } from './usage-event-list.ts';
import { usageParts } from './usage-parts.ts';
import { usageSeries, usageSeriesByClient } from './usage-series.ts';

/** Reads as the application role, one organization at a time; `ingest` only notes that an event was sent again. */
export function createUsageReader(pools: { app: pg.Pool; ingest: pg.Pool }): UsageReader {
  const read = <T>(organizationId: string, work: (client: pg.ClientBase) => Promise<T>) =>
    inReadingTransaction(pools.app, { organizationId }, work);
  const readSpan = <T>(
    { organizationId, aggregation }: MeterSpan,
    work: (client: pg.ClientBase) => Promise<T>,
  ) => inReadingTransaction(pools.app, { organizationId, planning: planningOf([aggregation]) }, work);
  return {
    totals: (organizationId, spans) => {
      const planning = planningOf(spans.map(({ aggregation }) => aggregation));
      return inReadingTransaction(pools.app, { organizationId, planning }, async (client, snapshotId) => {
        const asked = spans.map(({ period, ...span }) => ({ ...span, ...period, organizationId }));
        return { snapshotId, totals: await usageTotals(client, organizationId, asked) };
      });
    },
    series: (span, windows) => readSpan(span, (client) => usageSeries(client, span, windows)),
    seriesByClient: (span, windows, clientsMax) =>
      readSpan(span, (client) => usageSeriesByClient(client, span, { windows, clientsMax })),
    seriesByProperty: (span, windows, property) =>
      read(span.organizationId, (client) => usageSeriesByProperty(client, span, { windows, ...property })),
    count: (span, period) =>
      readSpan(span, async (client) => {
        const asked = { ...span, ...period };
        const [count, total] = await usageTotals(client, span.organizationId, [
          { ...asked, aggregation: 'count' },
          asked,
        ]);
        return { count: Number(count ?? 0), total: total ?? '0' };
      }),
    parts: (span, asked) => readSpan(span, (client) => usageParts(client, span, asked)),
    events: (organizationId, filter) =>
      read(organizationId, (client) => usageEventList(client, organizationId, filter)),
    rejected: (organizationId, page) =>
      read(organizationId, (client) => rejectedEventList(client, organizationId, page)),
    findRejected: (organizationId, id) =>
      read(organizationId, (client) => findRejectedEvent(client, organizationId, id)),
    markResent: (organizationId, id, at) =>
      inIngestTransaction(
        pools.ingest,
        { organizationIds: [organizationId], counterLock: 'none' },
        async (client) => {
          await client.query(
            'update rejected_events set resent_at = $3 where organization_id = $1 and id = $2',
            [organizationId, id, at.toISOString()],
          );
        },
      ),
  };
}

/** Sums and readings lie in the roll-ups; different values are counted from every event of the span. */
function planningOf(aggregations: readonly MeterAggregation[]): Planning {
  return aggregations.includes('unique_count') ? 'by value' : 'by key';
}
