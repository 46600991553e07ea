/** The only reader of the system clock in the console. */
export function now(): Date {
  return new Date();
}

/** Reads an instant of the API (RFC 3339 text). */
export function parseInstant(text: string): Date {
  return new Date(text);
}

/** Whole seconds from `text` until now; negative while it lies ahead. */
export function secondsSince(text: string): number {
  return Math.floor((now().getTime() - parseInstant(text).getTime()) / 1000);
}

/** Whole days from now until `text`, rounded up; negative when it has passed. */
export function daysUntil(text: string): number {
  return Math.ceil((parseInstant(text).getTime() - now().getTime()) / 86_400_000);
}
