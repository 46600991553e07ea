import { expect, test } from 'vitest';
import { customProblem, spanOf } from './ranges.ts';

const custom = (from: string, to: string) => ({ range: 'custom' as const, from, to });

test('a custom range holds both of its days, in the time zone of the organization', () => {
  expect(spanOf(custom('2026-03-29', '2026-03-29'), 'Europe/Berlin')).toEqual({
    from: '2026-03-28T23:00:00.000Z',
    to: '2026-03-29T22:00:00.000Z',
    granularity: 'hour',
  });
});

test.each([
  ['2026-01-01', '2026-01-03', 'hour'],
  ['2026-01-01', '2026-01-04', 'day'],
  ['2026-01-01', '2026-04-02', 'day'],
  ['2026-01-01', '2026-04-03', 'week'],
  ['2025-01-01', '2026-03-01', 'month'],
])('from %s to %s is drawn by the %s', (from, to, granularity) => {
  expect(spanOf(custom(from, to), 'UTC').granularity).toBe(granularity);
});

test.each([
  ['', '2026-01-01', 'Choose the first and the last day.'],
  ['2026-01-02', '2026-01-01', 'The first day is after the last one.'],
  ['1.1.2026', '2026-01-01', 'A day is written like 2026-11-30.'],
  ['2026-99-01', '2026-99-02', 'A day is written like 2026-11-30.'],
  ['2000-01-01', '2026-01-01', 'A range is at most five years.'],
])('from “%s” to “%s” is refused with the reason, and the period is shown instead', (from, to, problem) => {
  expect(customProblem({ from, to })).toBe(problem);
  expect(spanOf(custom(from, to), 'UTC')).toEqual({ granularity: 'day' });
});
