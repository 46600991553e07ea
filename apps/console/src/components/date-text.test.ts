import { expect, test } from 'vitest';
import { fullDateText, periodText, resetText, zoneText } from './date-text.ts';

test('a period names its last day although the wire names the first day after it', () => {
  const november = { start: '2024-10-31T23:00:00.000Z', end: '2024-11-30T23:00:00.000Z' };
  expect(periodText(november, 'Europe/Berlin')).toBe('Nov 1, 2024 – Nov 30, 2024');
});

test.each([
  ['Pacific/Pago_Pago', 'Oct 31, 2024'],
  ['UTC', 'Nov 1, 2024'],
  ['Pacific/Kiritimati', 'Nov 1, 2024'],
])('a date is shown in the billing zone %s', (zone, expected) => {
  expect(fullDateText('2024-11-01T02:00:00.000Z', zone)).toBe(expected);
});

test('a zone is named by its city', () => {
  expect(zoneText('America/New_York')).toBe('New York');
});

test('a window that ends within a day names the time, any other the date', () => {
  const inHours = (hours: number) => new Date(Date.now() + hours * 3_600_000).toISOString();
  expect(resetText(inHours(1), 'Asia/Kathmandu')).toMatch(/, \d\d:\d\d$/);
  expect(resetText(inHours(25), 'Asia/Kathmandu')).not.toMatch(/:/);
  expect(resetText(null)).toBe('—');
});
