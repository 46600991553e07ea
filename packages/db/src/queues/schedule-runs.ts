import type pg from 'pg';

export interface ScheduleRuns {
  /**
   * The latest due instant that was started, `upTo` included; null = none. What ran while a clock was ahead lies in
   * the future of the right time and must not keep the schedule silent until then.
   */
  lastDueAt(name: string, upTo: Date): Promise<Date | null>;
  /** True for exactly one process per due instant; a run whose process died is taken over after its lease. */
  start(run: { name: string; dueAt: Date; leasedBy: string; leaseSeconds: number }): Promise<boolean>;
  finish(run: {
    name: string;
    dueAt: Date;
    leasedBy: string;
    status: 'done' | 'failed';
    at: Date;
    result: unknown;
  }): Promise<void>;
  /** The oldest run that nobody finished and whose lease is over. */
  findAbandoned(name: string): Promise<Date | null>;
}

/** Use `database.worker`. */
export function createScheduleRuns(pool: pg.Pool): ScheduleRuns {
  return {
    async lastDueAt(name, upTo) {
      const { rows } = await pool.query<{ due_at: Date | null }>(
        'select max(due_at) as due_at from schedule_runs where name = $1 and due_at <= $2',
        [name, upTo],
      );
      return rows[0]?.due_at ?? null;
    },
    async start({ name, dueAt, leasedBy, leaseSeconds }) {
      const { rowCount } = await pool.query(
        `insert into schedule_runs (name, due_at, status, leased_by, lease_until)
         values ($1, $2, 'running', $3, now() + make_interval(secs => $4))
         on conflict (name, due_at) do update
           set leased_by = excluded.leased_by, lease_until = excluded.lease_until
           where schedule_runs.status = 'running' and schedule_runs.lease_until < now()`,
        [name, dueAt, leasedBy, leaseSeconds],
      );
      return rowCount === 1;
    },
    async finish({ name, dueAt, leasedBy, status, at, result }) {
      await pool.query(
        `update schedule_runs set status = $4, finished_at = $5, result = $6, lease_until = null
         where name = $1 and due_at = $2 and leased_by = $3 and status = 'running'`,
        [name, dueAt, leasedBy, status, at, JSON.stringify(result ?? null)],
      );
    },
    async findAbandoned(name) {
      const { rows } = await pool.query<{ due_at: Date }>(
        `select due_at from schedule_runs
         where name = $1 and status = 'running' and lease_until < now() order by due_at limit 1`,
        [name],
      );
      return rows[0]?.due_at ?? null;
    },
  };
}
