import type { Period } from '../../shared/time/period.ts';
import { hourWindow } from '../../shared/time/usage-bucket.ts';
import type { BegunReportLook, UsageReportCue } from './usage-report-looks.ports.ts';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
/**
 * A writer that finds a cue of the last five minutes leaves none, and is given five more to commit what it then has
 * written without one.
 */
const writtenMs = 10 * minuteMs;
/** Whatever nobody thought of is told while its month is still open. */
const weekMs = 7 * 24 * hourMs;

/**
 * When time alone brings something to tell: the end of a month, and then every run until its invoice freezes, because
 * an hour cut by that end is over before its cue is due.
 */
export function nextReportLookAt(open: readonly { month: Period }[], now: Date): Date | null {
  if (open.length === 0) return null;
  const ends = open.map(({ month }) => Math.max(month.end.getTime(), now.getTime()));
  return new Date(Math.min(now.getTime() + weekMs, ...ends));
}

/** The cues that a look at `now` has answered for good. */
export function answeredBy(cues: readonly UsageReportCue[], now: Date): bigint[] {
  const written = new Date(now.getTime() - writtenMs);
  return cues
    .filter(
      ({ dueAt, notedAt }) => (dueAt === null || dueAt <= now) && (notedAt === null || notedAt <= written),
    )
    .map(({ id }) => id);
}

/**
 * Until Stripe rated a meter its usage left no cue: neither what has happened in this hour, nor what is being written
 * while this look reads.
 */
export function looksAgain(
  { meters }: Pick<BegunReportLook, 'meters'>,
  rated: readonly string[],
  now: Date,
): { dueAt: Date; notedAt: Date }[] {
  if (rated.every((meter) => meters.includes(meter))) return [];
  const { end } = hourWindow(now);
  return [now, end, new Date(end.getTime() + hourMs)].map((dueAt) => ({ dueAt, notedAt: now }));
}
