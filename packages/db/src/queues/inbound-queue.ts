import { asId, type OrganizationId } from '@metergate/core';
import type pg from 'pg';

/** An event as it came in, checked and read but not yet acted on. */
export interface NewInboundEvent {
  id: string;
  externalId: string;
  type: string;
  apiVersion: string | null;
  isLive: boolean;
  createdAt: Date;
  objectId: string | null;
  stripeCustomerId: string | null;
  payload: Readonly<Record<string, unknown>>;
  payloadHash: Uint8Array;
  receivedAt: Date;
}

export interface ClaimedInboundEvent {
  id: string;
  externalId: string;
  type: string;
  isLive: boolean;
  objectId: string | null;
  stripeCustomerId: string | null;
  organizationId: OrganizationId | null;
  attempts: number;
  payload: Readonly<Record<string, unknown>>;
}

export interface ClaimOptions {
  leasedBy: string;
  leaseSeconds: number;
  /** Business time: rows received or due later wait. */
  now: Date;
  /** Does not wait for the pause between attempts; for draining. */
  isHurried: boolean;
  /** Rows that failed in this drain already for lack of an answer. */
  except: readonly string[];
}

/** One transaction at a time decides what is claimed, so that no two workers take events of one customer. */
const claimLock = 6_173_001;

export interface InboundQueue {
  /** `inserted` false = the same external id is there already; `isSame` false = with other content. */
  insert(event: NewInboundEvent): Promise<{ inserted: boolean; isSame: boolean }>;
  claim(options: ClaimOptions): Promise<ClaimedInboundEvent | null>;
  finish(event: { id: string; leasedBy: string }, outcome: InboundOutcome): Promise<void>;
  recordAttempt(attempt: InboundAttemptRow): Promise<void>;
}

export type InboundOutcome =
  | { status: 'ignored'; at: Date; effect: unknown }
  | { status: 'parked'; error: string }
  /** Waits again, now among the events of this customer. */
  | { status: 'received'; stripeCustomerId: string }
  | { status: 'failed'; error: string; retryInSeconds: number; attempts: number }
  | { status: 'dead'; error: string; attempts: number };

export interface InboundAttemptRow {
  inboundEventId: string;
  attempt: number;
  startedAt: Date;
  finishedAt: Date;
  outcome: string;
  error: string | null;
  durationMs: number;
}

/** Use `database.worker`: it sees the events of every organization. Leases run on the database's own clock. */
export function createInboundQueue(pool: pg.Pool): InboundQueue {
  return {
    insert: (event) => insert(pool, event),
    claim: (options) => claim(pool, options),
    finish: (event, outcome) => finish(pool, event, outcome),
    async recordAttempt(row) {
      await pool.query(
        `insert into inbound_attempts
           (inbound_event_id, attempt, started_at, finished_at, outcome, error, duration_ms)
         select $1, coalesce(max(attempt), 0) + 1, $2, $3, $4, $5, $6
           from inbound_attempts where inbound_event_id = $1`,
        [row.inboundEventId, row.startedAt, row.finishedAt, row.outcome, row.error, row.durationMs],
      );
    },
  };
}

async function insert(pool: pg.Pool, event: NewInboundEvent) {
  const { rows } = await pool.query<{ id: string }>(
    `insert into inbound_events
       (id, source, external_id, type, api_version, livemode, stripe_created_at, payload, payload_hash,
        object_id, stripe_customer_id, status, attempts, next_attempt_at, received_at)
     values ($1, 'stripe', $2, $3, $4, $5, $6, $7, $8, $9, $10, 'received', 0, now(), $11)
     on conflict (source, external_id) do nothing
     returning id`,
    [
      event.id,
      event.externalId,
      event.type,
      event.apiVersion,
      event.isLive,
      event.createdAt,
      JSON.stringify(event.payload),
      event.payloadHash,
      event.objectId,
      event.stripeCustomerId,
      event.receivedAt,
    ],
  );
  if (rows.length === 1) return { inserted: true, isSame: true };
  const known = await pool.query<{ is_same: boolean }>(
    `select payload_hash = $2 as is_same from inbound_events where source = 'stripe' and external_id = $1`,
    [event.externalId, event.payloadHash],
  );
  return { inserted: false, isSame: known.rows[0]?.is_same ?? true };
}

interface ClaimedRow {
  id: string;
  external_id: string;
  type: string;
  livemode: boolean;
  object_id: string | null;
  stripe_customer_id: string | null;
  organization_id: string | null;
  attempts: number;
  payload: Record<string, unknown>;
}

/**
 * Oldest first, never two of one customer at once, and an event that waits for its next attempt does not hold up
 * the others. A lease that has run out is taken over: its worker died. Parked events wait for the day their customer
 * is known. The advisory lock makes claims of several workers follow each other; each then sees the one before.
 */
async function claim(pool: pg.Pool, options: ClaimOptions): Promise<ClaimedInboundEvent | null> {
  const client = await pool.connect();
  try {
    await client.query('begin');
    await client.query('select pg_advisory_xact_lock($1)', [claimLock]);
    const { rows } = await client.query<ClaimedRow>(claimSql, [
      options.leasedBy,
      options.leaseSeconds,
      options.isHurried,
      options.except,
    ]);
    await client.query('commit');
    const [row] = rows;
    return row === undefined ? null : fromRow(row);
  } catch (error) {
    await client.query('rollback');
    throw error;
  } finally {
    client.release();
  }
}

const claimSql = `
  with candidate as (
    select e.id, o.id as known_organization_id
    from inbound_events e
    left join organizations o on o.stripe_customer_id = e.stripe_customer_id
    where e.source = 'stripe'
      and e.id <> all ($4::uuid[])
      and (
        (e.status in ('received', 'failed') and ($3 or e.next_attempt_at <= now()))
        or (e.status = 'processing' and e.lease_until < now())
        or (e.status = 'parked' and o.id is not null)
      )
      and not exists (
        select 1 from inbound_events busy
        where busy.stripe_customer_id = e.stripe_customer_id
          and busy.status = 'processing' and busy.lease_until >= now() and busy.id <> e.id
      )
    order by e.stripe_created_at, e.received_at, e.id
    limit 1
    for update of e skip locked
  )
  update inbound_events e
  set status = 'processing', leased_by = $1, lease_until = now() + make_interval(secs => $2),
      organization_id = coalesce(candidate.known_organization_id, e.organization_id)
  from candidate
  where e.id = candidate.id
  returning e.id, e.external_id, e.type, e.livemode, e.object_id, e.stripe_customer_id, e.organization_id,
            e.attempts, e.payload`;

async function finish(
  pool: pg.Pool,
  event: { id: string; leasedBy: string },
  outcome: InboundOutcome,
): Promise<void> {
  const isOver = outcome.status === 'ignored';
  await pool.query(
    `update inbound_events
     set status = $3, lease_until = null, leased_by = null, last_error = $4,
         attempts = coalesce($5, attempts), next_attempt_at = now() + make_interval(secs => $6),
         processed_at = $7, effect = coalesce($8, effect),
         stripe_customer_id = coalesce($9, stripe_customer_id)
     where id = $1 and status = 'processing' and leased_by = $2`,
    [
      event.id,
      event.leasedBy,
      outcome.status,
      'error' in outcome ? outcome.error.slice(0, 1_000) : null,
      'attempts' in outcome ? outcome.attempts : null,
      outcome.status === 'failed' ? outcome.retryInSeconds : 0,
      isOver ? outcome.at : null,
      isOver ? JSON.stringify(outcome.effect) : null,
      outcome.status === 'received' ? outcome.stripeCustomerId : null,
    ],
  );
}

function fromRow(row: ClaimedRow): ClaimedInboundEvent {
  return {
    id: row.id,
    externalId: row.external_id,
    type: row.type,
    isLive: row.livemode,
    objectId: row.object_id,
    stripeCustomerId: row.stripe_customer_id,
    organizationId: row.organization_id === null ? null : asId('organization', row.organization_id),
    attempts: row.attempts,
    payload: row.payload,
  };
}
