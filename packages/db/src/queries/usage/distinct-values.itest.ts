import { randomUUID } from 'node:crypto';
import { asId } from '@metergate/core';
import { createTestDatabase, type TestDatabase } from '@metergate/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createUnitOfWork } from '../../index.ts';
import { createEventTotals } from '../billing/event-totals.ts';
import { storeUsageEvents } from '../ingest/store-usage-events.ts';
import { toUsageRow } from '../ingest/usage-row.ts';
import { createLimitLedger } from '../limits/limit-ledger.ts';
import { createUsageReader } from './usage-reader.ts';

let test: TestDatabase;
const organizationId = asId('organization', randomUUID());
const [first, second] = [asId('client', randomUUID()), asId('client', randomUUID())];
const start = new Date('2027-03-10T08:07:03Z');
const middle = new Date('2027-03-11T08:07:03Z');
const end = new Date('2027-03-12T08:07:03Z');
const span = { organizationId, meter: 'active_user', aggregation: 'unique_count' } as const;

beforeAll(async () => {
  test = await createTestDatabase();
  await test.owner.query(
    `insert into organizations (id, slug, name, email, currency) values ($1, 'acme', 'Acme', 'a@example.com', 'USD')`,
    [organizationId],
  );
  for (const id of [first, second]) {
    await test.owner.query(`insert into clients (organization_id, id, name) values ($1, $2, 'c')`, [
      organizationId,
      id,
    ]);
  }
  await test.owner.query(
    `insert into meters (key, content, content_hash) values ('active_user', '{"valueField": "user"}', 'x')`,
  );
  // Ragged edges on both sides: a millisecond before each is outside, the start itself inside.
  await use([
    ['before', '2027-03-10T08:07:02.999Z', 'zoe', null],
    ['ann-1', '2027-03-10T08:07:03Z', 'ann', first],
    ['ann-2', '2027-03-10T12:00:00Z', 'ann', first],
    ['ann-3', '2027-03-11T12:00:00Z', 'ann', second],
    ['bob-1', '2027-03-10T23:00:00Z', 'bob', second],
    ['cid-1', '2027-03-11T09:00:00Z', 'cid', null],
    ['cid-2', '2027-03-12T08:07:02.999Z', 'cid', null],
    ['after', '2027-03-12T08:07:03Z', 'yan', null],
  ]);
});
afterAll(() => test.dispose());

type Use = [id: string, at: string, user: string, clientId: typeof first | null];

async function use(uses: Use[]): Promise<void> {
  const entries = uses.map(([id, at, user, clientId]) => ({
    organizationId,
    aggregation: 'unique_count' as const,
    source: 'api' as const,
    draft: {
      id,
      meter: 'active_user',
      quantity: '1',
      occurredAt: new Date(at),
      clientId,
      subject: null,
      properties: JSON.stringify({ user }),
    },
  }));
  const options = { pool: test.database.ingest, recordedAt: end };
  expect(await storeUsageEvents(options, entries.map(toUsageRow))).toEqual(uses.map(() => 'accepted'));
}

const unitOfWork = () =>
  createUnitOfWork(test.database.prisma.app, { clock: { now: () => end }, ids: { next: randomUUID } });

async function takeBack(id: string): Promise<void> {
  const correction = { eventId: id, target: null, at: end, aggregationOf: () => 'unique_count' as const };
  await unitOfWork().run(organizationId, ({ usageCorrections }) =>
    usageCorrections.correct(organizationId, correction),
  );
}

async function counted() {
  const reader = createUsageReader({ app: test.database.app, ingest: test.database.ingest });
  const { totals } = await reader.totals(organizationId, [{ ...span, period: { start, end } }]);
  const windows = [
    { start, end: middle },
    { start: middle, end },
  ];
  const byClient = await reader.seriesByClient(span, windows);
  const ledger = createLimitLedger({
    pool: test.database.ingest,
    finder: test.database.worker,
    nextId: randomUUID,
  });
  const window = { start, end };
  const level = (clientId?: typeof first) =>
    ledger.levels({
      organizationId,
      feature: 'active_user',
      window,
      aggregation: 'unique_count',
      ...(clientId === undefined ? {} : { clientId }),
    });
  return {
    total: totals[0],
    days: await reader.series(span, windows),
    first: byClient.get(first),
    second: byClient.get(second),
    none: byClient.get(null),
    limit: (await level()).used,
    limitOfSecond: (await level(second)).used,
    proof: await createEventTotals(test.database.app).total(span, { start, end }),
  };
}

it('counts each value once per window, per client and in all, the same wherever it is asked', async () => {
  // ann, bob and cid; on the first day ann and bob, on the second ann and cid.
  expect(await counted()).toEqual({
    total: '3',
    days: ['2', '2'],
    first: ['1', '0'],
    second: ['1', '1'],
    none: ['0', '1'],
    limit: '3',
    limitOfSecond: '2',
    proof: '3',
  });
});

it('takes a value away only with the last of its events', async () => {
  await takeBack('cid-1');
  expect(await counted()).toMatchObject({ total: '3', days: ['2', '2'], limit: '3', proof: '3' });
  await takeBack('cid-2');
  expect(await counted()).toMatchObject({ total: '2', days: ['2', '1'], limit: '2', proof: '2' });
});
