import type { Logger } from '../logging/logger.ts';
import { FailureLog } from './failure-log.ts';

export interface JobPass {
  /** Pauses between attempts are skipped: a test waits for the end, not for the clock. */
  isHurried: boolean;
  /** Ids that must not be tried again in this drain, because the other side gave no answer. */
  deferred: Set<string>;
  isStopping: () => boolean;
}

/** Work that comes by itself. A pass does what is due now and answers how many things it did. */
export interface Job {
  name: string;
  /** About what this process alone knows (its memory, its clock), so it runs whatever the role is. */
  isOfProcess?: true;
  run(pass: JobPass): Promise<number>;
}

export interface JobRunner {
  start(jobs?: (job: Job) => boolean): void;
  /** Ends loops after the pass they are in; idempotent. */
  stop(): Promise<void>;
  /** Something was stored: look now instead of in a second. */
  wake(): void;
  /** Runs every job until a whole round finds nothing; answers how many things each did. */
  drainUntilIdle(): Promise<Record<string, number>>;
}

const POLL_MS = 1_000;
/** A job that keeps making work for itself is a bug; a drain must end all the same. */
const DRAIN_ROUNDS_MAX = 1_000;

export function createJobRunner(options: { jobs: readonly Job[]; log: Logger }): JobRunner {
  const { jobs, log } = options;
  const wakeUps = new Set<() => void>();
  const lanes = new Map(jobs.map((job) => [job.name, createLane()]));
  let isStopped = false;
  let loops: Promise<void>[] = [];

  const runOnce = (job: Job, pass: JobPass) => {
    const lane = lanes.get(job.name);
    return lane === undefined ? Promise.resolve(0) : lane(() => job.run(pass));
  };

  async function loop(job: Job): Promise<void> {
    const failures = new FailureLog(job.name, log);
    while (!isStopped) {
      const pass: JobPass = { isHurried: false, deferred: new Set(), isStopping: () => isStopped };
      const done = await runOnce(job, pass).then(
        (count) => {
          failures.succeeded();
          return count;
        },
        (error: unknown) => {
          failures.failed(error);
          return 0;
        },
      );
      if (done === 0 && !isStopped) await pause(wakeUps);
    }
  }

  return {
    start(isStarted = () => true) {
      loops = jobs.filter(isStarted).map(loop);
    },
    async stop() {
      isStopped = true;
      for (const wakeUp of wakeUps) wakeUp();
      await Promise.all(loops);
    },
    wake() {
      for (const wakeUp of wakeUps) wakeUp();
    },
    async drainUntilIdle() {
      const report: Record<string, number> = {};
      const pass: JobPass = { isHurried: true, deferred: new Set(), isStopping: () => isStopped };
      for (let round = 0; round < DRAIN_ROUNDS_MAX; round++) {
        let done = 0;
        for (const job of jobs) {
          const count = await runOnce(job, pass);
          report[job.name] = (report[job.name] ?? 0) + count;
          done += count;
        }
        if (done === 0) break;
      }
      return report;
    },
  };
}

/** Passes of one job follow each other, whether the loop or a drain asks. */
function createLane() {
  let last: Promise<unknown> = Promise.resolve();
  return <T>(work: () => Promise<T>): Promise<T> => {
    const next = last.then(work, work);
    last = next.catch(() => undefined);
    return next;
  };
}

function pause(wakeUps: Set<() => void>): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      wakeUps.delete(end);
      resolve();
    };
    const timer = setTimeout(end, POLL_MS);
    wakeUps.add(end);
  });
}
