import { expect, test } from 'vitest';
import { dayEnd, dayOf, dayStart } from './day-bounds.ts';

test.each([
  ['UTC', '2026-11-01T00:00:00.000Z'],
  ['Europe/Berlin', '2026-10-31T23:00:00.000Z'],
  ['Pacific/Pago_Pago', '2026-11-01T11:00:00.000Z'],
  ['Pacific/Kiritimati', '2026-10-31T10:00:00.000Z'],
])('a day begins at midnight of %s', (zone, expected) => {
  expect(dayStart('2026-11-01', zone)).toBe(expected);
  expect(dayOf(expected, zone)).toBe('2026-11-01');
  expect(dayOf(new Date(Date.parse(expected) - 1).toISOString(), zone)).toBe('2026-10-31');
});

test('the day of a clock change begins and ends at its own midnights', () => {
  expect(dayStart('2026-10-25', 'Europe/Berlin')).toBe('2026-10-24T22:00:00.000Z');
  expect(dayEnd('2026-10-25', 'Europe/Berlin')).toBe('2026-10-25T23:00:00.000Z');
});

test('a half-typed date is no filter', () => {
  expect(dayStart('2026-1', 'UTC')).toBeNull();
});
