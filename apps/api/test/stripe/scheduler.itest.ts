import { randomUUID } from 'node:crypto';
import { createScheduleRuns } from '@metergate/db';
import { createTestDatabase, type TestDatabase } from '@metergate/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createScheduledJobs } from '../../src/jobs/scheduled-jobs.job.ts';
import { createLogger } from '../../src/logging/logger.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.dispose());

const dayMs = 86_400_000;
const start = Date.parse('2027-03-01T00:10:00Z');
const pass = { isHurried: true, deferred: new Set<string>(), isStopping: () => false };

/** A process with a scheduler of its own; `spans` is what its jobs were asked to do. */
function scheduler(name: string, spans: string[], clock: { now: () => Date }) {
  const hourly = {
    name,
    everySeconds: 3_600,
    async run({ previousDueAt, dueAt }: { previousDueAt: Date | null; dueAt: Date }) {
      spans.push(`${previousDueAt?.toISOString() ?? 'never'} → ${dueAt.toISOString()}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    },
  };
  const runs = createScheduleRuns(database.database.worker);
  return createScheduledJobs({
    jobs: [hourly],
    runs,
    clock,
    log: createLogger('silent'),
    workerId: randomUUID(),
  });
}

test('after eleven days without any, three schedulers that start at once do the work once, for the whole span', async () => {
  let days = 0;
  const clock = { now: () => new Date(start + days * dayMs) };
  const spans: string[] = [];
  const three = Array.from({ length: 3 }, () => scheduler('eleven-days', spans, clock));
  await Promise.all(three.map((each) => each.run(pass)));
  days = 11;
  await Promise.all(three.map((each) => each.run(pass)));
  await Promise.all(three.map((each) => each.run(pass)));
  expect(spans).toEqual([
    'never → 2027-03-01T00:00:00.000Z',
    '2027-03-01T00:00:00.000Z → 2027-03-12T00:00:00.000Z',
  ]);
});

test('a run whose process died is taken over once, when its lease is over', async () => {
  const clock = { now: () => new Date(start) };
  const runs = createScheduleRuns(database.database.worker);
  const dueAt = new Date('2027-03-01T00:00:00Z');
  const run = { name: 'abandoned', dueAt, leasedBy: randomUUID() };
  expect(await runs.start({ ...run, leaseSeconds: 60 })).toBe(true);
  const spans: string[] = [];
  const three = Array.from({ length: 3 }, () => scheduler('abandoned', spans, clock));
  await Promise.all(three.map((each) => each.run(pass)));
  expect(spans).toEqual([]);
  await database.owner.query(`update schedule_runs set lease_until = now() where name = 'abandoned'`);
  await Promise.all(three.map((each) => each.run(pass)));
  expect(spans).toEqual(['never → 2027-03-01T00:00:00.000Z']);
});

test('after a clock that was two hours ahead is right again, the schedule goes on at once and repeats no instant', async () => {
  let aheadMs = 0;
  const clock = { now: () => new Date(start + aheadMs) };
  const spans: string[] = [];
  const one = scheduler('stepping', spans, clock);
  const hourMs = 3_600_000;
  for (const ahead of [0, 2, 0, 1, -2, 2, 3]) {
    aheadMs = ahead * hourMs;
    await one.run(pass);
  }
  const at = (hour: number) => `2027-03-01T0${hour}:00:00.000Z`;
  expect(spans).toEqual([
    `never → ${at(0)}`,
    `${at(0)} → ${at(2)}`,
    `${at(0)} → ${at(1)}`,
    `never → 2027-02-28T22:00:00.000Z`,
    `${at(2)} → ${at(3)}`,
  ]);
});

test('schedules that are asked about together each have their own state, in the order asked', async () => {
  const runs = createScheduleRuns(database.database.worker);
  const hour = (n: number) => new Date(Date.UTC(2027, 2, 1, n));
  const lease = { leasedBy: randomUUID(), leaseSeconds: 60 };
  for (const dueAt of [hour(0), hour(1), hour(5)]) await runs.start({ name: 'z-first', dueAt, ...lease });
  for (const dueAt of [hour(2), hour(3)]) await runs.start({ name: 'a-second', dueAt, ...lease });
  await database.owner.query(`update schedule_runs set lease_until = now() where name = 'a-second'`);
  const names = ['z-first', 'm-never', 'a-second'];
  expect(await runs.statesOf(names.map((name) => ({ name, upTo: hour(4) })))).toEqual([
    { lastDueAt: hour(1), abandonedAt: null },
    { lastDueAt: null, abandonedAt: null },
    { lastDueAt: hour(3), abandonedAt: hour(2) },
  ]);
});
