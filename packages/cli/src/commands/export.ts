import { appendFile, mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { exportOrganization } from '@metergate/db';
import type { Context } from '../context.ts';
import { type Outcome, UsageProblem } from '../outcome.ts';
import { requireOrganization } from './organization-reference.ts';

/** Writes everything that is stored of one organization into a new folder, with a list of files and their hashes. */
export async function exportData(
  context: Context,
  options: { organization: string; out: string },
): Promise<Outcome> {
  const organizationId = await requireOrganization(context, options.organization);
  const folder = path.resolve(options.out);
  await makeNew(folder);
  const fileOf = (table: string) => path.join(folder, `${table}.ndjson`);
  const tables = await exportOrganization(context.database.platform, organizationId, (table, text) =>
    appendFile(fileOf(table), text, { mode: 0o600 }),
  );
  const filled = tables.filter(({ rows }) => rows > 0);
  const manifest = { organizationId, exportedAt: context.clock.now().toISOString(), tables: filled };
  await writeFile(path.join(folder, 'manifest.json'), `${JSON.stringify(manifest, null, 2)}\n`, {
    mode: 0o600,
  });
  const rows = filled.reduce((sum, table) => sum + table.rows, 0);
  return { lines: [`${rows} rows of ${filled.length} tables are in ${folder}.`], json: manifest };
}

/** Never into a folder that has something in it already: two exports must not mix. */
async function makeNew(folder: string): Promise<void> {
  await mkdir(path.dirname(folder), { recursive: true });
  try {
    await mkdir(folder, { mode: 0o700 });
  } catch {
    throw new UsageProblem(`${folder} is there already. Name a new folder with --out.`);
  }
}
