import { expect, test } from 'vitest';
import { createLogger } from '../logging/logger.ts';
import { createScheduledJobs } from './scheduled-jobs.job.ts';

/** One process' view of the table, in memory: an instant is started once. */
function memoryRuns() {
  const started: Date[] = [];
  return {
    started,
    statesOf: () => Promise.resolve([{ lastDueAt: started.at(-1) ?? null, abandonedAt: null }]),
    start: ({ dueAt }: { dueAt: Date }) => Promise.resolve(started.push(dueAt) > 0),
    finish: () => Promise.resolve(),
  };
}

test('forty days without a scheduler are made up for by one run that is told the whole span', async () => {
  const start = Date.parse('2027-03-01T00:00:30Z');
  let days = 0;
  const clock = { now: () => new Date(start + days * 86_400_000) };
  const spans: unknown[] = [];
  const quarterly = {
    name: 'quarterly',
    everySeconds: 900,
    run: (span: unknown) => Promise.resolve(spans.push(span)),
  };
  const runs = memoryRuns();
  const log = createLogger('silent');
  const job = createScheduledJobs({ jobs: [quarterly], runs, clock, log, workerId: 'one' });
  const pass = { isHurried: true, deferred: new Set<string>(), isStopping: () => false };
  expect(await job.run(pass)).toBe(1);
  days = 40;
  expect([await job.run(pass), await job.run(pass), await job.run(pass)]).toEqual([1, 0, 0]);
  expect(spans).toEqual([
    { previousDueAt: null, dueAt: new Date('2027-03-01T00:00:00Z') },
    { previousDueAt: new Date('2027-03-01T00:00:00Z'), dueAt: new Date('2027-04-10T00:00:00Z') },
  ]);
});
