import type { RefusedUsageEvent } from '@metergate/core/usage/usage.ports';
import type pg from 'pg';
import { inIngestTransaction } from './ingest-transaction.ts';

const payloadLengthMax = 16_384;

/** Keeps refused events for the console; `nextId` names each of them. */
export async function storeRejectedEvents(
  pool: pg.Pool,
  events: readonly RefusedUsageEvent[],
  stamp: { receivedAt: Date; nextId: () => string },
): Promise<void> {
  const organizationIds = [...new Set(events.map(({ organizationId }) => organizationId))];
  await inIngestTransaction(pool, { organizationIds, counterLock: 'none' }, async (client) => {
    await client.query(
      `insert into rejected_events (organization_id, id, event_id, payload, code, message, received_at)
       select organization_id, id, event_id, payload::jsonb, code, message, $7
         from unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::text[])
           as row (organization_id, id, event_id, payload, code, message)`,
      [
        events.map(({ organizationId }) => organizationId),
        events.map(() => stamp.nextId()),
        events.map(({ eventId }) => eventId?.replaceAll('\u0000', '\ufffd') ?? null),
        events.map(({ raw }) => storablePayload(raw)),
        events.map(({ rejection }) => rejection.code),
        events.map(({ rejection }) => rejection.message),
        stamp.receivedAt.toISOString(),
      ],
    );
  });
}

/** jsonb refuses NUL and half surrogates, which is often why the event was refused: such payloads become text. */
export function storablePayload(raw: unknown): string {
  const text = JSON.stringify(raw) ?? 'null';
  const isStorable = !/\\u0000|\\ud[89a-f]/i.test(text);
  if (isStorable && text.length <= payloadLengthMax) return text;
  return JSON.stringify({ text: text.slice(0, payloadLengthMax).toWellFormed().replaceAll('\\u', '\\\\u') });
}
