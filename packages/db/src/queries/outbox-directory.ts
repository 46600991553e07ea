import { asId, fromPublicId } from '@metergate/core';
import type { OutboxDirectory, OutboxRecord } from '@metergate/core/admin/outbox/outbox.ports';
import { outboxStatusSchema } from '@metergate/core/admin/outbox/outbox.schemas';
import type pg from 'pg';
import { decodeCursor, encodeCursor, uuidPosition } from './cursor.ts';

/** Use `database.platform`. */
export function createOutboxDirectory(pool: pg.Pool): OutboxDirectory {
  return {
    async list({ status, organization, cursor, limit }) {
      const organizationId =
        organization === undefined ? null : (fromPublicId('organization', organization) ?? null);
      const { rows } = await pool.query<MessageRow>(
        `${selectMessages}
         where ($1::text is null or m.status = $1) and ($2::uuid is null or m.organization_id = $2)
           and ($3::text is null or o.slug = $3) and ($4::uuid is null or m.id < $4)
         order by m.id desc limit $5`,
        [
          status ?? null,
          organizationId,
          organizationId === null ? (organization ?? null) : null,
          decodeCursor('outbox', cursor, uuidPosition) ?? null,
          limit + 1,
        ],
      );
      const items = rows.slice(0, limit).map(fromRow);
      const last = items.at(-1);
      const hasMore = rows.length > limit && last !== undefined;
      return { items, nextCursor: hasMore ? encodeCursor('outbox', last.id) : null };
    },
    async countByStatus() {
      const { rows } = await pool.query<{ status: string; count: number }>(
        'select status, count(*)::int as count from outbox group by status',
      );
      return Object.fromEntries(rows.map(({ status, count }) => [status, count]));
    },
    async find(id) {
      const { rows } = await pool.query<MessageRow>(`${selectMessages} where m.id = $1`, [id]);
      const [row] = rows;
      return row === undefined ? null : fromRow(row);
    },
  };
}

interface MessageRow {
  id: string;
  organization_id: string;
  slug: string;
  name: string;
  kind: string;
  status: string;
  attempts: number;
  round: number;
  idempotency_key: string;
  payload: unknown;
  last_error: string | null;
  created_at: Date;
  done_at: Date | null;
  is_overtaken: boolean;
}

/**
 * A message sets the state of one subscription, or of the customer. Later messages about the same that were delivered
 * are newer, and so is what a person decided later and Stripe was told without a message.
 */
const isOvertaken = `
  m.status = 'dead' and m.kind <> 'stripe.invoice_item.add' and (
    exists (select from outbox later
            where later.organization_id = m.organization_id and later.sequence > m.sequence and later.status = 'done'
              and case when m.payload ? 'stripeSubscriptionId'
                  then later.payload ->> 'stripeSubscriptionId' = m.payload ->> 'stripeSubscriptionId'
                  else later.kind = m.kind end)
    or exists (select from audit_log a join subscriptions s
                 on s.organization_id = m.organization_id and s.id::text = a.target_id
               where a.organization_id = m.organization_id and a.target_kind = 'subscription'
                 and s.stripe_subscription_id = m.payload ->> 'stripeSubscriptionId' and a.at > m.created_at
                 and a.actor ->> 'kind' in ('member', 'staff', 'api_key')))`;

const selectMessages = `
  select m.id, m.organization_id, o.slug, o.name, m.kind, m.status, m.attempts, m.round, m.idempotency_key, m.payload,
         m.last_error, m.created_at, m.done_at, (${isOvertaken}) as is_overtaken
  from outbox m join organizations o on o.id = m.organization_id`;

function fromRow(row: MessageRow): OutboxRecord {
  return {
    id: asId('outboxMessage', row.id),
    organization: { id: asId('organization', row.organization_id), slug: row.slug, name: row.name },
    kind: row.kind,
    status: outboxStatusSchema.parse(row.status),
    attempts: row.attempts,
    round: row.round,
    idempotencyKey: row.idempotency_key,
    payload: row.payload,
    lastError: row.last_error,
    createdAt: row.created_at,
    doneAt: row.done_at,
    isOvertaken: row.is_overtaken,
  };
}
