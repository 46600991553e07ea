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
    async save(offsetMs: number): Promise<void> {
      await pool.query(
        `insert into settings (key, value) values ($1, $2::jsonb)
         on conflict (key) do update set value = excluded.value`,
        [key, JSON.stringify(offsetMs)],
      );
    },
  };
}
