import { asId } from '@metergate/core';
import type { StoredUsageEvent, UsageEventsFilter } from '@metergate/core/usage/reading/usage-reading.ports';
import type { ListedPart } from '@metergate/core/usage/usage-parts.schemas';
import type pg from 'pg';
import { canonical } from '../limits/decimal-text.ts';
import { readEventCursor, writeEventCursor } from './usage-event-cursor.ts';
import { isLateOrCorrecting, usagePart } from './usage-parts.ts';

interface EventRow {
  id: string;
  kind: StoredUsageEvent['kind'];
  adjusts: string | null;
  meter: string;
  quantity: string;
  occurred_at: Date;
  recorded_at: Date;
  client_id: string | null;
  subject: string | null;
  properties: Record<string, unknown> | null;
}

/**
 * Newest first over several meters. Each meter is read along its own index and the heads are merged; one scan over
 * all of them would sort the organization's whole history.
 */
export async function usageEventList(
  client: pg.ClientBase,
  organizationId: string,
  filter: UsageEventsFilter,
): Promise<{ items: StoredUsageEvent[]; nextCursor: string | null }> {
  const after = readEventCursor(filter.cursor);
  const { rows } = await client.query<EventRow>({
    ...statementOf(filter.part?.name),
    values: [
      organizationId,
      filter.meters,
      filter.from?.toISOString() ?? null,
      filter.to?.toISOString() ?? null,
      filter.clientId ?? null,
      filter.subject ?? null,
      after?.at ?? null,
      after?.id ?? null,
      filter.limit + 1,
      filter.part?.name ?? null,
      filter.part?.lateFrom.toISOString() ?? null,
    ],
  });
  const page = rows.slice(0, filter.limit);
  const last = page.at(-1);
  return {
    items: page.map(fromRow),
    nextCursor:
      rows.length > filter.limit && last !== undefined
        ? writeEventCursor({ occurredAt: last.occurred_at, id: last.id })
        : null,
  };
}

/** What came late or corrects others has an index of its own: a few among millions are not looked for one by one. */
function statementOf(part: ListedPart | undefined): { name: string; text: string } {
  return part === undefined || part === 'reported'
    ? { name: 'usage_event_list', text: statement('') }
    : { name: 'usage_event_list_special', text: statement(`and ${isLateOrCorrecting}`) };
}

const statement = (condition: string) => `
select event.* from unnest($2::text[]) as wanted(meter)
 cross join lateral (
   select id, kind, adjusts_event_id as adjusts, meter, quantity, occurred_at, recorded_at, client_id, subject,
          properties
     from usage_events
    where organization_id = $1 and meter = wanted.meter
      and ($3::timestamptz is null or occurred_at >= $3) and ($4::timestamptz is null or occurred_at < $4)
      and ($5::uuid is null or client_id = $5) and ($6::text is null or subject = $6)
      and ($7::timestamptz is null or occurred_at <= $7)
      and ($7::timestamptz is null or (occurred_at, id) < ($7, $8::text))
      and ($10::text is null or $10 = ${usagePart('$11::timestamptz')}) ${condition}
    order by occurred_at desc, id desc limit $9
 ) as event
 order by event.occurred_at desc, event.id desc limit $9`;

function fromRow(row: EventRow): StoredUsageEvent {
  return {
    id: row.id,
    kind: row.kind,
    adjusts: row.adjusts,
    meter: row.meter,
    quantity: canonical(row.quantity),
    occurredAt: row.occurred_at,
    recordedAt: row.recorded_at,
    clientId: row.client_id === null ? null : asId('client', row.client_id),
    subject: row.subject,
    properties: row.properties,
  };
}
