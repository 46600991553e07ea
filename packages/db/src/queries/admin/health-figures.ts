import type pg from 'pg';

export interface HealthFigures {
  /** Milliseconds from Stripe's event to its effect, 95th percentile of the last hour; null = none arrived. */
  inboundLagP95: number | null;
  inboundOpen: number;
  inboundDead: number;
  /** Seconds that the oldest open event has waited; null = none waits. */
  inboundOldestSeconds: number | null;
  outboxOpen: number;
  outboxDead: number;
  /** Of the last day: events of the other mode, of another account, and known ids with other content. */
  otherMode: number;
  otherAccount: number;
  conflicts: number;
  /** Differences with Stripe that wait for a person. */
  driftOpen: number;
  comparedLastAt: Date | null;
  /** Usage events recorded in the last five minutes. */
  usageRecorded: number;
  schedulesFailed: number;
  schedulesLastAt: Date | null;
}

/** What the health page shows of the database's content, in one query. Use `database.platform`. */
export async function readHealthFigures(pool: pg.Pool, at: Date): Promise<HealthFigures> {
  const { rows } = await pool.query<HealthFigures>({
    name: 'admin_health_figures',
    text: statement,
    values: [at],
  });
  const [row] = rows;
  if (row === undefined) throw new Error('the health query answers one row');
  return row;
}

const openEvent = `status in ('received', 'processing', 'failed')`;
const openMessage = `status in ('pending', 'sending', 'failed')`;
const statement = `
select (select round(percentile_cont(0.95) within group
                 (order by extract(epoch from processed_at - received_at) * 1000))::float8
          from inbound_events where processed_at > $1::timestamptz - interval '1 hour') as "inboundLagP95",
       (select count(*)::int from inbound_events where ${openEvent}) as "inboundOpen",
       (select count(*)::int from inbound_events where status = 'dead') as "inboundDead",
       (select extract(epoch from $1::timestamptz - min(received_at))::float8
          from inbound_events where ${openEvent}) as "inboundOldestSeconds",
       (select count(*)::int from outbox where ${openMessage}) as "outboxOpen",
       (select count(*)::int from outbox where status = 'dead') as "outboxDead",
       (select count(*)::int from inbound_events where effect ->> 'ignored' = 'other_mode'
           and received_at > $1::timestamptz - interval '1 day') as "otherMode",
       (select count(*)::int from inbound_events where effect ->> 'ignored' = 'other_account'
           and received_at > $1::timestamptz - interval '1 day') as "otherAccount",
       (select count(*)::int from inbound_events where conflicted_at > $1::timestamptz - interval '1 day') as "conflicts",
       (select count(*)::int from drift_findings where status = 'open') as "driftOpen",
       (select max(finished_at) from schedule_runs
         where status = 'done' and name = 'reconcile-stripe') as "comparedLastAt",
       (select count(*)::int from usage_events where recorded_at > $1::timestamptz - interval '5 minutes'
           and occurred_at > $1::timestamptz - interval '1 day') as "usageRecorded",
       (select count(*)::int from schedule_runs
         where status = 'failed' and due_at > $1::timestamptz - interval '1 day') as "schedulesFailed",
       (select max(finished_at) from schedule_runs where status = 'done') as "schedulesLastAt"`;
