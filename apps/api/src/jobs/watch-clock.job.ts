import { Gauge, type Registry } from 'prom-client';
import { measureSkew, type SkewDeps, skewAlarmMs } from '../clock/measure-skew.ts';
import type { Logger } from '../logging/logger.ts';
import type { Job } from './runner.ts';

const EVERY_MS = 30_000;

/**
 * Compares this process's clock with the database's, which all processes share: a wrong clock refuses webhooks and
 * usage, and runs the calendar early or late. Alerts once when it goes wrong; a drain always looks.
 */
export function createWatchClockJob(deps: SkewDeps & { log: Logger; registry: Registry }): Job {
  const gauge = new Gauge({
    name: 'clock_skew_seconds',
    help: 'How far this process’s clock is ahead of the database’s.',
    registers: [deps.registry],
  });
  let lookedAtMs = Number.NEGATIVE_INFINITY;
  let isWrong = false;
  return {
    name: 'watch-clock',
    isOfProcess: true,
    async run({ isHurried }) {
      if (!isHurried && deps.monotonicMs() - lookedAtMs < EVERY_MS) return 0;
      lookedAtMs = deps.monotonicMs();
      const skewMs = await measureSkew(deps);
      gauge.set(skewMs / 1000);
      const wasWrong = isWrong;
      isWrong = Math.abs(skewMs) > skewAlarmMs;
      if (isWrong && !wasWrong) {
        deps.log.error(
          { alert: 'clock_skew', skewMs },
          'the clock of this process differs from the database’s',
        );
      }
      if (!isWrong && wasWrong) deps.log.info({ skewMs }, 'the clock of this process is right again');
      return 0;
    },
  };
}
