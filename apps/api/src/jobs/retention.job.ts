import type { Clock } from '@metergate/core';
import type { Database } from '@metergate/db';
import { deleteExpired } from '@metergate/db/metering';
import type { ScheduledJob } from './scheduled-jobs.job.ts';

const daySeconds = 86_400;
const rejectedEventDays = 30;
const receiptDays = 90;
/** After the end of the window: twice as long as usage may come late without being filled in. */
const countedValueDays = 70;

/**
 * Once a day: refused events go after 30 days, receipts of decisions after 90, and what a counter of different values
 * has counted 70 days after its window. Usage itself is kept.
 */
export function createRetentionJob(deps: { database: Pick<Database, 'worker'>; clock: Clock }): ScheduledJob {
  return {
    name: 'retention',
    everySeconds: daySeconds,
    run: () =>
      deleteExpired(deps.database.worker, {
        rejectedEvents: daysBefore(deps.clock.now(), rejectedEventDays),
        receipts: daysBefore(deps.clock.now(), receiptDays),
        countedValues: daysBefore(deps.clock.now(), countedValueDays),
      }),
  };
}

function daysBefore(instant: Date, days: number): Date {
  const earlier = new Date(instant);
  earlier.setTime(instant.getTime() - days * daySeconds * 1000);
  return earlier;
}
