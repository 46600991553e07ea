import { migrate } from '@metergate/db';
import pg from 'pg';
import type { TrialDatabase } from './trial-database.ts';

/** What cannot be worked out from something else, in the order of its references. */
const facts = [
  // The trial's clock is one of them.
  'settings',
  'organizations',
  'clients',
  'plan_versions',
  'subscriptions',
  'subscription_items',
  'subscription_terms',
  'limit_overrides',
  'usage_events',
  // Only to be compared with; nothing is worked out from them.
  'usage_billings',
];

/** A new database of the same server in another time zone, with the facts of the first and none of its sums. */
export async function copyFacts(
  source: TrialDatabase,
  { name, zone }: { name: string; zone: string },
): Promise<{ ownerUrl: string; roleUrls: Record<string, string> }> {
  await source.owner.query(`create database ${name}`);
  await source.owner.query(`alter database ${name} set timezone to '${zone}'`);
  const renamed = (url: string) => Object.assign(new URL(url), { pathname: `/${name}` }).href;
  const ownerUrl = renamed(source.ownerUrl);
  await migrate({ ownerUrl });
  const target = new pg.Client({ connectionString: ownerUrl });
  await target.connect();
  try {
    for (const table of facts) {
      const { rows } = await source.owner.query<{ rows: string }>(
        `select coalesce(json_agg(t), '[]')::text as rows from ${table} t`,
      );
      await target.query(
        `insert into ${table} select * from json_populate_recordset(null::${table}, $1::json)`,
        [rows[0]?.rows],
      );
    }
  } finally {
    await target.end();
  }
  const roleUrls = Object.fromEntries(Object.entries(source.urls).map(([role, url]) => [role, renamed(url)]));
  return { ownerUrl, roleUrls };
}
