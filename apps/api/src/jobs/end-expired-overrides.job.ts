import type { Clock, UnitOfWork } from '@metergate/core';
import { endExpiredOverrides } from '@metergate/core/admin/end-expired-overrides';
import { type Database, listOrganizationsWithExpiredOverrides, type Tx } from '@metergate/db';
import { describeError, type Logger } from '../logging/logger.ts';
import { eachOrganization } from './each-organization.ts';
import type { ScheduledJob } from './scheduled-jobs.job.ts';

const everySeconds = 60;

/** Every minute: exceptions to limits and prices that have ended by their date. */
export function createEndExpiredOverridesJob(deps: {
  clock: Clock;
  unitOfWork: UnitOfWork<Tx>;
  database: Pick<Database, 'worker'>;
  log: Logger;
}): ScheduledJob {
  return {
    name: 'end-expired-overrides',
    everySeconds,
    async run() {
      let ended = 0;
      const at = deps.clock.now();
      await eachOrganization(
        (after, limit) => listOrganizationsWithExpiredOverrides(deps.database.worker, { at, after, limit }),
        async (organizationId) => {
          try {
            ended += await endExpiredOverrides(deps, { organizationId });
          } catch (error) {
            const fields = { organizationId, error: describeError(error) };
            deps.log.error(
              fields,
              'an exception that has ended could not be closed; the next run looks again',
            );
          }
        },
      );
      return { ended };
    },
  };
}
