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
const usualStep = 10_000;

/**
 * Takes counters of different values away whose windows ended before, and what they counted; answers how many values
 * went. Who asks for such a window again has it computed from the events. A counter is first marked as counting nothing,
 * while nobody adds usage of its organization, so that nobody reads it or writes its values any more; they go step by
 * step, and it goes last. What a crash leaves is found by the next look, because the mark stays.
 */
export async function forgetValues(pool: pg.Pool, before: Date, valuesPerStep = usualStep): Promise<number> {
  for (let total = 0; ; ) {
    const { rows } = await pool.query<CounterName>(oldCounters, [before.toISOString(), countersPerLook]);
    for (const counter of rows) total += await forget(pool, counter, valuesPerStep);
    if (rows.length < countersPerLook) return total;
  }
}

async function forget(pool: pg.Pool, counter: CounterName, valuesPerStep: number): Promise<number> {
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
    await client.query(markStatement, name);
  });
  let total = 0;
  for (let taken = valuesPerStep; taken >= valuesPerStep; total += taken) {
    taken = (await pool.query(stepStatement, [...name, valuesPerStep])).rowCount ?? 0;
  }
  await pool.query(`delete from limit_counters ${isMarked}`, name);
  return total;
}

const oldCounters = `
select organization_id, feature, client_id, window_start, window_end from limit_counters counter
 where window_end < $1::timestamptz
   and (counted_until = window_start
        or exists (select from limit_counter_values counted
                    where counted.organization_id = counter.organization_id and counted.feature = counter.feature
                      and counted.client_id = counter.client_id and counted.window_start = counter.window_start
                      and counted.window_end = counter.window_end))
 limit $2`;

const isCounter = `
 where organization_id = $1 and feature = $2 and client_id = $3 and window_start = $4 and window_end = $5`;

const isMarked = `${isCounter} and counted_until = window_start`;

const markStatement = `update limit_counters set counted_until = window_start, used = 0 ${isCounter}`;

// Whoever makes the counter again meanwhile has moved its mark on, and its values are new rows.
const stepStatement = `
delete from limit_counter_values ${isCounter}
   and exists (select from limit_counters ${isMarked})
   and value = any (array(select value from limit_counter_values ${isCounter} limit $6))`;
