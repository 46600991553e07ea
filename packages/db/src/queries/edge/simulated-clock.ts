import type pg from 'pg';

const key = 'simulated_clock_offset_ms';

/** The offset that test seams give the business clock of all processes. Use `database.platform`. */
export function createSimulatedClockStore(pool: pg.Pool) {
  return {
    /** Milliseconds; 0 when never moved. */
    async load(): Promise<number> {
      const { rows } = await pool.query<{ value: number }>('select value from settings where key = $1', [
        key,
      ]);
      return Number(rows[0]?.value ?? 0);
    },
    /** The time on which all processes agree: the database's, moved by the offset where seams may give one. */
    async agreedTime({ isSimulated }: { isSimulated: boolean }): Promise<Date> {
      const { rows } = await pool.query<{ at: Date }>(
        `select clock_timestamp() + make_interval(secs => coalesce(
           (select (value #>> '{}')::float8 / 1000 from settings where key = $1 and $2), 0)) as at`,
        [key, isSimulated],
      );
      const [row] = rows;
      if (row === undefined) throw new Error('the time is one row');
      return row.at;
    },
    async save(offsetMs: number): Promise<void> {
      await pool.query(
        `insert into settings (key, value) values ($1, $2::jsonb)
         on conflict (key) do update set value = excluded.value`,
        [key, JSON.stringify(offsetMs)],
      );
    },
  };
}
