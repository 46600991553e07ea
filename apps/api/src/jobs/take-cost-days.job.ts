import type { Clock } from '@metergate/core';
import type { TakeCostDaysDeps } from '@metergate/core/payments/cost-days/cost-days.ports';
import { takeCostDays } from '@metergate/core/payments/cost-days/take-cost-days';
import { type Database, listOrganizationsWithoutCostDay } from '@metergate/db';
import { describeError, type Logger } from '../logging/logger.ts';
import { eachOrganization, widthOfMany } from './each-organization.ts';
import type { ScheduledJob } from './scheduled-jobs.job.ts';

/** Midnights of all zones fall on quarters of an hour. */
const everySeconds = 900;

/** Every quarter of an hour: what the days that have ended by then had cost, wherever one has. */
export function createTakeCostDaysJob(deps: {
  taking: TakeCostDaysDeps;
  clock: Clock;
  database: Pick<Database, 'worker'>;
  log: Logger;
}): ScheduledJob {
  return {
    name: 'take-cost-days',
    everySeconds,
    async run() {
      let taken = 0;
      const at = deps.clock.now();
      await eachOrganization(
        (after, limit) => listOrganizationsWithoutCostDay(deps.database.worker, { at, after, limit }),
        async (organizationId) => {
          try {
            taken += await takeCostDays(deps.taking, { organizationId });
          } catch (error) {
            const fields = { organizationId, error: describeError(error) };
            deps.log.error(fields, 'the cost of a day could not be written down; the next run tries again');
          }
        },
        widthOfMany,
      );
      return { taken };
    },
  };
}
