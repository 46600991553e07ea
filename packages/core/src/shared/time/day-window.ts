import { assert } from '../assert.ts';
import { addDays, type CalendarDate, utcMidnightMs } from './calendar-date.ts';
import type { Period } from './period.ts';
import { timeZoneUnknown } from './time.errors.ts';

/** A local day: from its first instant in the zone to the first instant of the next one (23–25 h around changes). */
export interface DayWindow extends Period {
  readonly date: CalendarDate;
}

const dayMs = 86_400_000;
const windowsMax = 3 * 366;
/** One formatter costs ~50 µs to make; there are fewer than 700 zones, so the map is bounded. */
const formatters = new Map<string, Intl.DateTimeFormat>();

export function isTimeZone(name: string): boolean {
  try {
    formatterOf(name);
    return true;
  } catch {
    return false;
  }
}

/** The date on the wall of the zone. Throws TIME_ZONE_UNKNOWN. */
export function localDate(at: Date, timeZone: string): CalendarDate {
  return new Date(localMs(at.getTime(), timeZone)).toISOString().slice(0, 10);
}

/**
 * First instant of a local day. Where midnight is skipped this is the change itself, where it happens twice the
 * earlier one; a date that the zone skipped altogether starts where its successor does.
 */
export function startOfLocalDay(date: CalendarDate, timeZone: string): Date {
  const wanted = utcMidnightMs(date);
  const candidates = [wanted - dayMs, wanted + dayMs]
    .map((probe) => wanted - (localMs(probe, timeZone) - probe))
    .toSorted((a, b) => a - b);
  const midnight = candidates.find((at) => localMs(at, timeZone) === wanted);
  if (midnight !== undefined) return new Date(midnight);
  return new Date(firstInstantNotBefore(wanted, timeZone, candidates));
}

/** The local day that contains the instant. Throws TIME_ZONE_UNKNOWN. */
export function dayWindow(at: Date, timeZone: string): DayWindow {
  const guess = localDate(at, timeZone);
  // Neighbours too: zones that turned their clocks back just after midnight showed the old date once more.
  for (const date of [guess, addDays(guess, -1), addDays(guess, 1)]) {
    const start = startOfLocalDay(date, timeZone);
    const end = startOfLocalDay(addDays(date, 1), timeZone);
    if (start.getTime() <= at.getTime() && at.getTime() < end.getTime()) return { date, start, end };
  }
  throw new RangeError('no local day contains this instant');
}

/** The local days that overlap the span, in order, without gaps; the first and last may reach beyond it. */
export function dayWindows(span: Period, timeZone: string): DayWindow[] {
  const windows: DayWindow[] = [];
  let at = span.start;
  while (at.getTime() < span.end.getTime()) {
    const window = dayWindow(at, timeZone);
    windows.push(window);
    assert(windows.length <= windowsMax, 'day series cover at most three years');
    at = window.end;
  }
  return windows;
}

function firstInstantNotBefore(wanted: number, timeZone: string, candidates: number[]): number {
  let before = Math.min(...candidates);
  let reached = Math.max(...candidates);
  // Inside a skipped stretch local time jumps forward once, so bisection finds the jump in about 26 steps.
  while (reached - before > 1) {
    const middle = Math.floor((before + reached) / 2);
    if (localMs(middle, timeZone) >= wanted) reached = middle;
    else before = middle;
  }
  return reached;
}

/** Wall-clock time of the zone written as if it were UTC, in milliseconds since 1970. */
function localMs(at: number, timeZone: string): number {
  const fields: Record<string, number> = {};
  for (const { type, value } of formatterOf(timeZone).formatToParts(at)) fields[type] = Number(value);
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = fields;
  return Date.UTC(year, month - 1, day, hour, minute, second) + (((at % 1000) + 1000) % 1000);
}

function formatterOf(timeZone: string): Intl.DateTimeFormat {
  const known = formatters.get(timeZone);
  if (known !== undefined) return known;
  try {
    const formatter = new Intl.DateTimeFormat('en-US', {
      timeZone,
      calendar: 'gregory',
      numberingSystem: 'latn',
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
    formatters.set(timeZone, formatter);
    return formatter;
  } catch {
    throw timeZoneUnknown(timeZone);
  }
}
