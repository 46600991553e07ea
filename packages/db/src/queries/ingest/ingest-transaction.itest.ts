import { randomUUID } from 'node:crypto';
import { createTestDatabase, type TestDatabase } from '@metergate/testing';
import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { lockOutUsage } from './counter-lock.ts';
import { inIngestTransaction } from './ingest-transaction.ts';

let test: TestDatabase;
const scope = { organizationIds: [], counterLock: 'none' } as const;

beforeAll(async () => {
  test = await createTestDatabase();
});
afterAll(() => test.dispose());

it('tells the error of the statement that broke it, also when the commit was sent behind it', async () => {
  const work = inIngestTransaction(test.database.ingest, scope, async (client, commit) => {
    await Promise.all([client.query('select 1 / 0'), commit()]);
  });
  await expect(work).rejects.toThrow('division by zero');
});

it('is not taken for committed when its work overlooked that a statement had broken it', async () => {
  let commits = 0;
  const hooks = { afterCommit: () => (commits += 1) };
  const work = inIngestTransaction(test.database.ingest, { ...scope, hooks }, async (client) => {
    await client.query('select 1 / 0').catch(() => undefined);
    return 'done';
  });
  await expect(work).rejects.toThrow('the transaction was rolled back');
  expect(commits).toBe(0);
  expect((await test.database.ingest.query('select 1 as one')).rows).toEqual([{ one: 1 }]);
});

it('is refused for now when it has waited in vain for whoever keeps usage out', async () => {
  const { connectionString, options } = test.database.ingest.options;
  const impatient = new pg.Pool({ connectionString, options, statement_timeout: 100 });
  const client = await test.owner.connect();
  const store = () =>
    inIngestTransaction(
      impatient,
      { organizationIds: [randomUUID()], counterLock: 'shared' },
      async () => 'stored',
    );
  try {
    await client.query('begin');
    await client.query(lockOutUsage);
    await expect(store()).rejects.toMatchObject({
      ...{ code: 'DATABASE_BUSY', httpStatus: 503, retriable: true, retryAfterSeconds: 5 },
    });
    await client.query('rollback');
    expect(await store()).toBe('stored');
  } finally {
    client.release(true);
    await impatient.end();
  }
});
