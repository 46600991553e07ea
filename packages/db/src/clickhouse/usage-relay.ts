import type pg from 'pg';
import { inPoolTransaction } from '../pool-transaction.ts';
import { nilClient } from '../queries/limits/counter-lookup.ts';
import type { ClickHouseClient } from './connect-clickhouse.ts';

const batchSize = 5_000;

/** Turns the relay on and notes what is stored already. Answers how many events wait. Use `database.worker`. */
export async function relayAllUsage(pool: pg.Pool): Promise<number> {
  const { rows } = await pool.query<{ noted: string }>('select relay_all_usage()::text as noted');
  return Number(rows[0]?.noted ?? 0);
}

export async function isRelayOn(pool: pg.Pool): Promise<boolean> {
  const { rows } = await pool.query(`select 1 from settings where key = 'usage_relay' and value = 'true'`);
  return rows.length > 0;
}

/**
 * Sends the next events to the other store and forgets them once it has them. A crash in between sends them again,
 * which that store takes as one. Several processes share the work: rows one of them holds are passed over.
 * @returns how many went; 0 = nothing waits
 */
export async function relayUsage(pool: pg.Pool, clickhouse: ClickHouseClient): Promise<number> {
  return await inPoolTransaction(pool, async (client) => {
    const { rows } = await client.query<Record<string, unknown>>(takeStatement, [batchSize]);
    const values = rows.filter(({ id }) => id !== null);
    if (values.length > 0) {
      await clickhouse.insert({ table: 'metergate_usage_events', values, format: 'JSONEachRow' });
    }
    return rows.length;
  });
}

/** Events that the other store does not have yet, and since when the oldest waits. Use `database.platform`. */
export async function relayBacklog(pool: pg.Pool): Promise<{ count: number; oldest: Date | null }> {
  const { rows } = await pool.query<{ count: number; oldest: Date | null }>(
    `select (select count(*)::int from usage_relay) as count, (
       select event.recorded_at from (select * from usage_relay order by sequence limit 1) as first
         join usage_events event on event.organization_id = first.organization_id and event.id = first.id) as oldest`,
  );
  return rows[0] ?? { count: 0, oldest: null };
}

const instant = (column: string) => `to_char(event.${column} at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS.MS')`;

const takeStatement = `
with taken as (
  delete from usage_relay where (organization_id, id) in (
    select organization_id, id from usage_relay order by sequence limit $1 for update skip locked)
  returning organization_id, id
)
select event.organization_id, event.id, event.kind, event.meter, event.quantity::text as quantity,
       ${instant('occurred_at')} as occurred_at, ${instant('recorded_at')} as recorded_at,
       coalesce(event.client_id, '${nilClient}') as client_id, event.subject, event.properties::text as properties,
       event.adjusts_event_id as adjusts
  from taken
  left join lateral (
    select * from usage_events where organization_id = taken.organization_id and id = taken.id limit 1
  ) as event on true`;
