import type { Clock } from '@metergate/core';
import type { Database } from '@metergate/db';
import { deleteExpired } from '@metergate/db/metering';
import type { ScheduledJob } from './scheduled-jobs.job.ts';

const daySeconds = 86_400;
const rejectedEventDays = 30;
const receiptDays = 90;

/** Once a day: refused events go after 30 days, receipts of decisions after 90. Usage itself is kept. */
export function createRetentionJob(deps: { database: Pick<Database, 'worker'>; clock: Clock }): ScheduledJob {
  return {
    name: 'retention',
    everySeconds: daySeconds,
    run: () =>
      deleteExpired(deps.database.worker, {
        rejectedEvents: daysBefore(deps.clock.now(), rejectedEventDays),
        receipts: daysBefore(deps.clock.now(), receiptDays),
      }),
  };
}

function daysBefore(instant: Date, days: number): Date {
  const earlier = new Date(instant);
  earlier.setTime(instant.getTime() - days * daySeconds * 1000);
  return earlier;
}
