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

export interface RebuiltDatabase {
  ownerUrl: string;
  roleUrls: Record<string, string>;
}

/** A new database of the same server in another time zone, with the facts of the first and none of its sums. */
export async function copyFacts(
  source: TrialDatabase,
  { name, zone }: { name: string; zone: string },
): Promise<RebuiltDatabase> {
  const copy = await createCopy(source, { name, zone });
  const { ownerUrl } = copy;
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
  return copy;
}

/** The same as a database that was copied before, as PostgreSQL copies it; nobody may be connected to that one. */
export function cloneCopy(
  source: TrialDatabase,
  { name, zone, template }: { name: string; zone: string; template: string },
): Promise<RebuiltDatabase> {
  return createCopy(source, { name, zone, template });
}

async function createCopy(
  source: TrialDatabase,
  { name, zone, template = 'template1' }: { name: string; zone: string; template?: string },
): Promise<RebuiltDatabase> {
  await source.owner.query(`create database ${name} template ${template}`);
  await source.owner.query(`alter database ${name} set timezone to '${zone}'`);
  const renamed = (url: string) => Object.assign(new URL(url), { pathname: `/${name}` }).href;
  const roleUrls = Object.fromEntries(Object.entries(source.urls).map(([role, url]) => [role, renamed(url)]));
  return { ownerUrl: renamed(source.ownerUrl), roleUrls };
}
