import type pg from 'pg';
import { textArray } from '../array-literal.ts';
import type { UsageRow } from './usage-row.ts';

/**
 * Answers the rows whose backfill is open and notes that it makes them. Until the transaction ends nobody takes it back:
 * whoever wants to waits, and then sees what was stored.
 */
export async function enterBackfills(client: pg.ClientBase, rows: readonly UsageRow[]): Promise<UsageRow[]> {
  const open = await lockOpen(client, rows);
  await client.query({
    name: 'note_backfilled_events',
    text: noteStatement,
    values: [
      open.map((row) => row.organizationId),
      textArray(open.map((row) => row.id)),
      textArray(open.map((row) => row.backfillId)),
    ],
  });
  return open;
}

async function lockOpen(client: pg.ClientBase, rows: readonly UsageRow[]): Promise<UsageRow[]> {
  const named = [...new Map(rows.map((row) => [keyOf(row), row])).values()];
  const { rows: open } = await client.query<{ key: string }>({
    name: 'lock_open_backfills',
    text: lockStatement,
    values: [named.map((row) => row.organizationId), textArray(named.map((row) => row.backfillId))],
  });
  const isOpen = new Set(open.map(({ key }) => key));
  return rows.filter((row) => isOpen.has(keyOf(row)));
}

function keyOf({ organizationId, backfillId }: UsageRow): string {
  return `${organizationId} ${backfillId}`;
}

// Both in order, so that two who want the same wait for each other and not in a circle.
const lockStatement = `
select backfill.organization_id || ' ' || backfill.id as key
  from unnest($1::uuid[], $2::text[]) as named (organization_id, id)
  join usage_backfills backfill on backfill.organization_id = named.organization_id and backfill.id = named.id
 where backfill.reverted_at is null
 order by backfill.organization_id, backfill.id
   for share of backfill`;

/** What is stored already stays whose it is; what nobody stored goes to whoever is about to. */
const noteStatement = `
insert into usage_backfill_events as known (organization_id, event_id, backfill_id)
select organization_id, event_id, backfill_id
  from unnest($1::uuid[], $2::text[], $3::text[]) as made (organization_id, event_id, backfill_id)
 order by organization_id, event_id
on conflict (organization_id, event_id) do update set backfill_id = excluded.backfill_id
 where not exists (select from usage_events event
                    where event.organization_id = known.organization_id and event.id = known.event_id)`;
