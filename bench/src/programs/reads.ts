import process from 'node:process';
import { measure, report } from '../load.ts';
import { startMeasuredInstance } from '../measured-instance.ts';
import { writeResults } from '../results.ts';

/** Reading totals and series over a million events (ten with `--long`), as the console and platforms do. */
const isLong = process.argv.includes('--long');
const events = isLong ? 10_000_000 : 1_000_000;
const seconds = 5;
const chunk = 100_000;

const fillStatement = `
  insert into usage_events (organization_id, id, payload_hash, kind, meter, quantity, occurred_at, recorded_at, source)
  select $1, 'bench-' || n, decode(md5(n::text) || md5(n::text), 'hex'), 'usage', 'execution', 1,
         now() - (n % 7776000) * interval '1 second', now(), 'api'
    from generate_series($2::bigint + 1, $2::bigint + $3::bigint) as n`;
const bucketStatement = `
  insert into usage_buckets (organization_id, meter, client_id, bucket_start, quantity, event_count, max_quantity,
                             latest_quantity, latest_at)
  select organization_id, meter, '00000000-0000-0000-0000-000000000000'::uuid,
         date_bin('15 minutes', occurred_at, '2000-01-01T00:00:00Z'), sum(quantity), count(*), max(quantity), 1,
         max(occurred_at)
    from usage_events group by 1, 2, 3, 4`;

const instance = await startMeasuredInstance({ scopes: ['usage:read', 'entitlements:read'] });
try {
  const { owner, organizationId, url, key } = instance;
  for (let made = 0; made < events; made += chunk)
    await owner.query(fillStatement, [organizationId, made, chunk]);
  await owner.query(bucketStatement);
  await owner.query('analyze usage_events');
  await owner.query('analyze usage_buckets');
  const get = async (path: string) => {
    const response = await fetch(url + path, { headers: { authorization: `Bearer ${key}` } });
    await response.arrayBuffer();
    if (!response.ok) throw new Error(`${path} answered ${response.status}`);
  };
  const base = `/v1/organizations/acme`;
  const from = new Date(Date.now() - 90 * 86_400_000).toISOString();
  const questions: [string, string][] = [
    ['entitlements with totals', `${base}/entitlements`],
    ['series of the period by day', `${base}/usage?meter=execution&granularity=day`],
    [
      'series of 90 days by day',
      `${base}/usage?meter=execution&granularity=day&from=${from}&to=${new Date().toISOString()}`,
    ],
    ['newest 25 events', `${base}/usage-events?meter=execution&limit=25`],
  ];
  const results: Record<string, unknown> = {};
  for (const [name, path] of questions) {
    await get(path);
    const measured = await measure({ seconds, concurrency: 4 }, () => get(path));
    report(`${name}, ${events.toLocaleString('en-US')} events`, measured);
    results[name] = measured;
  }
  await writeResults('reads', { events, results });
} finally {
  await instance.stop();
}
