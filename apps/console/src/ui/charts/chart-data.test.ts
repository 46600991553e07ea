import { expect, test } from 'vitest';
import { type ChartPoint, cumulativeRows, niceTicks, perBucketRows, stepIndex } from './chart-data.ts';

function point(value: number | null, state: ChartPoint['state'], previous: number | null = null): ChartPoint {
  return { label: String(value), value, text: String(value), state, previous };
}

test('running totals stop at the last known bucket and the forecast continues from there', () => {
  const points = [point(10, 'complete'), point(20, 'partial'), point(0, 'future'), point(0, 'future')];
  const rows = cumulativeRows(points, { total: 70, low: 50, high: 90 });
  expect(rows.map((row) => row.value)).toEqual([10, 30, null, null]);
  expect(rows.map((row) => row.forecast)).toEqual([null, 30, 50, 70]);
  expect(rows[3]?.band).toEqual([50, 90]);
});

test('a finished period has no forecast', () => {
  const rows = cumulativeRows([point(1, 'complete'), point(2, 'complete')], { total: 9, low: 9, high: 9 });
  expect(rows.every((row) => row.forecast === null)).toBe(true);
});

test('a bucket that has not begun is a gap, not zero', () => {
  expect(perBucketRows([point(0, 'future')])[0]?.value).toBeNull();
});

test('arrow keys stop at both ends', () => {
  expect(stepIndex('ArrowLeft', 0, 5)).toBe(0);
  expect(stepIndex('ArrowRight', 4, 5)).toBe(4);
  expect(stepIndex('End', 0, 5)).toBe(4);
  expect(stepIndex('x', 0, 5)).toBeNull();
});

test('the axis has round numbers and reaches the highest value', () => {
  expect(niceTicks(13_800)).toEqual([0, 5000, 10_000, 15_000]);
  expect(niceTicks(97)).toEqual([0, 25, 50, 75, 100]);
  expect(niceTicks(0)).toEqual([0, 1, 2, 3, 4]);
});
