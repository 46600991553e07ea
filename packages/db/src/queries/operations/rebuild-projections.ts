import pg from 'pg';
import { lockOutUsage } from '../ingest/counter-lock.ts';
import { rebuildPartSums } from './rebuild-part-sums.ts';
import { rebuildValues } from './rebuild-values.ts';

export interface ProjectionReport {
  /** Sums per quarter of an hour that the events make. */
  buckets: number;
  /** Those that are missing, too many or different. */
  different: number;
  /** The same of the sums of what came late or corrects others. */
  differentParts: number;
  /** The same of the different values that counters count, and of the totals of these counters. */
  differentValues: number;
  /** Events that are gone and live on in these sums. */
  retiredEvents: string;
  /** Up to ten of them. */
  examples: {
    organizationId: string;
    meter: string;
    bucketStart: string;
    stored: string | null;
    actual: string | null;
  }[];
}

/**
 * Computes every usage bucket anew from the stored events, and what was retired of it, the sums of what came late and
 * the different values of counters, and compares. With `write` the differences are repaired in the same transaction,
 * under a lock that lets no usage in meanwhile. Use the owner's login: no other role may look at and write everybody's
 * usage.
 */
export async function rebuildProjections(options: {
  ownerUrl: string;
  write: boolean;
}): Promise<ProjectionReport> {
  const client = new pg.Client({ connectionString: options.ownerUrl });
  await client.connect();
  try {
    await client.query('begin');
    await client.query('set local statement_timeout = 0');
    if (options.write) {
      await client.query(lockOutUsage);
      await client.query('lock table usage_buckets in share row exclusive mode');
    }
    await client.query(computeStatement);
    const report = {
      ...(await readReport(client)),
      differentParts: await rebuildPartSums(client, options.write),
      differentValues: await rebuildValues(client, options.write),
    };
    if (options.write) await repair(client);
    await client.query(options.write ? 'commit' : 'rollback');
    return report;
  } finally {
    // What has not been committed is rolled back with the connection.
    await client.end();
  }
}

async function readReport(
  client: pg.Client,
): Promise<Omit<ProjectionReport, 'differentParts' | 'differentValues'>> {
  const { rows: counts } = await client.query<{ buckets: number; different: number; retired: string }>(
    `select count(*) filter (where actual_events is not null)::int as buckets,
            coalesce(sum(retired_count), 0)::text as retired,
            count(*) filter (where ${isDifferent})::int as different from compared_buckets`,
  );
  const { rows: examples } = await client.query<ProjectionReport['examples'][number]>(
    `select organization_id as "organizationId", meter, bucket_start::text as "bucketStart", stored::text, actual::text
       from compared_buckets where ${isDifferent} order by organization_id, meter, bucket_start limit 10`,
  );
  return {
    buckets: counts[0]?.buckets ?? 0,
    different: counts[0]?.different ?? 0,
    retiredEvents: counts[0]?.retired ?? '0',
    examples,
  };
}

async function repair(client: pg.Client): Promise<void> {
  await client.query(
    `delete from usage_buckets bucket using compared_buckets compared
      where ${isDifferent} and bucket.organization_id = compared.organization_id and bucket.meter = compared.meter
        and bucket.client_id = compared.client_id and bucket.bucket_start = compared.bucket_start`,
  );
  await client.query(
    `insert into usage_buckets (organization_id, meter, client_id, bucket_start, quantity, event_count, max_quantity,
                                latest_quantity, latest_at, retired_quantity, retired_count)
     select organization_id, meter, client_id, bucket_start, actual, actual_events, actual_max, actual_latest,
            actual_latest_at, retired_quantity, retired_count
       from compared_buckets where ${isDifferent} and actual_events is not null`,
  );
}

const isDifferent = `(stored is distinct from actual or stored_events is distinct from actual_events
                      or stored_max is distinct from actual_max
                      or stored_latest is distinct from actual_latest or stored_latest_at is distinct from actual_latest_at)`;

/** Neither events nor a trace of retired ones: a bucket that says something should not be there. */
const isGone = `(computed.quantity is null and bucket.retired_count = 0 and bucket.retired_quantity = 0
                 and (bucket.quantity <> 0 or bucket.event_count <> 0))`;
/** The newest reading of the quarter of an hour was retired, so only the bucket knows it. */
const isRetiredLatest =
  '(bucket.retired_count > 0 and bucket.latest_at >= coalesce(computed.latest_at, bucket.latest_at))';

// A correction carries the difference as its quantity; a void takes its event out of the count and out of what is the
// largest or the latest.
const computeStatement = `
create temporary table compared_buckets on commit drop as
with corrections as (
  select organization_id, adjusts_event_id, sum(quantity) as difference, bool_or(kind = 'void') as is_void
    from usage_events where kind <> 'usage' group by 1, 2
),
said as (
  select event.*, case when event.kind = 'usage' and is_void is not true
                       then event.quantity + coalesce(difference, 0) end as reading
    from usage_events event
    left join corrections
      on corrections.organization_id = event.organization_id and corrections.adjusts_event_id = event.id
),
computed as (
  select organization_id, meter, coalesce(client_id, '00000000-0000-0000-0000-000000000000') as client_id,
         date_bin('15 minutes', occurred_at, '2000-01-01T00:00:00Z') as bucket_start, sum(quantity) as quantity,
         sum(case kind when 'usage' then 1 when 'void' then -1 else 0 end)::bigint as event_count,
         max(reading) as max_quantity,
         (array_agg(reading order by occurred_at desc, reading desc) filter (where reading is not null))[1] as latest_quantity,
         max(occurred_at) filter (where reading is not null) as latest_at
    from said group by 1, 2, 3, 4
)
select organization_id, meter, client_id, bucket_start, bucket.quantity as stored, bucket.event_count as stored_events,
       bucket.max_quantity as stored_max, bucket.latest_quantity as stored_latest, bucket.latest_at as stored_latest_at,
       nullif(coalesce(computed.quantity, 0) + coalesce(bucket.retired_quantity, 0), case when ${isGone} then 0 end) as actual,
       nullif(coalesce(computed.event_count, 0) + coalesce(bucket.retired_count, 0), case when ${isGone} then 0 end)
         as actual_events,
       greatest(computed.max_quantity, case when bucket.retired_count > 0 then bucket.max_quantity end, 0) as actual_max,
       case when ${isRetiredLatest} then bucket.latest_quantity else computed.latest_quantity end as actual_latest,
       case when ${isRetiredLatest} then bucket.latest_at else computed.latest_at end as actual_latest_at,
       coalesce(bucket.retired_quantity, 0) as retired_quantity, coalesce(bucket.retired_count, 0) as retired_count
  from computed full join usage_buckets bucket using (organization_id, meter, client_id, bucket_start)`;
