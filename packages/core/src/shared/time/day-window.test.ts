import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { billingPeriod, calendarMonth } from './billing-period.ts';
import { dayWindow, dayWindows, isTimeZone, localDate, startOfLocalDay } from './day-window.ts';
import { period } from './period.ts';
import { bucketMs } from './usage-bucket.ts';

const hoursOf = ({ start, end }: { start: Date; end: Date }) => (end.getTime() - start.getTime()) / 3_600_000;

describe('dayWindow', () => {
  it.each([
    ['Europe/Berlin', '2026-03-29T12:00:00Z', 23],
    ['Europe/Berlin', '2026-10-25T12:00:00Z', 25],
    ['America/New_York', '2026-03-08T18:00:00Z', 23],
    ['Australia/Lord_Howe', '2026-10-04T05:00:00Z', 23.5],
    ['Australia/Lord_Howe', '2026-04-05T05:00:00Z', 24.5],
    ['Asia/Kolkata', '2026-03-29T12:00:00Z', 24],
    ['UTC', '2026-03-29T12:00:00Z', 24],
  ])('in %s the day of %s has %d hours', (zone, at, hours) => {
    expect(hoursOf(dayWindow(new Date(at), zone))).toBe(hours);
  });

  it('starts a day at the change where midnight does not exist', () => {
    // São Paulo moved 00:00 to 01:00 on 4 November 2018.
    expect(startOfLocalDay('2018-11-04', 'America/Sao_Paulo').toISOString()).toBe('2018-11-04T03:00:00.000Z');
    expect(hoursOf(dayWindow(new Date('2018-11-04T12:00:00Z'), 'America/Sao_Paulo'))).toBe(23);
  });

  it('starts a day at the first of two midnights', () => {
    // Havana moves 01:00 back to 00:00.
    expect(startOfLocalDay('2026-11-01', 'America/Havana').toISOString()).toBe('2026-11-01T04:00:00.000Z');
    expect(hoursOf(dayWindow(new Date('2026-11-01T12:00:00Z'), 'America/Havana'))).toBe(25);
  });

  it('has no window for a day that a zone skipped', () => {
    const dates = dayWindows(
      period(new Date('2011-12-29T12:00:00Z'), new Date('2011-12-31T12:00:00Z')),
      'Pacific/Apia',
    ).map(({ date }) => date);
    expect(dates).toEqual(['2011-12-29', '2011-12-31', '2012-01-01']);
  });

  it('tiles any range on bucket edges in zones with unusual changes', () => {
    const zones = [
      'Europe/Berlin',
      'America/St_Johns',
      'Australia/Lord_Howe',
      'Africa/Cairo',
      'America/Santiago',
      'Asia/Kathmandu',
      'Pacific/Chatham',
      'UTC',
    ];
    const instants = fc.date({
      min: new Date('2012-01-01T00:00:00Z'),
      max: new Date('2035-01-01T00:00:00Z'),
      noInvalidDate: true,
    });
    fc.assert(
      fc.property(
        fc.constantFrom(...zones),
        instants,
        fc.integer({ min: 1, max: 40 }),
        (zone, start, days) => {
          const end = new Date(start.getTime() + days * 86_400_000);
          const windows = dayWindows(period(start, end), zone);
          expect(windows[0]?.start.getTime()).toBeLessThanOrEqual(start.getTime());
          expect(windows.at(-1)?.end.getTime()).toBeGreaterThanOrEqual(end.getTime());
          for (const [position, window] of windows.entries()) {
            expect(window.start.getTime() % bucketMs).toBe(0);
            expect(localDate(window.start, zone)).toBe(window.date);
            if (position > 0) expect(window.start).toEqual(windows[position - 1]?.end);
          }
        },
      ),
      { numRuns: 150 },
    );
  });

  it('does not depend on the zone of the process, nor do billing periods', () => {
    const before = process.env.TZ;
    const at = new Date('2026-03-29T00:30:00Z');
    const answers = ['UTC', 'Asia/Kolkata', 'America/New_York', 'Pacific/Kiritimati', 'Europe/Berlin'].map(
      (zone) => {
        process.env.TZ = zone;
        const periods = Array.from({ length: 240 }, (_, n) =>
          billingPeriod(new Date('2024-01-31T22:30:00Z'), { unit: 'month', count: 1 }, n),
        );
        const pure = JSON.stringify([dayWindow(at, 'Europe/Berlin'), calendarMonth(at), periods]);
        return { pure, processHour: at.getHours() };
      },
    );
    if (before === undefined) delete process.env.TZ;
    else process.env.TZ = before;
    expect(new Set(answers.map(({ processHour }) => processHour)).size).toBeGreaterThan(3);
    expect(new Set(answers.map(({ pure }) => pure)).size).toBe(1);
  });

  it('refuses zones that do not exist', () => {
    expect(isTimeZone('Europe/Berlin')).toBe(true);
    expect(isTimeZone('Mars/Olympus')).toBe(false);
    expect(() => localDate(new Date(0), 'Mars/Olympus')).toThrow(
      expect.objectContaining({ code: 'TIME_ZONE_UNKNOWN' }),
    );
  });
});
