import type pg from 'pg';
import type { InboundEnding } from './inbound-queue.ts';

const ERROR_LENGTH_MAX = 1_000;

/** One statement for all of them: the state of each event, and a line of history for each attempt. */
export async function settleInboundEvents(
  pool: pg.Pool,
  leasedBy: string,
  endings: readonly InboundEnding[],
): Promise<void> {
  if (endings.length === 0) return;
  await pool.query({
    name: 'settle-inbound-events',
    text: settleSql,
    values: [leasedBy, JSON.stringify(endings.map(toRow))],
  });
}

function toRow({ id, outcome, attempt }: InboundEnding) {
  return {
    id,
    status: outcome.status,
    error: 'error' in outcome ? outcome.error.slice(0, ERROR_LENGTH_MAX) : null,
    attempts: 'attempts' in outcome ? outcome.attempts : null,
    retry_in: outcome.status === 'failed' ? outcome.retryInSeconds : 0,
    processed_at: outcome.status === 'ignored' ? outcome.at : null,
    effect: outcome.status === 'ignored' ? outcome.effect : undefined,
    customer: outcome.status === 'received' ? outcome.stripeCustomerId : null,
    started_at: attempt?.startedAt ?? null,
    finished_at: attempt?.finishedAt ?? null,
    duration_ms: attempt?.durationMs ?? null,
  };
}

const settleSql = `
  with ending as (
    select * from jsonb_to_recordset($2::jsonb) as t (
      id uuid, status text, error text, attempts int, retry_in int, processed_at timestamptz, effect jsonb,
      customer text, started_at timestamptz, finished_at timestamptz, duration_ms int)
  ), settled as (
    update inbound_events e
    set status = t.status, lease_until = null, leased_by = null, last_error = t.error,
        attempts = coalesce(t.attempts, e.attempts), next_attempt_at = now() + make_interval(secs => t.retry_in),
        processed_at = t.processed_at, effect = coalesce(t.effect, e.effect),
        stripe_customer_id = coalesce(t.customer, e.stripe_customer_id)
    from ending t
    where e.id = t.id and t.status <> 'processed' and e.status = 'processing' and e.leased_by = $1
  )
  insert into inbound_attempts (inbound_event_id, attempt, started_at, finished_at, outcome, error, duration_ms)
  select t.id, 1 + coalesce((select max(a.attempt) from inbound_attempts a where a.inbound_event_id = t.id), 0),
         t.started_at, t.finished_at, t.status, t.error, t.duration_ms
  from ending t where t.started_at is not null
  on conflict do nothing`;
