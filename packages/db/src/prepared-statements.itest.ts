import { asId } from '@metergate/core';
import { createTestDatabase, type TestDatabase } from '@metergate/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { insertRow, sampleIds, sampleRows } from '../test/sample-rows.ts';
import { createDatabase, type Database } from './client.ts';
import { withOrganization } from './unit-of-work.ts';

const [mine, other] = [1, 2].map((number) => asId('organization', sampleIds(number).organization));
let db: TestDatabase;
/** One connection, so that every statement meets what was prepared before it. */
let database: Database;

beforeAll(async () => {
  db = await createTestDatabase();
  for (const number of [1, 2]) {
    const [organization] = sampleRows(number);
    if (organization !== undefined) await insertRow(db.owner, ...organization);
  }
  const login = db.urls === undefined ? { url: db.ownerUrl } : { urls: db.urls };
  database = createDatabase({ ...login, poolSizes: { app: 1 } });
});
afterAll(async () => {
  await database.close();
  await db.dispose();
});

type Id = NonNullable<typeof mine>;
const idsSeenBy = (organizationId: Id) =>
  withOrganization(database.prisma.app, organizationId, async (tx) =>
    (await tx.organization.findMany({ select: { id: true, name: true } })).map(({ id }) => id),
  );

/** How often the statements that begin so were prepared, and run. */
async function preparedOf(pattern: string) {
  const { rows } = await database.app.query(
    `select count(*)::int as names, sum(generic_plans + custom_plans)::int as runs
       from pg_prepared_statements where statement like $1`,
    [pattern],
  );
  return rows[0];
}

test('a statement that comes again is prepared once, and shows each organization its own rows only', async () => {
  if (mine === undefined || other === undefined) throw new Error('two sample organizations');
  for (let time = 0; time < 12; time += 1) {
    expect(await idsSeenBy(mine)).toEqual([mine]);
    expect(await idsSeenBy(other)).toEqual([other]);
  }
  // The first of them had not come again yet.
  expect(await preparedOf('SELECT%"organizations"%')).toEqual({ names: 1, runs: 23 });
});

test('a migration that adds a column breaks no statement that was prepared before', async () => {
  if (mine === undefined) throw new Error('two sample organizations');
  const readAll = () =>
    withOrganization(
      database.prisma.app,
      mine,
      (tx) => tx.$queryRaw<{ id: string }[]>`select organization.* from organizations organization`,
    );
  for (let time = 0; time < 3; time += 1) await readAll();
  await db.owner.query('alter table organizations add column added_later integer default 7');
  expect(await idsSeenBy(mine)).toEqual([mine]);
  expect(await readAll()).toMatchObject([{ id: mine, added_later: 7 }]);
});
