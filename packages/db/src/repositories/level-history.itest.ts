import { readFile } from 'node:fs/promises';
import { asId, FixedClock } from '@metergate/core';
import { createTestDatabase, type TestDatabase } from '@metergate/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { insertRow, sampleIds, sampleRows } from '../../test/sample-rows.ts';
import { createIdSource } from '../ids.ts';
import { createUnitOfWork } from '../unit-of-work.ts';

const migration = new URL(
  '../../prisma/migrations/20261122153500_keep_client_counts/migration.sql',
  import.meta.url,
);
const organizationId = asId('organization', sampleIds(1).organization);
let test: TestDatabase;

beforeAll(async () => {
  test = await createTestDatabase();
  for (const [table, row] of sampleRows(1).filter(([name]) => name === 'organizations')) {
    await insertRow(test.owner, table, row);
  }
});
afterAll(() => test.dispose());

it('begins with what the list of clients knows of the time before it was kept', async () => {
  const clients = [
    ['active', '2027-01-01', null],
    ['archived', '2027-01-02', '2027-01-05'],
    ['archived', '2027-01-02', '2027-01-03'],
    ['active', '2027-01-05', null],
  ];
  for (const [status, createdAt, archivedAt] of clients) {
    await test.owner.query(
      `insert into clients (organization_id, id, name, status, created_at, archived_at)
       values ($1, gen_random_uuid(), 'c', $2, $3, $4)`,
      [organizationId, status, createdAt, archivedAt],
    );
  }
  await test.owner.query(await readFile(migration, 'utf8'));
  const { rows } = await test.owner.query(
    `select to_char(occurred_at at time zone 'UTC', 'YYYY-MM-DD') || ' ' || level::float as step
       from gauge_changes where feature = 'clients' order by occurred_at`,
  );
  expect(rows.map(({ step }) => step)).toEqual([
    '2027-01-01 1',
    '2027-01-02 3',
    '2027-01-03 2',
    '2027-01-05 2',
  ]);
});

it('ends with what was written last, in one millisecond and where clocks differ too', async () => {
  const at = (milliseconds: number) => new Date(Date.UTC(2027, 5, 1) + milliseconds);
  const unitOfWork = createUnitOfWork(test.database.prisma.app, {
    clock: new FixedClock(at(0)),
    ids: createIdSource(),
  });
  const last = await unitOfWork.run(organizationId, async ({ clientCounts, levelHistory }) => {
    const changes = [
      ['d', at(500), 1],
      ['c', at(500), 2],
      ['b', at(0), 3],
      ['a', at(499), 4],
    ] as const;
    const seen: string[] = [];
    for (const [id, instant, activeClientCount] of changes) {
      await clientCounts.append(organizationId, { id, at: instant, activeClientCount });
      seen.push(...(await levelHistory.before(organizationId, 'clients', [at(86_400_000)])));
    }
    return seen;
  });
  expect(last).toEqual(['1', '2', '3', '4']);
});
