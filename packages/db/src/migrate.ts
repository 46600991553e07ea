import { createHash, randomUUID } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { ensureRoles } from './roles.ts';

const ownMigrations = fileURLToPath(new URL('../prisma/migrations', import.meta.url));

/** The key that Prisma's own engine locks, so that both kinds of runner exclude each other. */
const advisoryLockKey = 72707369;

export interface MigrateOptions {
  /** Login of the owner: may create tables and roles. */
  ownerUrl: string;
  /** Folder with standard Prisma migration folders; default: this package's. */
  directory?: string;
  log?: (line: string) => void;
}

/**
 * Applies what is missing and returns the names; idempotent, and safe when several processes start at once.
 * Uses the same table and checksums as `prisma migrate deploy`, without its CLI. Each migration is one
 * transaction. Throws when an applied migration was edited.
 */
export async function migrate(options: MigrateOptions): Promise<string[]> {
  const client = new pg.Client({ connectionString: options.ownerUrl });
  await client.connect();
  try {
    await client.query('select pg_advisory_lock($1)', [advisoryLockKey]);
    await ensureRoles(client);
    await client.query(historyTable);
    const applied = await appliedChecksums(client);
    const done: string[] = [];
    for (const migration of readMigrations(options.directory ?? ownMigrations)) {
      const known = applied.get(migration.name);
      if (known === undefined) {
        await apply(client, migration);
        options.log?.(`Applied migration ${migration.name}`);
        done.push(migration.name);
      } else if (known !== migration.checksum) {
        throw new Error(
          `Migration ${migration.name} was edited after it was applied. Restore it and add a new migration.`,
        );
      }
    }
    return done;
  } finally {
    await client.end();
  }
}

const attemptsMax = 5;

/**
 * One simple query is one implicit transaction: a failing migration leaves nothing behind, so that one which met the
 * locks of writers in a circle, or waited too long for them, can simply be tried again.
 */
async function applyPatiently(client: pg.ClientBase, sql: string): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await client.query(sql);
      return;
    } catch (error) {
      if (attempt >= attemptsMax || !isAboutLocks(error)) throw error;
      await new Promise((resolve) => setTimeout(resolve, attempt * 200));
    }
  }
}

/** deadlock_detected, lock_not_available. */
function isAboutLocks(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === '40P01' || error.code === '55P03');
}

/** Changes whenever a migration does; names a template database. */
export function migrationsChecksum(): string {
  const hash = createHash('sha256');
  for (const migration of readMigrations(ownMigrations))
    hash.update(`${migration.name}:${migration.checksum};`);
  return hash.digest('hex');
}

const historyTable = `
  create table if not exists _prisma_migrations (
    id varchar(36) primary key not null,
    checksum varchar(64) not null,
    finished_at timestamptz,
    migration_name varchar(255) not null,
    logs text,
    rolled_back_at timestamptz,
    started_at timestamptz not null default now(),
    applied_steps_count integer not null default 0
  )`;

interface Migration {
  name: string;
  sql: string;
  checksum: string;
}

function readMigrations(directory: string): Migration[] {
  const migrations: Migration[] = [];
  for (const name of readdirSync(directory).sort()) {
    const file = path.join(directory, name, 'migration.sql');
    if (!existsSync(file)) continue;
    const sql = readFileSync(file, 'utf8');
    migrations.push({ name, sql, checksum: createHash('sha256').update(sql).digest('hex') });
  }
  return migrations;
}

async function appliedChecksums(client: pg.ClientBase): Promise<Map<string, string>> {
  const { rows } = await client.query<{ migration_name: string; checksum: string; finished_at: Date | null }>(
    'select migration_name, checksum, finished_at from _prisma_migrations where rolled_back_at is null',
  );
  const unfinished = rows.find((row) => row.finished_at === null);
  if (unfinished !== undefined) {
    throw new Error(
      `Migration ${unfinished.migration_name} failed earlier. Repair it with "prisma migrate resolve".`,
    );
  }
  return new Map(rows.map((row) => [row.migration_name, row.checksum]));
}

async function apply(client: pg.ClientBase, migration: Migration): Promise<void> {
  const id = randomUUID();
  await client.query('insert into _prisma_migrations (id, checksum, migration_name) values ($1, $2, $3)', [
    id,
    migration.checksum,
    migration.name,
  ]);
  try {
    await applyPatiently(client, migration.sql);
  } catch (error) {
    const logs = error instanceof Error ? error.message : String(error);
    await client.query('update _prisma_migrations set logs = $2, rolled_back_at = now() where id = $1', [
      id,
      logs,
    ]);
    throw new Error(`Migration ${migration.name} failed and was rolled back: ${logs}`, { cause: error });
  }
  await client.query(
    'update _prisma_migrations set finished_at = now(), applied_steps_count = 1 where id = $1',
    [id],
  );
}
