import type pg from 'pg';
import { inIngestTransaction } from './ingest-transaction.ts';
import type { UsageRow } from './usage-row.ts';

/**
 * Whether each id stands for just this usage already, whenever that was said to have happened: a decision that is made
 * once more has a moment of its own, and is the same usage.
 */
export async function findCounted(pool: pg.Pool, rows: readonly UsageRow[]): Promise<boolean[]> {
  if (rows.length === 0) return [];
  const organizationIds = [...new Set(rows.map(({ organizationId }) => organizationId))];
  const { rows: found } = await inIngestTransaction(
    pool,
    { organizationIds, counterLock: 'none' },
    (client) =>
      client.query<{ position: string }>({
        name: 'find_counted',
        text: statement,
        values: [
          rows.map((row) => row.organizationId),
          rows.map((row) => row.id),
          rows.map((row) => row.meter),
          rows.map((row) => row.quantity),
          rows.map((row) => row.clientId),
          rows.map((row) => row.subject),
        ],
      }),
  );
  const counted = new Set(found.map(({ position }) => Number(position) - 1));
  return rows.map((_, n) => counted.has(n));
}

// As in the comparison of hashes: only the primary key delivers the order of a range of one id.
const statement = `
select wanted.position
  from unnest($1::uuid[], $2::text[], $3::text[], $4::numeric[], $5::uuid[], $6::text[]) with ordinality
         as wanted (organization_id, id, meter, quantity, client_id, subject, position)
 cross join lateral (
    select meter, quantity, client_id, subject from usage_events
     where organization_id = wanted.organization_id and id >= wanted.id and id <= wanted.id order by id limit 1
  ) as stored
 where stored.meter = wanted.meter and stored.quantity = wanted.quantity
   and stored.client_id is not distinct from wanted.client_id
   and stored.subject is not distinct from wanted.subject`;
