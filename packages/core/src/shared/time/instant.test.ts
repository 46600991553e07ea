import { describe, expect, it } from 'vitest';
import { addDays, parseCalendarDate } from './calendar-date.ts';
import { instantInputSchema, parseInstant } from './instant.ts';
import { contains, intersection, overlaps, period, periodSeconds } from './period.ts';
import { bucketAt, bucketsOf, hourWindow } from './usage-bucket.ts';

describe('parseInstant', () => {
  it.each([
    ['2027-02-28T10:00:00Z', '2027-02-28T10:00:00.000Z'],
    ['2027-02-28T10:00:00+05:30', '2027-02-28T04:30:00.000Z'],
    ['2027-02-28T10:00:00.1239-08:00', '2027-02-28T18:00:00.123Z'],
    ['2028-02-29T00:00:00Z', '2028-02-29T00:00:00.000Z'],
  ])('reads %s', (text, expected) => {
    expect(parseInstant(text).toISOString()).toBe(expected);
    expect(instantInputSchema.parse(text).toISOString()).toBe(expected);
  });

  it.each([
    ['2027-02-30T10:00:00Z'],
    ['2027-13-01T10:00:00Z'],
    ['2027-00-10T10:00:00Z'],
    ['2027-02-29T10:00:00Z'],
    ['2016-12-31T23:59:60Z'],
    ['2027-02-28T24:00:00Z'],
    ['2027-02-28T10:00:00'],
    ['2027-02-28 10:00:00Z'],
    ['2027-02-28'],
    ['2027-02-28T10:00:00+24:00'],
    ['٢٠٢٧-02-28T10:00:00Z'],
    [''],
    [0],
    [-1],
    [1_800_000_000],
    [null],
    [new Date(0)],
  ])('refuses %p', (input) => {
    expect(() => parseInstant(input)).toThrow(expect.objectContaining({ code: 'INSTANT_INVALID' }));
    expect(instantInputSchema.safeParse(input).success).toBe(false);
  });
});

describe('period', () => {
  const at = (hour: number) => new Date(Date.UTC(2026, 0, 1, hour));

  it('contains its start and not its end', () => {
    expect(contains(period(at(1), at(2)), at(1))).toBe(true);
    expect(contains(period(at(1), at(2)), at(2))).toBe(false);
  });

  it('refuses to be empty, reversed or invalid', () => {
    expect(() => period(at(1), at(1))).toThrow(RangeError);
    expect(() => period(at(2), at(1))).toThrow(RangeError);
    expect(() => period(at(2), new Date(Number.NaN))).toThrow(RangeError);
  });

  it('touches its neighbour without overlapping it', () => {
    expect(overlaps(period(at(1), at(2)), period(at(2), at(3)))).toBe(false);
    expect(intersection(period(at(1), at(2)), period(at(2), at(3)))).toBeUndefined();
    expect(intersection(period(at(1), at(3)), period(at(2), at(4)))).toEqual(period(at(2), at(3)));
    expect(periodSeconds(period(at(1), at(2)))).toBe(3600n);
  });
});

describe('calendar dates', () => {
  it('exist or are refused', () => {
    expect(parseCalendarDate('2028-02-29')).toBe('2028-02-29');
    expect(() => parseCalendarDate('2027-02-29')).toThrow(
      expect.objectContaining({ code: 'CALENDAR_DATE_INVALID' }),
    );
    expect(addDays('2027-12-31', 1)).toBe('2028-01-01');
    expect(addDays('2028-03-01', -1)).toBe('2028-02-29');
  });
});

describe('usage buckets', () => {
  it('are quarters of an hour, also before 1970', () => {
    expect(bucketAt(new Date('2026-01-01T10:14:59.999Z')).start.toISOString()).toBe(
      '2026-01-01T10:00:00.000Z',
    );
    expect(bucketAt(new Date('2026-01-01T10:15:00Z')).start.toISOString()).toBe('2026-01-01T10:15:00.000Z');
    expect(bucketAt(new Date(-1)).end.getTime()).toBe(0);
    expect(hourWindow(new Date('2026-01-01T10:59:59Z')).end.toISOString()).toBe('2026-01-01T11:00:00.000Z');
  });

  it('cover a span in order without gaps', () => {
    const buckets = bucketsOf(period(new Date('2026-01-01T10:05:00Z'), new Date('2026-01-01T10:45:00Z')));
    expect(buckets.map(({ start }) => start.toISOString().slice(11, 16))).toEqual([
      '10:00',
      '10:15',
      '10:30',
    ]);
  });
});
