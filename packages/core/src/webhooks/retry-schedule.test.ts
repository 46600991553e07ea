import { expect, test } from 'vitest';
import { deliveryWindowMs, isGivenUp, nextAttemptAt } from './retry-schedule.ts';

const firstAt = new Date('2027-01-01T00:00:00Z');

/** Instants of every attempt when each one fails at once. */
function attemptsOf(): Date[] {
  const attempts = [firstAt];
  for (let failedAttempts = 1; failedAttempts < 100; failedAttempts += 1) {
    const last = attempts.at(-1) ?? firstAt;
    const next = nextAttemptAt({ firstAt, failedAttempts }, last);
    if (next === null) return attempts;
    attempts.push(next);
  }
  throw new Error('never gives up');
}

test('a message that nobody takes is tried twelve times, the last time exactly three days after the first', () => {
  const attempts = attemptsOf();
  expect(attempts).toHaveLength(12);
  expect(attempts.at(-1)?.getTime()).toBe(firstAt.getTime() + deliveryWindowMs);
  expect(attempts[1]).toEqual(new Date('2027-01-01T00:00:05Z'));
  expect(attempts[2]).toEqual(new Date('2027-01-01T00:01:05Z'));
});

test('the waits never become shorter, except before the last attempt', () => {
  const waits = attemptsOf()
    .slice(1, -1)
    .map((at, index, all) => at.getTime() - (all[index - 1] ?? firstAt).getTime());
  expect(waits).toEqual(waits.toSorted((a, b) => a - b));
});

test('an attempt after the three days is the last one, however few came before', () => {
  const late = new Date(firstAt.getTime() + deliveryWindowMs + 1);
  expect(nextAttemptAt({ firstAt, failedAttempts: 1 }, late)).toBeNull();
});

test('an endpoint is given up three days after its first failure and not a millisecond earlier', () => {
  expect(isGivenUp(firstAt, new Date(firstAt.getTime() + deliveryWindowMs - 1))).toBe(false);
  expect(isGivenUp(firstAt, new Date(firstAt.getTime() + deliveryWindowMs))).toBe(true);
});
