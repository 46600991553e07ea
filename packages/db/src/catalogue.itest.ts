import { createTestDatabase, type TestDatabase } from '@metergate/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sampleRows } from '../test/sample-rows.ts';
import { applicationRoles, databaseRole } from './roles.ts';

let db: TestDatabase;

beforeAll(async () => {
  db = await createTestDatabase();
});
afterAll(() => db.dispose());

/** Unique keys without the organization, and why each of them may be. */
const keysWithoutOrganization: Readonly<Record<string, string>> = {
  organizations_pkey: 'the id is the organization',
  organizations_slug_key: 'the slug names the organization in addresses',
  organizations_external_id_key: 'a platform names its organizations',
  organizations_stripe_customer_id_key: 'a Stripe customer is one organization',
  api_keys_pkey: 'platform keys have no organization',
  api_keys_key_hash_key: 'looked up before the organization is known',
  audit_log_pkey: 'the chain is the organization, or the platform',
  audit_heads_pkey: 'the chain is the organization, or the platform',
  inbound_events_pkey: 'stored before the organization is known',
  inbound_events_source_external_id_key: 'stored before the organization is known',
  emails_pkey: 'sign-in mails have no organization',
  emails_dedupe_key_key: 'sign-in mails have no organization',
};

/** Tables that hold data of organizations, partitions included. */
const tenantTables = `
  select c.oid, c.relname as name, c.relispartition as is_partition,
         c.relrowsecurity as is_enabled, c.relforcerowsecurity as is_forced
    from pg_class c
   where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')
     and (c.relname = 'organizations' or exists (
       select from pg_attribute a where a.attrelid = c.oid and a.attname = 'organization_id' and not a.attisdropped))`;

test('every table of an organization, and every partition, enables and forces row level security', async () => {
  const { rows } = await db.owner.query(tenantTables);
  expect(rows.length).toBeGreaterThan(50);
  expect(rows.filter((row) => !row.is_enabled || !row.is_forced)).toEqual([]);
});

test('every policy that reads has USING and every policy that writes has WITH CHECK', async () => {
  const { rows } = await db.owner.query(`
    select polrelid::regclass::text as table_name, polname from pg_policy
     where (polcmd <> 'a' and polqual is null) or (polcmd in ('*', 'a', 'w') and polwithcheck is null)`);
  expect(rows).toEqual([]);
});

test('the application role has exactly one policy per table, and it names the organization on both sides', async () => {
  const { rows } = await db.owner.query(`
    select t.name, array_agg(pg_get_expr(p.polqual, p.polrelid)) as reads,
           array_agg(pg_get_expr(p.polwithcheck, p.polrelid)) as writes
      from (${tenantTables}) t
      left join pg_policy p on p.polrelid = t.oid and 'mg_app'::regrole = any(p.polroles)
     where not t.is_partition group by t.name`);
  for (const row of rows) {
    expect(row.reads, row.name).toHaveLength(1);
    expect(row.reads, row.name).toEqual(row.writes);
    expect(row.reads[0], row.name).toMatch(/^\((organization_)?id = .*app\.organization_id'/);
  }
});

test('no policy is open to everybody', async () => {
  const { rows } = await db.owner.query('select polname from pg_policy where 0 = any(polroles)');
  expect(rows).toEqual([]);
});

test('primary and unique keys contain the organization, except where a reason is named', async () => {
  const { rows } = await db.owner.query(`
    select i.indexrelid::regclass::text as name
      from pg_index i join (${tenantTables}) t on t.oid = i.indrelid
     where i.indisunique and not t.is_partition and not exists (
       select from pg_attribute a
        where a.attrelid = i.indrelid and a.attnum = i.indkey[0] and a.attname = 'organization_id')`);
  expect(rows.map((row) => row.name).sort()).toEqual(Object.keys(keysWithoutOrganization).sort());
});

test('foreign keys between tables of organizations begin with the organization on both sides', async () => {
  const { rows } = await db.owner.query(`
    select c.conname as name
      from pg_constraint c join (${tenantTables}) t on t.oid = c.conrelid join (${tenantTables}) o on o.oid = c.confrelid
     where c.contype = 'f' and not t.is_partition and o.name <> 'organizations' and not (
       (select attname from pg_attribute where attrelid = c.conrelid and attnum = c.conkey[1]) = 'organization_id' and
       (select attname from pg_attribute where attrelid = c.confrelid and attnum = c.confkey[1]) = 'organization_id')`);
  expect(rows).toEqual([]);
});

/** Triggers that write into other tables, and why that stays within the organization of their row. */
const writingTriggers: Readonly<Record<string, string>> = {
  cue_late_usage: 'cues the organizations of the usage that was written, and sums it up under them',
  cue_usage_billing: 'cues the organization of the row',
  cue_usage_report: 'cues the organization of the row',
  forget_counters_of_meter:
    'a meter belongs to everybody: what it counted is computed anew under each organization',
  forget_part_sums: 'takes retired usage out of the sums of its organization',
  note_for_relay: 'notes the events that were written, under their organizations',
};

test('triggers write elsewhere only where it is known that they stay with the organization of their row', async () => {
  const { rows } = await db.owner.query(`
    select distinct proname from pg_proc p join pg_trigger t on t.tgfoid = p.oid
     where p.pronamespace = 'public'::regnamespace
       and prosrc ~* '(insert\\s+into|delete\\s+from|update\\s+\\S+(\\s+\\S+){0,2}\\s+set)\\s'`);
  expect(rows.map(({ proname }) => proname).sort()).toEqual(Object.keys(writingTriggers).sort());
});

test('partitioned tables are partitioned by the organization, so that they can be spread by it', async () => {
  const { rows } = await db.owner.query(`
    select p.partrelid::regclass::text as name, a.attname as column
      from pg_partitioned_table p join pg_attribute a on a.attrelid = p.partrelid and a.attnum = p.partattrs[0]
     order by 1`);
  expect(rows).toEqual([
    { name: 'usage_buckets', column: 'organization_id' },
    { name: 'usage_events', column: 'organization_id' },
  ]);
});

test('application roles own nothing and cannot step around policies', async () => {
  const names = applicationRoles.map(databaseRole);
  const { rows: attributes } = await db.owner.query(
    'select rolname from pg_roles where rolname = any($1) and (rolsuper or rolbypassrls or rolcreaterole or rolcreatedb)',
    [names],
  );
  expect(attributes).toEqual([]);
  const { rows: owned } = await db.owner.query(
    'select relname from pg_class join pg_roles r on r.oid = relowner where r.rolname = any($1)',
    [names],
  );
  expect(owned).toEqual([]);
  const { rows: memberships } = await db.owner.query(
    'select roleid from pg_auth_members m join pg_roles r on r.oid = m.member where r.rolname = any($1)',
    [names],
  );
  expect(memberships).toEqual([]);
});

test('nobody but the owner reaches a partition directly, and there are no default privileges', async () => {
  const { rows: reachable } = await db.owner.query(
    `select c.relname, r.rolname from pg_class c cross join pg_roles r
      where c.relispartition and c.relkind = 'r' and r.rolname like 'mg\\_%' and r.rolname <> current_user
        and has_table_privilege(r.oid, c.oid, 'select, insert, update, delete, truncate')
        and not r.rolsuper and r.rolname = any($1)`,
    [applicationRoles.map(databaseRole)],
  );
  expect(reachable).toEqual([]);
  const { rows: defaults } = await db.owner.query('select * from pg_default_acl');
  expect(defaults).toEqual([]);
});

test('PUBLIC may use no table and none of our functions', async () => {
  const { rows } = await db.owner.query(`
    select relname from pg_class, aclexplode(relacl) a
     where relnamespace in ('public'::regnamespace, 'auth'::regnamespace) and a.grantee = 0`);
  expect(rows).toEqual([]);
  const { rows: functions } = await db.owner.query(`
    select proname from pg_proc where pronamespace = 'public'::regnamespace
       and proname like any(array['protect%', 'allow%']) and has_function_privilege('mg_app', oid, 'execute')`);
  expect(functions).toEqual([]);
});

test('views run with the rights of the caller', async () => {
  const { rows } = await db.owner.query(`
    select relname from pg_class where relkind = 'v' and relnamespace in ('public'::regnamespace, 'auth'::regnamespace)
       and not coalesce(reloptions @> array['security_invoker=true'], false)`);
  expect(rows).toEqual([]);
});

test('the sample rows cover every table of an organization', async () => {
  const { rows } = await db.owner.query(
    `select name from (${tenantTables}) t where not is_partition order by 1`,
  );
  const covered = sampleRows(1).map(([table]) => table);
  expect(covered.sort()).toEqual(rows.map((row) => row.name).sort());
});
