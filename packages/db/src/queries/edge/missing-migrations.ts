import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type pg from 'pg';

const directory = fileURLToPath(new URL('../../../prisma/migrations', import.meta.url));

/** Read once: what is put next to a running process later concerns the next one. */
const knownMigrations = readdirSync(directory).filter((name) =>
  existsSync(path.join(directory, name, 'migration.sql')),
);

/**
 * Names of the migrations that this code knows and the database has not finished; empty = ready. A database that is
 * ahead is fine: during a release the old code meets the new tables. Use `database.app`.
 */
export async function missingMigrations(pool: pg.Pool): Promise<string[]> {
  const { rows } = await pool.query<{ name: string }>(
    `select migration_name as name from _prisma_migrations
      where finished_at is not null and rolled_back_at is null`,
  );
  const applied = new Set(rows.map(({ name }) => name));
  return knownMigrations.filter((name) => !applied.has(name));
}
