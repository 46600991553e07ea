import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { billingPeriod, billingPeriodAt, calendarMonth, type PeriodLength } from './billing-period.ts';

const monthly: PeriodLength = { unit: 'month', count: 1 };
const startsFrom = (anchor: string, interval: PeriodLength, count: number) =>
  Array.from({ length: count }, (_, n) =>
    billingPeriod(new Date(anchor), interval, n).start.toISOString().slice(0, 10),
  );

const anchors = fc.date({
  min: new Date('2000-01-01T00:00:00Z'),
  max: new Date('2080-01-01T00:00:00Z'),
  noInvalidDate: true,
});
const intervals: fc.Arbitrary<PeriodLength> = fc.oneof(
  fc.record({ unit: fc.constant('day' as const), count: fc.integer({ min: 1, max: 400 }) }),
  fc.record({ unit: fc.constant('month' as const), count: fc.constantFrom(1, 2, 3, 6, 12) }),
  fc.record({ unit: fc.constant('year' as const), count: fc.integer({ min: 1, max: 3 }) }),
);

describe('billingPeriod', () => {
  it('clamps to the end of a month and comes back to the day of the anchor', () => {
    expect(startsFrom('2024-01-31T10:00:00Z', monthly, 5)).toEqual([
      '2024-01-31',
      '2024-02-29',
      '2024-03-31',
      '2024-04-30',
      '2024-05-31',
    ]);
    expect(startsFrom('2023-01-30T00:00:00Z', monthly, 3)).toEqual([
      '2023-01-30',
      '2023-02-28',
      '2023-03-30',
    ]);
  });

  it('keeps 29 February for leap years', () => {
    expect(startsFrom('2024-02-29T00:00:00Z', { unit: 'year', count: 1 }, 5)).toEqual([
      '2024-02-29',
      '2025-02-28',
      '2026-02-28',
      '2027-02-28',
      '2028-02-29',
    ]);
  });

  it('counts days of 24 hours whatever clocks do', () => {
    const { start, end } = billingPeriod(new Date('2026-03-28T12:00:00Z'), { unit: 'day', count: 7 }, 0);
    expect(end.getTime() - start.getTime()).toBe(7 * 86_400_000);
  });

  it('keeps the time of day of the anchor to the millisecond', () => {
    expect(billingPeriod(new Date('2024-01-31T23:59:59.999Z'), monthly, 1).start.toISOString()).toBe(
      '2024-02-29T23:59:59.999Z',
    );
  });

  it('refuses anchors, intervals and numbers that mean nothing', () => {
    const anchor = new Date('2024-01-31T00:00:00Z');
    expect(() => billingPeriod(new Date(Number.NaN), monthly, 0)).toThrow(RangeError);
    expect(() => billingPeriod(anchor, { unit: 'month', count: 0 }, 0)).toThrow(RangeError);
    expect(() => billingPeriod(anchor, { unit: 'month', count: 1.5 }, 0)).toThrow(RangeError);
    expect(() => billingPeriod(anchor, monthly, 0.5)).toThrow(RangeError);
    expect(() => billingPeriodAt(anchor, monthly, new Date(Number.NaN))).toThrow(RangeError);
  });

  it('tiles fifty years for every anchor day without gap, overlap or drift', () => {
    for (let day = 1; day <= 31; day += 1) {
      const anchor = new Date(Date.UTC(2023, 0, day, 13, 37, 11));
      for (const count of [1, 3, 6, 12]) {
        for (let n = 0; n < 600 / count; n += 1) {
          const current = billingPeriod(anchor, { unit: 'month', count }, n);
          expect(current.end).toEqual(billingPeriod(anchor, { unit: 'month', count }, n + 1).start);
          const lastDay = new Date(
            Date.UTC(current.start.getUTCFullYear(), current.start.getUTCMonth() + 1, 0),
          ).getUTCDate();
          expect(current.start.getUTCDate()).toBe(Math.min(day, lastDay));
        }
      }
    }
  });
});

describe('billingPeriodAt', () => {
  it('gives a boundary to the period that starts there', () => {
    const anchor = new Date('2024-01-31T10:00:00Z');
    const boundary = new Date('2024-02-29T10:00:00Z');
    expect(billingPeriodAt(anchor, monthly, boundary).index).toBe(1);
    expect(billingPeriodAt(anchor, monthly, new Date(boundary.getTime() - 1)).index).toBe(0);
    expect(billingPeriodAt(anchor, monthly, anchor).index).toBe(0);
    expect(billingPeriodAt(anchor, monthly, new Date(anchor.getTime() - 1)).index).toBe(-1);
  });

  it('finds the one period that contains the instant', () => {
    fc.assert(
      fc.property(anchors, intervals, anchors, (anchor, interval, at) => {
        const found = billingPeriodAt(anchor, interval, at);
        expect(found.start.getTime() <= at.getTime() && at.getTime() < found.end.getTime()).toBe(true);
        const { start, end } = billingPeriod(anchor, interval, found.index);
        expect({ start, end }).toEqual({ start: found.start, end: found.end });
        expect(billingPeriodAt(anchor, interval, found.end).index).toBe(found.index + 1);
      }),
      { numRuns: 500 },
    );
  });
});

describe('calendarMonth', () => {
  it('is the month in UTC', () => {
    expect(calendarMonth(new Date('2026-12-31T23:59:59.999Z'))).toEqual({
      start: new Date('2026-12-01T00:00:00Z'),
      end: new Date('2027-01-01T00:00:00Z'),
    });
  });
});
