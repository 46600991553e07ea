import { asId, type Id, platformOwner, type WebhookOwner } from '@metergate/core';
import type pg from 'pg';
import { fanOut } from './fan-out.ts';
import { type AttemptRecord, recordAttempt } from './record-attempt.ts';

/** An endpoint held by one worker, so that its messages leave one after the other. */
export interface ClaimedEndpoint {
  owner: WebhookOwner;
  id: Id<'webhookEndpoint'>;
  url: string;
  secretCipher: string;
  previousSecret: { cipher: string; until: Date } | null;
  failingSince: Date | null;
}

export interface DueDelivery {
  id: Id<'webhookDelivery'>;
  messageId: Id<'webhookMessage'>;
  body: string;
  /** First attempt of the present series, which a resend begins anew. */
  firstAttemptedAt: Date | null;
  /** Failed attempts of the present series. */
  seriesAttempts: number;
}

/** Deliveries on their way. Leases are the database's time, due instants business time. */
export interface WebhookQueue {
  /** Copies stored messages to endpoints; answers how many messages. */
  fanOut(input: { now: Date; countMax: number }): Promise<number>;
  /** The endpoint that has waited longest among those with something due. */
  claim(input: { leasedBy: string; leaseSeconds: number; now: Date }): Promise<ClaimedEndpoint | null>;
  /** In the order in which messages were stored. */
  listDue(endpoint: ClaimedEndpoint, input: { now: Date; countMax: number }): Promise<DueDelivery[]>;
  /** False when the lease was lost or the delivery is gone: then nothing is recorded. */
  record(endpoint: ClaimedEndpoint, leasedBy: string, attempt: AttemptRecord): Promise<boolean>;
  /** @param restUntil It is not claimed again before. */
  release(endpoint: ClaimedEndpoint, leasedBy: string, restUntil?: Date): Promise<void>;
  /** Who is told when it is disabled. */
  listRecipients(owner: WebhookOwner): Promise<string[]>;
  /** Messages and their deliveries from before an instant; answers how many messages. */
  deleteBefore(instant: Date): Promise<number>;
}

/** Use `database.worker`. */
export function createWebhookQueue(pool: pg.Pool): WebhookQueue {
  return {
    fanOut: (input) => fanOut(pool, input),
    async claim({ leasedBy, leaseSeconds, now }) {
      const { rows } = await pool.query<EndpointRow>(claimSql, [leasedBy, leaseSeconds, now]);
      const [row] = rows;
      return row === undefined ? null : fromRow(row);
    },
    async listDue({ owner, id }, { now, countMax }) {
      const { rows } = await pool.query<DueDelivery>(
        `select d.id, d.message_id as "messageId", m.body, d.first_attempted_at as "firstAttemptedAt",
                (select count(*) from webhook_attempts a
                  where a.organization_id = d.organization_id and a.delivery_id = d.id
                    and a.started_at >= d.first_attempted_at)::int as "seriesAttempts"
           from webhook_deliveries d
           join webhook_messages m on m.organization_id = d.about_organization_id and m.id = d.message_id
          where d.organization_id = $1 and d.endpoint_id = $2 and d.status = 'pending' and d.next_attempt_at <= $3
          order by d.sequence limit $4`,
        [owner, id, now, countMax],
      );
      return rows;
    },
    record: (endpoint, leasedBy, attempt) => recordAttempt(pool, { endpoint, leasedBy, attempt }),
    async release({ owner, id }, leasedBy, restUntil) {
      await pool.query(
        `update webhook_endpoints set lease_until = null, leased_by = null, resume_at = $4
          where organization_id = $1 and id = $2 and leased_by = $3`,
        [owner, id, leasedBy, restUntil ?? null],
      );
    },
    async listRecipients(owner) {
      const text =
        owner === platformOwner
          ? `select email from auth."user" where platform_role = 'super_admin' order by email limit 20`
          : 'select email from organizations where id = $1';
      const { rows } = await pool.query<{ email: string }>(text, owner === platformOwner ? [] : [owner]);
      return rows.map(({ email }) => email);
    },
    async deleteBefore(instant) {
      await pool.query(
        `delete from webhook_deliveries d using webhook_messages m
          where m.organization_id = d.about_organization_id and m.id = d.message_id and m.occurred_at < $1`,
        [instant],
      );
      const { rowCount } = await pool.query('delete from webhook_messages where occurred_at < $1', [instant]);
      return rowCount ?? 0;
    },
  };
}

interface EndpointRow {
  organization_id: string;
  id: string;
  url: string;
  secret_cipher: string;
  previous_secret_cipher: string | null;
  previous_secret_until: Date | null;
  failing_since: Date | null;
}

const claimSql = `
  with candidate as (
    select e.organization_id, e.id from webhook_endpoints e
     where e.disabled_at is null and (e.lease_until is null or e.lease_until < now())
       and (e.resume_at is null or e.resume_at <= $3)
       and exists (
         select 1 from webhook_deliveries d
          where d.organization_id = e.organization_id and d.endpoint_id = e.id
            and d.status = 'pending' and d.next_attempt_at <= $3)
     order by e.served_at nulls first limit 1
     for update skip locked
  )
  update webhook_endpoints e
     set leased_by = $1, lease_until = now() + make_interval(secs => $2), served_at = clock_timestamp()
    from candidate
   where e.organization_id = candidate.organization_id and e.id = candidate.id
  returning e.organization_id, e.id, e.url, e.secret_cipher, e.previous_secret_cipher, e.previous_secret_until,
            e.failing_since`;

function fromRow(row: EndpointRow): ClaimedEndpoint {
  const { previous_secret_cipher: cipher, previous_secret_until: until } = row;
  return {
    owner: asId('organization', row.organization_id),
    id: asId('webhookEndpoint', row.id),
    url: row.url,
    secretCipher: row.secret_cipher,
    previousSecret: cipher === null || until === null ? null : { cipher, until },
    failingSince: row.failing_since,
  };
}
