import { calendarDateInvalid } from './time.errors.ts';

/** A date without time, `YYYY-MM-DD`; sorts as text. Never stands for an instant. */
export type CalendarDate = string;

const dayMs = 86_400_000;

/** Throws CALENDAR_DATE_INVALID for anything that is not an existing date of the years 0001–9999. */
export function parseCalendarDate(text: string): CalendarDate {
  const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text);
  if (match === null) throw calendarDateInvalid();
  const [, year = '', month = '', day = ''] = match;
  if (!isExistingDate(Number(year), Number(month), Number(day))) throw calendarDateInvalid();
  return text;
}

/** `month` counts from 1. */
export function isExistingDate(year: number, month: number, day: number): boolean {
  return year >= 1 && month >= 1 && month <= 12 && day >= 1 && day <= daysInMonth(year, month);
}

/** `month` counts from 1; proleptic Gregorian calendar. */
export function daysInMonth(year: number, month: number): number {
  if (month === 2) return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0 ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

export function addDays(date: CalendarDate, days: number): CalendarDate {
  return utcDateOf(new Date(utcMidnightMs(date) + days * dayMs));
}

/** The date in UTC at this instant. */
export function utcDateOf(at: Date): CalendarDate {
  return at.toISOString().slice(0, 10);
}

/** Milliseconds since 1970 of the date's midnight in UTC. */
export function utcMidnightMs(date: CalendarDate): number {
  return Date.parse(`${parseCalendarDate(date)}T00:00:00.000Z`);
}
