import { z } from 'zod';
import { isExistingDate } from './calendar-date.ts';
import { instantInvalid } from './time.errors.ts';

/** The Gregorian calendar repeats after 400 years; without them `Date.UTC` takes the years 0–99 for 1900–1999. */
const cycleMs = 146_097 * 86_400_000;

/**
 * Reads an RFC 3339 instant; the offset is required and is normalised to UTC, digits beyond milliseconds are cut.
 * Refuses numbers (seconds and milliseconds look alike), dates that do not exist and leap seconds.
 * Throws INSTANT_INVALID.
 */
export function parseInstant(input: unknown): Date {
  if (typeof input !== 'string') throw instantInvalid('must be a text, not a number');
  if (!hasMarks(input)) throw unreadable();
  const year = numberAt(input, 0, 4);
  const month = numberAt(input, 5, 7);
  const day = numberAt(input, 8, 10);
  const hour = numberAt(input, 11, 13);
  const minute = numberAt(input, 14, 16);
  const second = numberAt(input, 17, secondsEnd);
  const zoneAt = endOfFraction(input);
  const zoneMs = offsetMs(input, zoneAt);
  if (!isExistingDate(year, month, day)) throw instantInvalid('names a date that does not exist');
  if (hour > 23 || minute > 59 || second > 59) {
    throw instantInvalid('names a time of day that does not exist');
  }
  const toTheSecond = Date.UTC(year + 400, month - 1, day, hour, minute, second) - cycleMs;
  return new Date(toTheSecond + fractionMs(input, zoneAt) - zoneMs);
}

/** Same rules as `parseInstant`, for request schemas; answers a Date. */
export const instantInputSchema = z
  .string()
  .max(40)
  .transform((text, context) => {
    try {
      return parseInstant(text);
    } catch (error) {
      context.addIssue({
        code: 'custom',
        message: error instanceof Error ? error.message : 'instant is invalid',
      });
      return z.NEVER;
    }
  });

function unreadable(): Error {
  return instantInvalid('is not RFC 3339 with an offset');
}

/** `2027-02-28T10:00:00`: what stands between the numbers. */
function hasMarks(text: string): boolean {
  const isDate = text[4] === '-' && text[7] === '-' && text[10] === 'T';
  return isDate && text[13] === ':' && text[16] === ':';
}

/** Read digit by digit: this runs for every event, and a match of a pattern is a list of ten new texts. */
function numberAt(text: string, start: number, end: number): number {
  let value = 0;
  for (let index = start; index < end; index += 1) {
    const digit = text.charCodeAt(index) - zero;
    if (!(digit >= 0 && digit <= 9)) throw unreadable();
    value = value * 10 + digit;
  }
  return value;
}

const zero = '0'.charCodeAt(0);
const secondsEnd = 19;

/** Behind one to nine digits of a fraction, if there are any. */
function endOfFraction(text: string): number {
  if (text[secondsEnd] !== '.') return secondsEnd;
  let end = secondsEnd + 1;
  while (isDigit(text.charCodeAt(end))) end += 1;
  const digits = end - secondsEnd - 1;
  if (digits < 1 || digits > 9) throw unreadable();
  return end;
}

function isDigit(code: number): boolean {
  return code >= zero && code <= zero + 9;
}

function fractionMs(text: string, end: number): number {
  const digits = Math.min(end - secondsEnd - 1, 3);
  if (digits < 1) return 0;
  return numberAt(text, secondsEnd + 1, secondsEnd + 1 + digits) * 10 ** (3 - digits);
}

function offsetMs(text: string, start: number): number {
  const sign = text[start];
  if (sign === 'Z' && text.length === start + 1) return 0;
  if ((sign !== '+' && sign !== '-') || text[start + 3] !== ':' || text.length !== start + 6)
    throw unreadable();
  const hours = numberAt(text, start + 1, start + 3);
  const minutes = numberAt(text, start + 4, start + 6);
  if (hours > 23 || minutes > 59) throw instantInvalid('has an offset that does not exist');
  return (sign === '-' ? -1 : 1) * (hours * 60 + minutes) * 60_000;
}
