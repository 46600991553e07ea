import { expect, test } from 'vitest';
import { type Month, movementBars, netMinor, withoutQuietBeginning } from './movement-bars.ts';

const quiet: Month = {
  start: '2026-01-01T00:00:00.000Z',
  isRunning: false,
  newMinor: '0',
  expansionMinor: '0',
  reactivationMinor: '0',
  contractionMinor: '0',
  churnMinor: '0',
  endMinor: '0',
  payingAtEnd: 0,
};

test('gains stack above the zero line and losses below, at one scale', () => {
  const { zero, months } = movementBars([
    { ...quiet, newMinor: '500', expansionMinor: '100' },
    { ...quiet, contractionMinor: '-150', churnMinor: '-250' },
  ]);
  expect(zero).toBe(60);
  expect(months.map(({ bars }) => bars)).toEqual([
    [
      { key: 'newMinor', top: 10, height: 50 },
      { key: 'expansionMinor', top: 0, height: 10 },
    ],
    [
      { key: 'contractionMinor', top: 60, height: 15 },
      { key: 'churnMinor', top: 75, height: 25 },
    ],
  ]);
});

test('months without movement have no bars', () => {
  expect(movementBars([quiet])).toEqual({ zero: 0, months: [{ month: quiet, bars: [] }] });
});

test('the net of a month is exact', () => {
  expect(netMinor({ ...quiet, newMinor: '9007199254740993', churnMinor: '-1' })).toBe('9007199254740992');
});

test('months before the first paid plan are left out, but three always stay', () => {
  const paid = { ...quiet, endMinor: '100' };
  expect(withoutQuietBeginning([quiet, quiet, paid, quiet, quiet, quiet])).toHaveLength(4);
  expect(withoutQuietBeginning([quiet, quiet, quiet, quiet, paid])).toHaveLength(3);
  expect(withoutQuietBeginning([quiet])).toHaveLength(1);
});
