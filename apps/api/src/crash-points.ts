import process from 'node:process';

/** Places where a test may kill the process; each name says what has and has not happened there. */
export const crashPointNames = [
  'inbound.after_commit',
  'inbound.claimed',
  'inbound.between_writes',
  'outbox.before_send',
  'outbox.after_send',
  'ingest.before_commit',
  'ingest.after_commit',
  'reserve.after_commit',
  'period.closing',
  'change.step',
  'webhook.after_send',
] as const;
export type CrashPointName = (typeof crashPointNames)[number];

const remainingHits = new Map<CrashPointName, number>();
let isEnabled = false;

/** Without this call every crash point is a no-op; called only when the environment allows test seams. */
export function enableCrashPoints(crashAt: string | undefined): void {
  isEnabled = true;
  if (crashAt === undefined) return;
  const [point, hits] = crashAt.split(':');
  if (isCrashPointName(point)) armCrashPoint(point, Number(hits));
}

/** The process dies by SIGKILL at the n-th hit from now; 0 disarms. */
export function armCrashPoint(point: CrashPointName, hits: number): void {
  if (hits <= 0) remainingHits.delete(point);
  else remainingHits.set(point, hits);
}

export function isCrashPointName(text: string | undefined): text is CrashPointName {
  return crashPointNames.some((name) => name === text);
}

/** Point → hits left until the process dies. */
export function armedCrashPoints(): Record<string, number> {
  return Object.fromEntries(remainingHits);
}

/** SIGKILL, because only that skips every handler, like a power cut does. */
export function crashPoint(point: CrashPointName): void {
  if (!isEnabled) return;
  const left = remainingHits.get(point);
  if (left === undefined) return;
  if (left > 1) remainingHits.set(point, left - 1);
  else process.kill(process.pid, 'SIGKILL');
}
