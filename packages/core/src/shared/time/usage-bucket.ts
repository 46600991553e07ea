import { assert } from '../assert.ts';
import type { Period } from './period.ts';

/** Usage totals are kept per quarter of an hour, because every zone's midnight falls on one. */
export const bucketMs = 15 * 60_000;
const hourMs = 60 * 60_000;
/** Two years of buckets; a longer list is a bug of the caller. */
const bucketsMax = 2 * 366 * 96;

/** The bucket (start inclusive, end exclusive) an instant is counted in. */
export function bucketAt(at: Date): Period {
  const start = Math.floor(at.getTime() / bucketMs) * bucketMs;
  return { start: new Date(start), end: new Date(start + bucketMs) };
}

/** The hour in UTC that contains the instant; window of limits that reset hourly. */
export function hourWindow(at: Date): Period {
  const start = Math.floor(at.getTime() / hourMs) * hourMs;
  return { start: new Date(start), end: new Date(start + hourMs) };
}

/** Every bucket that overlaps the span, in order; the first and last may reach beyond it. */
export function bucketsOf(span: Period): Period[] {
  const first = bucketAt(span.start).start.getTime();
  const count = Math.ceil((span.end.getTime() - first) / bucketMs);
  assert(count <= bucketsMax, 'bucket lists cover at most two years');
  return Array.from({ length: count }, (_, n) => ({
    start: new Date(first + n * bucketMs),
    end: new Date(first + (n + 1) * bucketMs),
  }));
}
