import { execFile } from 'node:child_process';
import {
  appendFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { createTestDatabase, type TestDatabase } from '@metergate/testing';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { createDatabase } from './client.ts';
import { migrate } from './migrate.ts';
import { applicationRoles, databaseRole, ensureRoles } from './roles.ts';

const run = promisify(execFile);
const packageDir = fileURLToPath(new URL('..', import.meta.url));
const migrationsDir = path.join(packageDir, 'prisma/migrations');
let db: TestDatabase;
let copy: string;

beforeAll(async () => {
  db = await createTestDatabase();
});
afterAll(() => db.dispose());
beforeEach(() => {
  copy = mkdtempSync(path.join(tmpdir(), 'metergate-migrations-'));
  cpSync(migrationsDir, copy, { recursive: true });
});
afterEach(() => rmSync(copy, { recursive: true }));

function addMigration(name: string, sql: string): void {
  mkdirSync(path.join(copy, name), { recursive: true });
  writeFileSync(path.join(copy, name, 'migration.sql'), sql);
}

test('applying the migrations again changes nothing', async () => {
  expect(await migrate({ ownerUrl: db.ownerUrl })).toEqual([]);
});

test('a migration that was edited after it was applied is refused', async () => {
  const [first] = readdirSync(copy).sort();
  appendFileSync(path.join(copy, first ?? '', 'migration.sql'), '\n-- edited\n');
  const edited = migrate({ ownerUrl: db.ownerUrl, directory: copy });
  await expect(edited).rejects.toThrow(/was edited after it was applied/);
});

test('a migration that fails leaves nothing behind and can be tried again once repaired', async () => {
  addMigration('29990101000000_fail', 'create table half_done (id int); select 1 / 0;');
  const failing = migrate({ ownerUrl: db.ownerUrl, directory: copy });
  await expect(failing).rejects.toThrow(/29990101000000_fail failed and was rolled back: division by zero/);
  const { rows } = await db.owner.query("select to_regclass('half_done') as found");
  expect(rows).toEqual([{ found: null }]);
  addMigration('29990101000000_fail', 'create table half_done (id int);');
  expect(await migrate({ ownerUrl: db.ownerUrl, directory: copy })).toEqual(['29990101000000_fail']);
});

test('processes that start at the same moment apply a migration once', async () => {
  rmSync(copy, { recursive: true });
  cpSync(migrationsDir, copy, { recursive: true });
  addMigration('29990101000001_slow', 'select pg_sleep(0.1); create table only_once (id int);');
  const starts = Array.from({ length: 4 }, () => migrate({ ownerUrl: db.ownerUrl, directory: copy }));
  expect((await Promise.all(starts)).flat()).toEqual(['29990101000001_slow']);
});

test('every migration says whether it is safe and gives up rather than wait for a lock', () => {
  const names = readdirSync(migrationsDir).filter((name) => !name.endsWith('.toml'));
  for (const name of names) {
    const sql = readFileSync(path.join(migrationsDir, name, 'migration.sql'), 'utf8');
    expect(sql, name).toMatch(/^-- (safe|breaking: .+)\n/);
    expect(sql, name).toMatch(/^SET (LOCAL )?lock_timeout/m);
  }
});

test('the migrations lead to exactly the Prisma schema', { timeout: 60_000 }, async () => {
  const prisma = createRequire(import.meta.url).resolve('prisma/build/index.js');
  const args = ['migrate', 'diff', '--from-migrations', 'prisma/migrations', '--to-schema', 'prisma/schema'];
  // A stand-in that does nothing may be set for commands that need no engine; this one needs the real one.
  const { PRISMA_SCHEMA_ENGINE_BINARY: _, ...inherited } = process.env;
  const env = { ...inherited, DATABASE_URL: db.ownerUrl, CHECKPOINT_DISABLE: '1' };
  const { stdout } = await run(process.execPath, [prisma, ...args, '--exit-code'], { cwd: packageDir, env });
  expect(stdout).toContain('No difference detected');
});

test('one login can serve every role by switching to it', async () => {
  const database = createDatabase({ url: db.ownerUrl });
  try {
    for (const role of applicationRoles) {
      const { rows } = await database[role].query('select current_user::text as name');
      expect(rows).toEqual([{ name: databaseRole(role) }]);
    }
    expect(await database.ping()).toBeGreaterThan(0);
  } finally {
    await database.close();
  }
});

test('a login that may not create roles is told what to do', async () => {
  await db.owner.query("create role plain_login login password 'plain'");
  const address = new URL(db.ownerUrl);
  address.username = 'plain_login';
  address.password = 'plain';
  const client = new pg.Client({ connectionString: address.toString() });
  await client.connect();
  try {
    await expect(ensureRoles(client)).rejects.toThrow(/lacks CREATEROLE[\s\S]*grant mg_app to <your user>/);
  } finally {
    await client.end();
    await db.owner.query('drop role plain_login');
  }
});
