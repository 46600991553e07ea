import { z } from 'zod';
import { isExistingDate } from './calendar-date.ts';
import { instantInvalid } from './time.errors.ts';

const pattern =
  /^([0-9]{4})-([0-9]{2})-([0-9]{2})T([0-9]{2}):([0-9]{2}):([0-9]{2})(?:\.([0-9]{1,9}))?(Z|[+-][0-9]{2}:[0-9]{2})$/;

/**
 * Reads an RFC 3339 instant; the offset is required and is normalised to UTC, digits beyond milliseconds are cut.
 * Refuses numbers (seconds and milliseconds look alike), dates that do not exist and leap seconds.
 * Throws INSTANT_INVALID.
 */
export function parseInstant(input: unknown): Date {
  if (typeof input !== 'string') throw instantInvalid('must be a text, not a number');
  const match = pattern.exec(input);
  if (match === null) throw instantInvalid('is not RFC 3339 with an offset');
  const [, year = '', month = '', day = '', hour = '', minute = '', second = '', fraction = '', zone = ''] =
    match;
  if (!isExistingDate(Number(year), Number(month), Number(day))) {
    throw instantInvalid('names a date that does not exist');
  }
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) {
    throw instantInvalid('names a time of day that does not exist');
  }
  const local = Date.parse(
    `${year}-${month}-${day}T${hour}:${minute}:${second}.${fraction.padEnd(3, '0').slice(0, 3)}Z`,
  );
  return new Date(local - offsetMs(zone));
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

function offsetMs(zone: string): number {
  if (zone === 'Z') return 0;
  const hours = Number(zone.slice(1, 3));
  const minutes = Number(zone.slice(4, 6));
  if (hours > 23 || minutes > 59) throw instantInvalid('has an offset that does not exist');
  return (zone.startsWith('-') ? -1 : 1) * (hours * 60 + minutes) * 60_000;
}
