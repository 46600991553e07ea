import { asId, type OrganizationId } from '@metergate/core';
import type pg from 'pg';
import { inPoolTransaction } from '../pool-transaction.ts';

export interface ClaimedMessage {
  id: string;
  organizationId: OrganizationId;
  kind: string;
  payload: Readonly<Record<string, unknown>>;
  idempotencyKey: string;
  attempts: number;
  createdAt: Date;
  /** How often staff have put it back after it was given up. */
  round: number;
  /** It was sent before, or its worker died while sending: Stripe may have it already. */
  wasTried: boolean;
}

export interface ClaimMessageOptions {
  leasedBy: string;
  leaseSeconds: number;
  isHurried: boolean;
  /** Organizations whose message failed in this drain for lack of an answer. */
  except: readonly string[];
}

export type MessageOutcome =
  | { status: 'done'; at: Date; result: unknown }
  | { status: 'failed'; error: string; attempts: number; retryInSeconds: number }
  | { status: 'dead'; error: string; attempts: number };

export interface OutboxQueue {
  claim(options: ClaimMessageOptions): Promise<ClaimedMessage | null>;
  finish(message: ClaimedMessage, leasedBy: string, outcome: MessageOutcome): Promise<void>;
}

const claimLock = 6_173_002;

/** Use `database.worker`. */
export function createOutboxQueue(pool: pg.Pool): OutboxQueue {
  return {
    claim: (options) => claim(pool, options),
    async finish(message, leasedBy, outcome) {
      const isDone = outcome.status === 'done';
      await pool.query(
        `update outbox
         set status = $4, lease_until = null, leased_by = null, last_error = $5, attempts = $6,
             next_attempt_at = now() + make_interval(secs => $7), done_at = $8, result = $9
         where organization_id = $1 and id = $2 and status = 'sending' and leased_by = $3`,
        [
          message.organizationId,
          message.id,
          leasedBy,
          outcome.status,
          isDone ? null : outcome.error.slice(0, 1_000),
          isDone ? message.attempts + 1 : outcome.attempts,
          outcome.status === 'failed' ? outcome.retryInSeconds : 0,
          isDone ? outcome.at : null,
          isDone ? JSON.stringify(outcome.result ?? null) : null,
        ],
      );
    },
  };
}

interface MessageRow {
  id: string;
  organization_id: string;
  kind: string;
  payload: Record<string, unknown>;
  idempotency_key: string;
  attempts: number;
  created_at: Date;
  round: number;
  was_tried: boolean;
}

/**
 * Only the first unfinished message of each organization may be taken, so messages leave in the order of their
 * sequence and one at a time; a message that waits for its next attempt holds back those behind it. Taking by status
 * instead of by "sequence greater than the last seen" is what lets no message of a long transaction be skipped.
 */
async function claim(pool: pg.Pool, options: ClaimMessageOptions): Promise<ClaimedMessage | null> {
  return await inPoolTransaction(pool, async (client) => {
    await client.query('select pg_advisory_xact_lock($1)', [claimLock]);
    const { rows } = await client.query<MessageRow>(claimSql, [
      options.leasedBy,
      options.leaseSeconds,
      options.isHurried,
      options.except,
    ]);
    const [row] = rows;
    return row === undefined ? null : fromRow(row);
  });
}

const claimSql = `
  with candidate as (
    select o.organization_id, o.id, o.status <> 'pending' as was_tried
    from outbox o
    where o.status in ('pending', 'failed', 'sending')
      and o.organization_id <> all ($4::uuid[])
      and ($3 or o.status = 'pending' or o.next_attempt_at <= now())
      and (o.status <> 'sending' or o.lease_until < now())
      and not exists (
        select 1 from outbox earlier
        where earlier.organization_id = o.organization_id and earlier.sequence < o.sequence
          and earlier.status in ('pending', 'failed', 'sending')
      )
    order by o.sequence
    limit 1
    for update of o skip locked
  )
  update outbox o
  set status = 'sending', leased_by = $1, lease_until = now() + make_interval(secs => $2)
  from candidate
  where o.organization_id = candidate.organization_id and o.id = candidate.id
  returning o.id, o.organization_id, o.kind, o.payload, o.idempotency_key, o.attempts,
            o.created_at, o.round, candidate.was_tried`;

function fromRow(row: MessageRow): ClaimedMessage {
  return {
    id: row.id,
    organizationId: asId('organization', row.organization_id),
    kind: row.kind,
    payload: row.payload,
    idempotencyKey: row.idempotency_key,
    attempts: row.attempts,
    createdAt: row.created_at,
    round: row.round,
    wasTried: row.was_tried,
  };
}
