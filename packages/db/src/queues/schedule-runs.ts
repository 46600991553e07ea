import type pg from 'pg';

export interface ScheduleState {
  /** The latest due instant that was started, as far as asked; null = none. */
  lastDueAt: Date | null;
  /** The oldest run that nobody finished and whose lease is over. */
  abandonedAt: Date | null;
}

export interface ScheduleRuns {
  /**
   * Of each schedule, in the order asked. What ran while a clock was ahead lies after `upTo`, in the future of the right
   * time, and must not keep the schedule silent until then.
   */
  statesOf(schedules: readonly { name: string; upTo: Date }[]): Promise<ScheduleState[]>;
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
}

/** Use `database.worker`. */
export function createScheduleRuns(pool: pg.Pool): ScheduleRuns {
  return {
    async statesOf(schedules) {
      const { rows } = await pool.query<ScheduleState>({
        name: 'states-of-schedules',
        text: statesSql,
        values: [schedules.map(({ name }) => name), schedules.map(({ upTo }) => upTo)],
      });
      return rows;
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
  };
}

const statesSql = `
  select (select max(run.due_at) from schedule_runs run where run.name = asked.name and run.due_at <= asked.up_to)
           as "lastDueAt",
         (select min(run.due_at) from schedule_runs run
           where run.name = asked.name and run.status = 'running' and run.lease_until < now()) as "abandonedAt"
    from unnest($1::text[], $2::timestamptz[]) with ordinality as asked (name, up_to, position)
   order by asked.position`;
