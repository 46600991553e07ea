import { createTestDatabase, type TestDatabase } from '@metergate/testing';
import type pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { canary, insertRow, platformRows, sampleIds, sampleRows } from '../test/sample-rows.ts';
import type { ApplicationRole } from './roles.ts';

let db: TestDatabase;
const tables = sampleRows(1).map(([table]) => table);
const a = sampleIds(1).organization;
const b = sampleIds(2).organization;

beforeAll(async () => {
  // One connection: what a transaction leaves behind would be seen by the next.
  db = await createTestDatabase({ poolSizes: { app: 1, ingest: 1 } });
  for (const [table, row] of platformRows) await insertRow(db.owner, table, row);
  for (const [table, row] of [...sampleRows(1), ...sampleRows(2)]) await insertRow(db.owner, table, row);
  // The other rows left cues of their own.
  for (const cues of ['usage_billing_cues', 'usage_report_cues'])
    await db.owner.query(
      `delete from ${cues} cue using ${cues} first where first.organization_id = cue.organization_id and first.id < cue.id`,
    );
});
afterAll(() => db.dispose());

test('without a context the application role sees no row of any table', async () => {
  expect(await visibleRows({ role: 'app' })).toEqual({});
});

test('with an empty context it sees no row either', async () => {
  expect(await visibleRows({ role: 'app', setting: 'app.organization_id', value: '' })).toEqual({});
});

test('organizations that alternate on one connection see all of their own rows and none of each other', async () => {
  const everyTableOnce = Object.fromEntries(tables.map((table) => [table, 1]));
  for (let round = 0; round < 20; round++) {
    const [own, foreign] = round % 2 === 0 ? [a, 2] : [b, 1];
    const seen = await visibleText({ setting: 'app.organization_id', value: own });
    expect(seen.counts).toEqual(everyTableOnce);
    expect(seen.text).not.toContain(`${canary}-${foreign}`);
  }
});

test('the context does not outlive its transaction', async () => {
  await visibleRows({ role: 'app', setting: 'app.organization_id', value: a });
  expect(await visibleRows({ role: 'app' })).toEqual({});
});

test('a row of another organization can be neither written nor moved nor changed', async () => {
  await inContext({ role: 'app', setting: 'app.organization_id', value: a }, async (client) => {
    for (const table of ['clients', 'outbox', 'usage_events']) {
      const row = sampleRows(2).find(([name]) => name === table)?.[1] ?? {};
      await expectRefused(client, () => insertRow(client, table, row), /row-level security/);
    }
    const move = `update clients set organization_id = '${b}'`;
    await expectRefused(client, () => client.query(move), /row-level security/);
    const change = await client.query(`update clients set name = 'x' where organization_id = '${b}'`);
    expect(change.rowCount).toBe(0);
  });
});

test('the usage role sees the organizations it was given, and nothing without them', async () => {
  const read = 'select distinct organization_id as id from usage_events order by 1';
  const seenWith = async (value: string) =>
    await inContext({ role: 'ingest', setting: 'app.organization_ids', value }, async (client) => {
      const { rows } = await client.query<{ id: string }>(read);
      return rows.map((row) => row.id);
    });
  expect(await seenWith('')).toEqual([]);
  expect(await seenWith(a)).toEqual([a]);
  expect(await seenWith(`${a},${b}`)).toEqual([a, b]);
});

test('the platform role reads every organization but writes into none', async () => {
  const { rows } = await db.database.platform.query('select count(*)::int as count from clients');
  expect(rows).toEqual([{ count: 2 }]);
  await expect(db.database.platform.query("update clients set name = 'x'")).rejects.toThrow(
    /permission denied/,
  );
});

test('only members of the organization in context are visible as users', async () => {
  const insert = 'insert into auth."user" (id, name, email) values ($1, $1, $1)';
  await db.database.auth.query(insert, [`${canary}-1`]);
  await db.database.auth.query(insert, [`${canary}-2`]);
  await inContext({ role: 'app', setting: 'app.organization_id', value: a }, async (client) => {
    const { rows } = await client.query('select id from auth."user"');
    expect(rows).toEqual([{ id: `${canary}-1` }]);
  });
  await expect(db.database.app.query('select 1 from auth.account')).rejects.toThrow(/permission denied/);
});

interface Context {
  role: ApplicationRole;
  setting?: string;
  value?: string;
}

async function inContext<T>(context: Context, work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
  const client = await db.database[context.role].connect();
  try {
    await client.query('begin');
    if (context.setting !== undefined) {
      await client.query('select set_config($1, $2, true)', [context.setting, context.value]);
    }
    const result = await work(client);
    await client.query('commit');
    return result;
  } finally {
    client.release();
  }
}

/** Tables with visible rows and how many. */
async function visibleRows(context: Context): Promise<Record<string, number>> {
  return await inContext(context, async (client) => {
    const counts: Record<string, number> = {};
    for (const table of tables) {
      const { rows } = await client.query<{ count: number }>(`select count(*)::int as count from ${table}`);
      const count = rows[0]?.count ?? 0;
      if (count > 0) counts[table] = count;
    }
    return counts;
  });
}

async function visibleText(context: Omit<Context, 'role'>) {
  return await inContext({ role: 'app', ...context }, async (client) => {
    const counts: Record<string, number> = {};
    let text = '';
    for (const table of tables) {
      const { rows } = await client.query(`select to_jsonb(t)::text as row from ${table} t`);
      counts[table] = rows.length;
      text += rows.map((row) => row.row).join('\n');
    }
    return { counts, text };
  });
}

async function expectRefused(
  client: pg.PoolClient,
  work: () => Promise<unknown>,
  message: RegExp,
): Promise<void> {
  await client.query('savepoint attempt');
  await expect(work()).rejects.toThrow(message);
  await client.query('rollback to attempt');
}
