import { AppError } from '../app-error.ts';

/** The text is not an instant as `parseInstant` reads it. */
export function instantInvalid(problem: string): AppError {
  return new AppError({
    code: 'INSTANT_INVALID',
    kind: 'invalid_input',
    message: `instant ${problem}`,
    userMessage: `The time ${problem}. Use RFC 3339 with an offset, for example 2027-02-28T10:00:00Z.`,
  });
}

/** The text is not a calendar date (`YYYY-MM-DD`) that exists. */
export function calendarDateInvalid(): AppError {
  return new AppError({
    code: 'CALENDAR_DATE_INVALID',
    kind: 'invalid_input',
    message: 'not an existing calendar date',
    userMessage: 'The date does not exist. Use YYYY-MM-DD.',
  });
}

/** The name is not an IANA time zone known to this runtime. */
export function timeZoneUnknown(name: string): AppError {
  return new AppError({
    code: 'TIME_ZONE_UNKNOWN',
    kind: 'invalid_input',
    message: `unknown time zone ${JSON.stringify(name.slice(0, 60))}`,
    userMessage: 'This time zone is not known. Use an IANA name such as Europe/Berlin.',
  });
}
