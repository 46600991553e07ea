import type { Id, WebhookOwner } from '@metergate/core';
import type pg from 'pg';

export interface AttemptRecord {
  deliveryId: Id<'webhookDelivery'>;
  startedAt: Date;
  durationMs: number;
  responseStatus: number | null;
  /** Null = it was taken. */
  error: string | null;
  /** Null = no further attempt. */
  nextAttemptAt: Date | null;
}

interface Recording {
  endpoint: { owner: WebhookOwner; id: Id<'webhookEndpoint'> };
  leasedBy: string;
  attempt: AttemptRecord;
}

/** Delivery, log and health of the endpoint in one transaction, as long as this worker still holds the endpoint. */
export async function recordAttempt(pool: pg.Pool, recording: Recording): Promise<boolean> {
  const { endpoint, leasedBy, attempt } = recording;
  const { error, startedAt } = attempt;
  const { rows } = await pool.query<{ held: boolean }>(recordSql, [
    endpoint.owner,
    endpoint.id,
    leasedBy,
    attempt.deliveryId,
    error === null ? 'delivered' : attempt.nextAttemptAt === null ? 'failed' : 'pending',
    attempt.nextAttemptAt,
    attempt.responseStatus,
    error,
    startedAt,
    attempt.durationMs,
  ]);
  return rows[0]?.held ?? false;
}

const recordSql = `
  with held as (
    update webhook_endpoints
       set failing_since = case when $8::text is null then null else coalesce(failing_since, $9::timestamptz) end,
           lease_until = greatest(lease_until, now() + interval '30 seconds')
     where organization_id = $1 and id = $2 and leased_by = $3
    returning true
  ), changed as (
    update webhook_deliveries
       set status = $5, attempts = attempts + 1, next_attempt_at = coalesce($6::timestamptz, next_attempt_at),
           first_attempted_at = coalesce(first_attempted_at, $9::timestamptz), response_status = $7::int,
           last_error = $8::text, delivered_at = case when $8::text is null then $9::timestamptz else delivered_at end
     where organization_id = $1 and id = $4 and status = 'pending' and exists (select from held)
    returning attempts
  ), logged as (
    insert into webhook_attempts (organization_id, delivery_id, attempt, started_at, duration_ms, response_status, error)
    select $1, $4, attempts, $9::timestamptz, $10::int, $7::int, $8::text from changed
    returning true
  )
  select exists (select from held) as held`;
