import { asId } from '@metergate/core';
import type { StoredUsageEvent, UsageEventsFilter } from '@metergate/core/usage/reading/usage-reading.ports';
import { nilClient } from '../queries/limits/counter-lookup.ts';
import { canonical } from '../queries/limits/decimal-text.ts';
import { readEventCursor, writeEventCursor } from '../queries/usage/usage-event-cursor.ts';
import type { ClickHouseClient } from './connect-clickhouse.ts';

interface EventRow {
  id: string;
  kind: StoredUsageEvent['kind'];
  adjusts: string | null;
  meter: string;
  quantity: string;
  occurred_at: string;
  recorded_at: string;
  client_id: string;
  subject: string | null;
  properties: string | null;
}

/** Newest first over several meters, with the same page links as the list of PostgreSQL. */
export async function clickHouseEventList(
  client: ClickHouseClient,
  organizationId: string,
  filter: UsageEventsFilter,
): Promise<{ items: StoredUsageEvent[]; nextCursor: string | null }> {
  const { conditions, parameters } = conditionsOf(filter);
  const answer = await client.query({
    query: `
      select id, kind, adjusts, meter, toString(quantity) as quantity, ${instant('occurred_at')}, ${instant('recorded_at')},
             toString(client_id) as client_id, subject, properties
        from metergate_usage_events as event final
       where organization_id = {organization: UUID} and meter in {meters: Array(String)} ${conditions}
       order by event.occurred_at desc, event.id desc limit {limit: UInt32}`,
    query_params: {
      ...parameters,
      organization: organizationId,
      meters: [...filter.meters],
      limit: filter.limit + 1,
    },
    format: 'JSONEachRow',
  });
  const rows = (await answer.json<EventRow>()).map(fromRow);
  const items = rows.slice(0, filter.limit);
  const last = items.at(-1);
  const hasMore = rows.length > filter.limit && last !== undefined;
  return { items, nextCursor: hasMore ? writeEventCursor(last) : null };
}

function conditionsOf(filter: UsageEventsFilter) {
  const after = readEventCursor(filter.cursor);
  const wanted: [condition: string, name: string, value: unknown][] = [
    ["event.occurred_at >= {from: DateTime64(3, 'UTC')}", 'from', spaced(filter.from?.toISOString())],
    ["event.occurred_at < {to: DateTime64(3, 'UTC')}", 'to', spaced(filter.to?.toISOString())],
    ['event.client_id = {client: UUID}', 'client', filter.clientId],
    ['event.subject = {subject: String}', 'subject', filter.subject],
    ["event.occurred_at <= {at: DateTime64(3, 'UTC')}", 'at', spaced(after?.at)],
    ["(event.occurred_at, event.id) < ({at: DateTime64(3, 'UTC')}, {after: String})", 'after', after?.id],
  ];
  const given = wanted.filter(([, , value]) => value !== undefined);
  return {
    conditions: given.map(([condition]) => `and ${condition}`).join(' '),
    parameters: Object.fromEntries(given.map(([, name, value]) => [name, value])),
  };
}

function fromRow(row: EventRow): StoredUsageEvent {
  return {
    id: row.id,
    kind: row.kind,
    adjusts: row.adjusts,
    meter: row.meter,
    quantity: canonical(row.quantity),
    occurredAt: new Date(row.occurred_at),
    recordedAt: new Date(row.recorded_at),
    clientId: row.client_id === nilClient ? null : asId('client', row.client_id),
    subject: row.subject,
    properties: row.properties === null ? null : JSON.parse(row.properties),
  };
}

/** Under its own name again, so the table is named where the column is meant. */
function instant(column: string): string {
  return `concat(replaceOne(toString(event.${column}), ' ', 'T'), 'Z') as ${column}`;
}

function spaced(instantText: string | undefined): string | undefined {
  return instantText?.replace('T', ' ').replace('Z', '');
}
