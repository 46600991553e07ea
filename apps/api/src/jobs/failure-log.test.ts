import { expect, test } from 'vitest';
import { FailureLog } from './failure-log.ts';

function failureLog() {
  const told: [string, number, string][] = [];
  const line = (level: string) => (fields: { failures: number }, text: string) => {
    told.push([level, fields.failures, text]);
  };
  return { told, failures: new FailureLog('relay', { error: line('error'), info: line('info') }) };
}

const failed = 'a job failed and will run again';

test('a failure that lasts is told ever more rarely, and its end', () => {
  const { told, failures } = failureLog();
  for (let n = 1; n <= 200; n += 1) failures.failed(new Error('away'));
  failures.succeeded();
  expect(told).toEqual([
    ...[1, 2, 4, 8, 16, 32, 64, 128, 192].map((count) => ['error', count, failed]),
    ['info', 200, 'a job works again'],
  ]);
});

test('another failure, and one after a success, is told at once', () => {
  const { told, failures } = failureLog();
  for (let n = 1; n <= 3; n += 1) failures.failed(new Error('away'));
  failures.failed(new Error('full'));
  failures.succeeded();
  failures.succeeded();
  failures.failed('full');
  expect(told.map(([level, count]) => [level, count])).toEqual([
    ['error', 1],
    ['error', 2],
    ['error', 1],
    ['error', 1],
  ]);
});
