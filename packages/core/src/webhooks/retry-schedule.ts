const minute = 60;
const hour = 60 * minute;
const delaysSeconds = [
  5,
  minute,
  5 * minute,
  30 * minute,
  2 * hour,
  5 * hour,
  10 * hour,
  14 * hour,
  20 * hour,
];

/** How long delivery of one message is tried, and how long an endpoint may fail before it is disabled. */
export const deliveryWindowMs = 3 * 24 * hour * 1000;

/**
 * When to try again after the n-th failed attempt of a series: soon, then ever later, the last time exactly three days
 * after the first. Null = that was the last one.
 */
export function nextAttemptAt(series: { firstAt: Date; failedAttempts: number }, now: Date): Date | null {
  const lastAt = series.firstAt.getTime() + deliveryWindowMs;
  if (now.getTime() >= lastAt) return null;
  const delay = delaysSeconds[Math.min(series.failedAttempts, delaysSeconds.length) - 1] ?? minute;
  return new Date(Math.min(now.getTime() + delay * 1000, lastAt));
}

/** Three days without a single success. */
export function isGivenUp(failingSince: Date, now: Date): boolean {
  return now.getTime() - failingSince.getTime() >= deliveryWindowMs;
}
