import { createTestDatabase, type TestDatabase } from '@metergate/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
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
