import { asId, fromPublicId } from '@metergate/core';
import { inboundEventStatusSchema } from '@metergate/core/admin/admin.schemas';
import type {
  InboundEventDetails,
  InboundEventDirectory,
  InboundEventFilter,
  InboundEventRecord,
} from '@metergate/core/admin/inbound-events.ports';
import type pg from 'pg';
import { decodeCursor, encodeCursor, uuidPosition } from './cursor.ts';

const SAME_OBJECT_MAX = 20;

/** Use `database.platform`. */
export function createInboundEventDirectory(pool: pg.Pool): InboundEventDirectory {
  return {
    list: (filter) => list(pool, filter),
    async countByStatus() {
      const { rows } = await pool.query<{ status: string; count: number }>(
        'select status, count(*)::int as count from inbound_events group by status',
      );
      return Object.fromEntries(rows.map(({ status, count }) => [status, count]));
    },
    async find(id) {
      const { rows } = await pool.query<EventRow>(`${selectEvents} where e.id = $1`, [id]);
      const [row] = rows;
      return row === undefined ? null : details(pool, row);
    },
  };
}

interface EventRow {
  id: string;
  external_id: string;
  type: string;
  status: string;
  attempts: number;
  object_id: string | null;
  last_error: string | null;
  stripe_created_at: Date;
  received_at: Date;
  processed_at: Date | null;
  payload: unknown;
  effect: unknown;
  conflicts: number;
  conflicted_at: Date | null;
  conflicting_payload: unknown;
  organization_id: string | null;
  slug: string | null;
  name: string | null;
}

/** Nobody's until a worker has taken it up; its customer says already whose it will be. */
const selectEvents = `
  select e.id, e.external_id, e.type, e.status, e.attempts, e.object_id, e.last_error, e.stripe_created_at,
         e.received_at, e.processed_at, e.payload, e.effect, e.conflicts, e.conflicted_at, e.conflicting_payload, o.id as organization_id, o.slug, o.name
  from inbound_events e left join organizations o
    on o.id = coalesce(e.organization_id, (select id from organizations where stripe_customer_id = e.stripe_customer_id))`;

/** Ids are version 7, so their order is the order of arrival. */
async function list(pool: pg.Pool, filter: InboundEventFilter) {
  const after = decodeCursor('inbound_events', filter.cursor, uuidPosition);
  const { organization } = filter;
  const organizationId =
    organization === undefined ? null : (fromPublicId('organization', organization) ?? null);
  const { rows } = await pool.query<EventRow>(
    `${selectEvents}
     where ($1::text is null or e.status = $1) and ($2::text is null or e.type = $2)
       and ($3::uuid is null or e.organization_id = $3) and ($4::text is null or o.slug = $4)
       and ($5::uuid is null or e.id < $5)
       and ($7::text is null
         or case when $7 = 'conflict' then e.conflicts > 0 else e.effect ->> 'ignored' = $7 end)
     order by e.id desc limit $6`,
    [
      filter.status ?? null,
      filter.type ?? null,
      organizationId,
      organizationId === null ? (organization ?? null) : null,
      after ?? null,
      filter.limit + 1,
      filter.oddity ?? null,
    ],
  );
  const items = rows.slice(0, filter.limit).map(fromRow);
  const last = items.at(-1);
  const hasMore = rows.length > filter.limit && last !== undefined;
  return { items, nextCursor: hasMore ? encodeCursor('inbound_events', last.id) : null };
}

async function details(pool: pg.Pool, row: EventRow): Promise<InboundEventDetails> {
  const attempts = await pool.query<{
    attempt: number;
    started_at: Date;
    finished_at: Date | null;
    outcome: string | null;
    error: string | null;
    duration_ms: number | null;
  }>('select * from inbound_attempts where inbound_event_id = $1 order by attempt', [row.id]);
  const siblings = await pool.query<{ id: string; type: string; received_at: Date; status: string }>(
    `select id, type, received_at, status from inbound_events
     where object_id = $1 and id <> $2 order by id desc limit ${SAME_OBJECT_MAX}`,
    [row.object_id, row.id],
  );
  return {
    ...fromRow(row),
    payload: row.payload,
    effect: row.effect,
    conflict:
      row.conflicted_at === null
        ? null
        : { times: row.conflicts, lastAt: row.conflicted_at, payload: row.conflicting_payload },
    history: attempts.rows.map((attempt) => ({
      attempt: attempt.attempt,
      startedAt: attempt.started_at,
      finishedAt: attempt.finished_at,
      outcome: attempt.outcome ?? 'unknown',
      error: attempt.error,
      durationMs: attempt.duration_ms,
    })),
    sameObject: siblings.rows.map((sibling) => ({
      id: asId('inboundEvent', sibling.id),
      type: sibling.type,
      receivedAt: sibling.received_at,
      status: inboundEventStatusSchema.parse(sibling.status),
    })),
  };
}

function fromRow(row: EventRow): InboundEventRecord {
  const { organization_id: organizationId, slug, name } = row;
  return {
    id: asId('inboundEvent', row.id),
    externalId: row.external_id,
    type: row.type,
    status: inboundEventStatusSchema.parse(row.status),
    organization:
      organizationId === null || slug === null || name === null
        ? null
        : { id: asId('organization', organizationId), slug, name },
    attempts: row.attempts,
    objectId: row.object_id,
    lastError: row.last_error,
    stripeCreatedAt: row.stripe_created_at,
    receivedAt: row.received_at,
    processedAt: row.processed_at,
  };
}
