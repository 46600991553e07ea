import { expect, test } from 'vitest';
import { totalAfter } from './touched-periods.ts';

test.each([
  ['a sum grows by all of them', 'sum', '6', '5', '10', '16'],
  ['a count grows by their number', 'count', '2', '5', '10', '12'],
  ['the largest value stays where it is larger', 'max', null, '5', '10', '10'],
  ['the largest value is one of them', 'max', null, '25', '10', '25'],
  ['the latest value is not known before', 'latest', null, '5', '10', null],
  ['how many are different is not known before', 'unique_count', null, '1', '10', null],
] as const)('previews a total: %s', (_, aggregation, sum, largest, before, after) => {
  expect(totalAfter({ aggregation, sum, largest }, before)).toBe(after);
});
