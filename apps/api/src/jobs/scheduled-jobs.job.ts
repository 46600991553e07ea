import type { Clock } from '@metergate/core';
import type { ScheduleRuns, ScheduleState } from '@metergate/db';
import { describeError, type Logger } from '../logging/logger.ts';
import type { Job } from './runner.ts';

/** Work of the calendar. Instants are multiples of `everySeconds` since 1970 in UTC, of business time. */
export interface ScheduledJob {
  name: string;
  everySeconds: number;
  /**
   * Does everything that became due in `(previousDueAt, dueAt]`; null = never ran. After days without a scheduler it
   * is called once for the whole span, so the work itself looks for what is due and not only at the last instant.
   */
  run(span: { previousDueAt: Date | null; dueAt: Date }): Promise<unknown>;
}

/** A run that takes longer may be taken over; everything scheduled is safe to repeat. */
const LEASE_SECONDS = 600;

/**
 * The table decides which process runs an instant: exactly one starts it, and a dead one is replaced. All schedules are
 * looked at together, once a pass; what becomes due during a long run is started by the next one.
 */
export function createScheduledJobs(deps: {
  jobs: readonly ScheduledJob[];
  /** Left to other processes, or to later: asked at every look. */
  isSkipped?: (job: ScheduledJob) => boolean;
  runs: ScheduleRuns;
  clock: Clock;
  log: Logger;
  workerId: string;
}): Job {
  return {
    name: 'schedules',
    async run() {
      const asked = deps.jobs.filter((job) => deps.isSkipped?.(job) !== true);
      const now = deps.clock.now();
      const due = asked.map((job) => ({ job, upTo: latestInstant(now, job.everySeconds) }));
      const states = await deps.runs.statesOf(due.map(({ job, upTo }) => ({ name: job.name, upTo })));
      let started = 0;
      for (const [n, { job, upTo }] of due.entries()) {
        const state = states[n];
        if (state !== undefined && (await runIfDue(deps, job, { ...state, upTo }))) started += 1;
      }
      return started;
    },
  };
}

async function runIfDue(
  deps: Parameters<typeof createScheduledJobs>[0],
  job: ScheduledJob,
  { upTo, lastDueAt, abandonedAt }: ScheduleState & { upTo: Date },
): Promise<boolean> {
  const { runs, workerId } = deps;
  const dueAt = abandonedAt ?? upTo;
  if (abandonedAt === null && lastDueAt !== null && lastDueAt >= upTo) return false;
  const lease = { name: job.name, dueAt, leasedBy: workerId, leaseSeconds: LEASE_SECONDS };
  if (!(await runs.start(lease))) return false;
  try {
    const result = await job.run({ previousDueAt: abandonedAt === null ? lastDueAt : null, dueAt });
    await runs.finish({ ...lease, status: 'done', at: deps.clock.now(), result });
  } catch (error) {
    deps.log.error({ schedule: job.name, error: describeError(error) }, 'a scheduled job failed');
    await runs.finish({ ...lease, status: 'failed', at: deps.clock.now(), result: null });
  }
  return true;
}

function latestInstant(now: Date, everySeconds: number): Date {
  const stepMs = everySeconds * 1000;
  const instant = new Date(now);
  instant.setTime(Math.floor(now.getTime() / stepMs) * stepMs);
  return instant;
}
