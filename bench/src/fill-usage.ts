import type { MeasuredInstance } from './measured-instance.ts';

const chunk = 100_000;

const eventsStatement = `
  insert into usage_events (organization_id, id, payload_hash, kind, meter, quantity, occurred_at, recorded_at, source)
  select $1, 'bench-' || n, decode(md5(n::text) || md5(n::text), 'hex'), 'usage', 'execution', 1, occurred_at,
         least(now(), occurred_at + case when n % 1000 = 0 then interval '2 days' else interval '2 seconds' end), 'api'
    from generate_series($2::bigint + 1, $2::bigint + $3::bigint) as n
   cross join lateral (select now() - (n % 7776000) * interval '1 second' as occurred_at) as event`;
const bucketsStatement = `
  insert into usage_buckets (organization_id, meter, client_id, bucket_start, quantity, event_count, max_quantity,
                             latest_quantity, latest_at)
  select organization_id, meter, '00000000-0000-0000-0000-000000000000'::uuid,
         date_bin('15 minutes', occurred_at, '2000-01-01T00:00:00Z'), sum(quantity), count(*), max(quantity), 1,
         max(occurred_at)
    from usage_events where organization_id = $1 group by 1, 2, 3, 4
  on conflict (organization_id, meter, client_id, bucket_start) do update
    set quantity = excluded.quantity, event_count = excluded.event_count`;

/** Events of the last 90 days with their sums, up to `count` of them, one of a thousand recorded late. @param from how many are there already */
export async function fillUsage(
  { owner, organizationId }: MeasuredInstance,
  count: number,
  from = 0,
): Promise<void> {
  for (let made = from; made < count; made += chunk) {
    await owner.query(eventsStatement, [organizationId, made, Math.min(chunk, count - made)]);
  }
  await owner.query(bucketsStatement, [organizationId]);
  await owner.query('analyze usage_events');
  await owner.query('analyze usage_buckets');
}
