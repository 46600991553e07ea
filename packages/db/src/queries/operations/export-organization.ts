import { createHash } from 'node:crypto';
import type { OrganizationId } from '@metergate/core';
import type pg from 'pg';

export interface ExportedTable {
  table: string;
  rows: number;
  /** Of the whole file. */
  sha256: string;
}

const rowsPerFetch = 2_000;
/** What opens doors stays inside. */
const withheldColumns = ['key_hash', 'token', 'token_hash', 'secret', 'secret_cipher'];
/** Mails carry links that do. */
const withheldTables = ['emails'];

/**
 * Everything that is stored of one organization, table by table, as one JSON object per row, all as of one moment.
 * `write` receives pieces of a file in order. Use `database.platform`.
 */
export async function exportOrganization(
  pool: pg.Pool,
  organizationId: OrganizationId,
  write: (table: string, text: string) => Promise<void>,
): Promise<ExportedTable[]> {
  const client = await pool.connect();
  try {
    await client.query('begin isolation level repeatable read read only; set local statement_timeout = 0');
    const exported: ExportedTable[] = [];
    for (const { table, column } of await tablesOf(client)) {
      exported.push(await exportTable(client, { table, column, organizationId }, write));
    }
    return exported;
  } finally {
    await client.query('rollback');
    client.release();
  }
}

async function tablesOf(client: pg.ClientBase): Promise<{ table: string; column: string }[]> {
  const { rows } = await client.query<{ table: string; column: string }>(
    `select c.relname as table, a.attname as column
       from pg_class c join pg_attribute a on a.attrelid = c.oid and not a.attisdropped
        and a.attname = case c.relname when 'organizations' then 'id' else 'organization_id' end
      where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
        and has_table_privilege(c.oid, 'select') and c.relname <> all ($1)
      order by 1`,
    [withheldTables],
  );
  return rows;
}

async function exportTable(
  client: pg.ClientBase,
  source: { table: string; column: string; organizationId: string },
  write: (table: string, text: string) => Promise<void>,
): Promise<ExportedTable> {
  const { table, column, organizationId } = source;
  // Names come from the catalogue of the database itself.
  await client.query(
    `declare exported no scroll cursor for
       select (to_jsonb(t) - '{${withheldColumns.join(',')}}'::text[])::text as row
         from "${table}" t where t."${column}" = '${uuidOf(organizationId)}'`,
  );
  const hash = createHash('sha256');
  let count = 0;
  for (;;) {
    const { rows } = await client.query<{ row: string }>(`fetch ${rowsPerFetch} from exported`);
    if (rows.length === 0) break;
    const text = rows.map(({ row }) => `${row}\n`).join('');
    hash.update(text);
    count += rows.length;
    await write(table, text);
  }
  await client.query('close exported');
  return { table, rows: count, sha256: hash.digest('hex') };
}

/** A cursor takes no parameters. */
function uuidOf(id: string): string {
  if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(id))
    throw new Error('an organization id is a UUID');
  return id;
}
