import type { UsageReader } from '@metergate/core/usage/reading/usage-reading.ports';
import type pg from 'pg';
import { inIngestTransaction } from '../ingest/ingest-transaction.ts';
import { usageTotal } from '../limits/usage-total.ts';
import { usageSeriesByProperty } from './property-series.ts';
import { inReadingTransaction } from './reading-transaction.ts';
import { findRejectedEvent, rejectedEventList } from './rejected-event-list.ts';
import { usageEventList } from './usage-event-list.ts';
import { usageParts } from './usage-parts.ts';
import { usageSeries, usageSeriesByClient } from './usage-series.ts';

/** Reads as the application role, one organization at a time; `ingest` only notes that an event was sent again. */
export function createUsageReader(pools: { app: pg.Pool; ingest: pg.Pool }): UsageReader {
  const read = <T>(organizationId: string, work: (client: pg.ClientBase) => Promise<T>) =>
    inReadingTransaction(pools.app, organizationId, work);
  return {
    totals: (organizationId, spans) =>
      read(organizationId, async (client) => {
        const { rows } = await client.query<{ id: string }>('select pg_current_snapshot()::text as id');
        const totals: string[] = [];
        for (const { meter, aggregation, period } of spans) {
          totals.push(await usageTotal(client, { organizationId, meter, ...period }, aggregation));
        }
        return { snapshotId: rows[0]?.id ?? '', totals };
      }),
    series: (span, windows) => read(span.organizationId, (client) => usageSeries(client, span, windows)),
    seriesByClient: (span, windows) =>
      read(span.organizationId, (client) => usageSeriesByClient(client, span, windows)),
    seriesByProperty: (span, windows, property) =>
      read(span.organizationId, (client) => usageSeriesByProperty(client, span, { windows, ...property })),
    count: (span, period) =>
      read(span.organizationId, async (client) => ({
        count: Number(await usageTotal(client, { ...span, ...period }, 'count')),
        total: await usageTotal(client, { ...span, ...period }, span.aggregation),
      })),
    parts: (span, asked) => read(span.organizationId, (client) => usageParts(client, span, asked)),
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
