import type { ConsumeCommand } from '@metergate/core/limits/limits.ports';
import type pg from 'pg';
import { derivedId, findReceipts, type StoredReceipt } from './receipt-rows.ts';

/** What the ids of a batch stood for before. */
export interface Earlier {
  receipts: ReadonlyMap<string, StoredReceipt>;
  eventIds: ReadonlySet<string>;
}

export const nothingEarlier: Earlier = { receipts: new Map(), eventIds: new Set() };

export async function findEarlier(
  client: pg.ClientBase,
  organizationId: string,
  commands: readonly ConsumeCommand[],
): Promise<Earlier> {
  const [receipts, { rows }] = await Promise.all([
    findReceipts(client, organizationId, commands.map(receiptIdOf)),
    client.query<{ id: string }>({
      name: 'find_event_ids',
      // As in the insert: only the primary key delivers this order.
      text: `select wanted.id from unnest($2::text[]) as wanted (id)
              where (select true from usage_events event
                      where event.organization_id = $1 and event.id >= wanted.id and event.id <= wanted.id
                      order by event.id limit 1)
                 or (select true from retired_usage_events retired
                      where retired.organization_id = $1 and retired.id = wanted.id limit 1)`,
      values: [organizationId, commands.map(({ entry }) => entry.draft.id)],
    }),
  ]);
  return { receipts, eventIds: new Set(rows.map(({ id }) => id)) };
}

/** A granted decision is found by the id of the event that it wrote. */
export function receiptIdOf({ entry }: ConsumeCommand): string {
  return derivedId(entry.organizationId, 'consume', entry.draft.id);
}
