import { randomUUID } from 'node:crypto';
import { asId } from '@metergate/core';
import { createTestDatabase } from '@metergate/testing';
import { expect, it } from 'vitest';
import { describeUsageStore } from '../../../test/usage-reader-suite.ts';
import { createUsageReader } from './usage-reader.ts';

describeUsageStore('PostgreSQL', async (db) => ({
  reader: createUsageReader({ app: db.database.app, ingest: db.database.ingest }),
  settle: async () => undefined,
  stop: async () => undefined,
}));

it('totals and series are planned once for a connection, by key, in a database that was never analyzed', async () => {
  const db = await createTestDatabase({ poolSizes: { app: 1 } });
  const pool = db.database.app;
  try {
    const reader = createUsageReader({ app: pool, ingest: db.database.ingest });
    const span = { organizationId: asId('organization', randomUUID()), meter: 'call' };
    const period = { start: new Date('2027-03-01T00:00:00Z'), end: new Date('2027-04-01T00:00:00Z') };
    for (const aggregation of ['sum', 'max', 'sum'] as const) {
      await reader.totals(span.organizationId, [{ ...span, aggregation, period }]);
      await reader.series({ ...span, aggregation }, [period]);
      await reader.seriesByClient({ ...span, aggregation }, [period]);
      await reader.parts({ ...span, aggregation }, { period, lateFrom: period.end });
    }
    const { rows } = await pool.query(
      `select name, custom_plans::int as custom, parameter_types::text[] as types
         from pg_prepared_statements where name like 'usage\\_%' order by name`,
    );
    expect(rows.map(({ name, custom }) => [name, custom])).toEqual([
      ['usage_parts', 0],
      ['usage_series_max', 0],
      ['usage_series_max_by_client', 0],
      ['usage_series_sum', 0],
      ['usage_series_sum_by_client', 0],
      ['usage_totals_reading', 0],
      ['usage_totals_sum', 0],
    ]);
    await pool.query('set plan_cache_mode = force_generic_plan');
    for (const { name, types } of rows) {
      // Without an organization every partition would be left out before it is shown.
      const values = types.map((type: string) => (type === 'uuid' ? `'${span.organizationId}'` : 'null'));
      const plan = await pool.query(`explain execute ${name}(${values.join(', ')})`);
      const text = JSON.stringify(plan.rows);
      expect(text, name).toMatch(/Index Scan using usage_buckets_p\d_pkey/);
      expect(text, name).not.toMatch(/Seq Scan|Gather/);
      // Only what came late or corrects others is looked at, and only in the index that holds just that.
      if (name === 'usage_parts') expect(text).toMatch(/Index Only Scan using usage_events_p\d/);
    }
  } finally {
    await db.dispose();
  }
});
