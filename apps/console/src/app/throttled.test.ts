import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { throttled } from './throttled.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

test('the first call runs at once and a storm after it runs once per interval, ending with the last one', () => {
  let runs = 0;
  const ask = throttled(() => {
    runs += 1;
  }, 10_000);
  ask();
  expect(runs).toBe(1);
  for (let second = 0; second < 25; second += 1) {
    ask();
    vi.advanceTimersByTime(1_000);
  }
  expect(runs).toBe(3);
  vi.advanceTimersByTime(60_000);
  expect(runs).toBe(4);
  ask();
  expect(runs).toBe(5);
});
