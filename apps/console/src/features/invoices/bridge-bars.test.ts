import { expect, test } from 'vitest';
import { bridgeBars } from './bridge-bars.ts';

const group = (key: string, differenceMinor: string) => ({ key, label: key, differenceMinor });

test('each step begins where the one before ended, and the last ends at the total', () => {
  const bars = bridgeBars(
    { previous: { totalMinor: '10000' }, groups: [group('seats', '10000'), group('usage', '-5000')] },
    '15000',
  );
  expect(bars.previous).toEqual({ from: 0, width: 50, kind: 'total' });
  expect(bars.steps.map(({ bar }) => bar)).toEqual([
    { from: 50, width: 50, kind: 'more' },
    { from: 75, width: 25, kind: 'less' },
  ]);
  expect(bars.current).toEqual({ from: 0, width: 75, kind: 'total' });
});

test('a step below zero keeps every bar inside the picture', () => {
  const { steps } = bridgeBars({ previous: { totalMinor: '0' }, groups: [group('credit', '-400')] }, '-400');
  expect(steps[0]?.bar).toEqual({ from: 0, width: 100, kind: 'less' });
});

test('what did not change is no step', () => {
  const { steps } = bridgeBars({ previous: { totalMinor: '100' }, groups: [group('tax', '0')] }, '100');
  expect(steps).toEqual([]);
});
