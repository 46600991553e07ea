import type pg from 'pg';
import { inPoolTransaction } from '../../pool-transaction.ts';
import { counterLock } from '../ingest/counter-lock.ts';

interface CounterName {
  organization_id: string;
  feature: string;
  client_id: string;
  window_start: Date;
  window_end: Date;
}

const countersPerLook = 1000;
const valuesPerStep = 10_000;

/**
 * Takes counters of different values away whose windows ended before, and what they counted; answers how many values
 * went. Who asks for such a window again has it computed from the events. A counter goes while nobody adds usage of its
 * organization, so that no writer finds it and misses it in the same statement; its values belong to nobody then. What a
 * crash leaves of them goes when the counter is made again, or with `rebuild-projections --write`.
 */
export async function forgetValues(pool: pg.Pool, before: Date): Promise<number> {
  for (let total = 0; ; ) {
    const { rows } = await pool.query<CounterName>(oldCounters, [before.toISOString(), countersPerLook]);
    for (const counter of rows) total += await forget(pool, counter);
    if (rows.length < countersPerLook) return total;
  }
}

async function forget(pool: pg.Pool, counter: CounterName): Promise<number> {
  const { lockClass, partition } = counterLock(counter.organization_id);
  const name = [
    counter.organization_id,
    counter.feature,
    counter.client_id,
    counter.window_start.toISOString(),
    counter.window_end.toISOString(),
  ];
  await inPoolTransaction(pool, async (client) => {
    await client.query('select pg_advisory_xact_lock($1, $2)', [lockClass, partition]);
    await client.query(`delete from limit_counters ${isCounter}`, name);
  });
  for (let total = 0; ; ) {
    const { rowCount } = await pool.query(stepStatement, [...name, valuesPerStep]);
    total += rowCount ?? 0;
    if ((rowCount ?? 0) < valuesPerStep) return total;
  }
}

const oldCounters = `
select organization_id, feature, client_id, window_start, window_end from limit_counters counter
 where window_end < $1::timestamptz
   and exists (select from limit_counter_values counted
                where counted.organization_id = counter.organization_id and counted.feature = counter.feature
                  and counted.client_id = counter.client_id and counted.window_start = counter.window_start
                  and counted.window_end = counter.window_end)
 limit $2`;

const isCounter = `
 where organization_id = $1 and feature = $2 and client_id = $3 and window_start = $4 and window_end = $5`;

const stepStatement = `
delete from limit_counter_values ${isCounter}
   and value = any (array(select value from limit_counter_values ${isCounter} limit $6))`;
