import type pg from 'pg';

/**
 * What a meter with `unique_count` counts: the values of the property that its published definition names, of events
 * that were not taken back. A relation `counted` over the parameters organization, meter, start and end; it always
 * reads the events, because the distinct values of two spans do not add up. Make its rows distinct before they are
 * counted: `count(distinct …)` sorts all of them, and no second process can help. A void lies at the instant of its
 * event; said once more as a span, it is looked for there only.
 */
export function countedValues([organization, meter, start, end]: [string, string, string, string]): string {
  return `
select event.occurred_at, event.client_id, event.properties, event.properties ->> ${countedField(meter)} as value
  from usage_events event
 where event.organization_id = ${organization} and event.meter = ${meter} and event.kind = 'usage'
   and event.occurred_at >= ${start} and event.occurred_at < ${end}
   and not exists (
     select from usage_events taken
      where taken.organization_id = event.organization_id and taken.meter = event.meter and taken.kind = 'void'
        and taken.occurred_at >= ${start} and taken.occurred_at < ${end}
        and taken.occurred_at = event.occurred_at and taken.adjusts_event_id = event.id)`;
}

/** The property whose values a meter counts, asked once for a statement and not for each of its events. */
export function countedField(meter: string): string {
  return `(select content ->> 'valueField' from meters where key = ${meter})`;
}

/**
 * Runs a statement that makes values distinct, with room for some hundred thousand of them in memory (with the usual
 * 4 MB they are sorted on the disk), and planned for its span: made for any span, its plan takes six times as long.
 * Both hold until the end of the transaction that the client is in.
 */
export async function queryWithRoom<Row extends pg.QueryResultRow>(
  client: pg.ClientBase | pg.Pool,
  text: string,
  values: unknown[],
): Promise<Row[]> {
  const [, { rows }] = await Promise.all([
    client.query(`select set_config('work_mem', '64MB', true), set_config('plan_cache_mode', 'auto', true)`),
    client.query<Row>(text, values),
  ]);
  return rows;
}
