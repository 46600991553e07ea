import type { StoredRejectedEvent } from '@metergate/core/usage/reading/usage-reading.ports';
import type pg from 'pg';
import { decodeCursor, encodeCursor } from '../cursor.ts';

const columns = `id, event_id as "eventId", code, message, payload, received_at as "receivedAt", resent_at as "resentAt"`;

export async function rejectedEventList(
  client: pg.ClientBase,
  organizationId: string,
  page: { limit: number; cursor?: string | undefined },
): Promise<{ items: StoredRejectedEvent[]; nextCursor: string | null }> {
  const [at, id] = decodeCursor('rejected-events', page.cursor)?.split('|') ?? [];
  const { rows } = await client.query<StoredRejectedEvent>(
    `select ${columns} from rejected_events
      where organization_id = $1 and ($2::timestamptz is null or (received_at, id) < ($2, $3::uuid))
      order by received_at desc, id desc limit $4`,
    [organizationId, at ?? null, id ?? null, page.limit + 1],
  );
  const items = rows.slice(0, page.limit);
  const last = items.at(-1);
  const position = last === undefined ? '' : `${last.receivedAt.toISOString()}|${last.id}`;
  return { items, nextCursor: rows.length > page.limit ? encodeCursor('rejected-events', position) : null };
}

export async function findRejectedEvent(
  client: pg.ClientBase,
  organizationId: string,
  id: string,
): Promise<StoredRejectedEvent | undefined> {
  const { rows } = await client.query<StoredRejectedEvent>(
    `select ${columns} from rejected_events where organization_id = $1 and id = $2`,
    [organizationId, id],
  );
  return rows[0];
}
