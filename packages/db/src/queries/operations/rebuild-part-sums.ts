import type pg from 'pg';
import { isLateOrCorrecting } from '../usage/usage-parts.ts';

/**
 * Computes the sums of what came late or corrects others anew and answers how many are missing, too many or different.
 * With `write` they are repaired. Belongs to a transaction that lets no usage in meanwhile.
 */
export async function rebuildPartSums(client: pg.ClientBase, write: boolean): Promise<number> {
  await client.query(computeStatement);
  const { rows } = await client.query<{ different: number }>(
    'select count(*)::int as different from compared_part_sums',
  );
  if (write) {
    await client.query(deleteStatement);
    await client.query(insertStatement);
  }
  return rows[0]?.different ?? 0;
}

const key = 'organization_id, meter, bucket_start, client_id, kind, recorded_hour';

const computeStatement = `
create temporary table compared_part_sums on commit drop as
with computed as (
  select organization_id, meter, date_bin('15 minutes', occurred_at, '2000-01-01T00:00:00Z') as bucket_start,
         coalesce(client_id, '00000000-0000-0000-0000-000000000000') as client_id, kind,
         date_bin('1 hour', recorded_at, '2000-01-01T00:00:00Z') as recorded_hour, count(*) as event_count,
         sum(quantity) as quantity
    from usage_events where ${isLateOrCorrecting} group by 1, 2, 3, 4, 5, 6
)
select ${key}, computed.event_count, computed.quantity
  from computed full join usage_part_sums stored using (${key})
 where (computed.event_count, computed.quantity) is distinct from (stored.event_count, stored.quantity)`;

const deleteStatement = `
delete from usage_part_sums stored using compared_part_sums compared
 where (${key
   .split(', ')
   .map((column) => `stored.${column}`)
   .join(', ')}) = (${key
   .split(', ')
   .map((column) => `compared.${column}`)
   .join(', ')})`;

const insertStatement = `
insert into usage_part_sums (${key}, event_count, quantity)
select ${key}, event_count, quantity from compared_part_sums where event_count is not null`;
