import { endNoticeMs } from '@metergate/core/payments/mails/announce';
import {
  abandonedAfterMs,
  forgottenAfterMs,
  type RemindDeps,
  remind,
} from '@metergate/core/payments/mails/remind';
import { type Database, listOrganizationsToRemind } from '@metergate/db';
import { describeError, type Logger } from '../logging/logger.ts';
import { eachOrganization } from './each-organization.ts';
import type { ScheduledJob } from './scheduled-jobs.job.ts';

const EVERY_SECONDS = 3_600;
const cardNoticeMs = 30 * 86_400_000;
const trialNoticeMs = 3 * 86_400_000;

/** Every hour: mails about trials that end soon, orders that were left and cards that expire. */
export function createRemindJob(deps: {
  remind: RemindDeps;
  database: Pick<Database, 'worker'>;
  log: Logger;
}): ScheduledJob {
  return {
    name: 'remind',
    everySeconds: EVERY_SECONDS,
    async run() {
      let organizations = 0;
      const at = (offsetMs: number) => {
        const instant = deps.remind.clock.now();
        instant.setTime(instant.getTime() + offsetMs);
        return instant;
      };
      const due = {
        trialEndsBefore: at(trialNoticeMs),
        endsBefore: at(endNoticeMs),
        checkoutsAfter: at(-forgottenAfterMs),
        checkoutsBefore: at(-abandonedAfterMs),
        cardsEndBefore: at(cardNoticeMs),
      };
      await eachOrganization(
        (after, limit) => listOrganizationsToRemind(deps.database.worker, { ...due, after, limit }),
        async (organizationId) => {
          try {
            await remind(deps.remind, { organizationId });
            organizations += 1;
          } catch (error) {
            const fields = { organizationId, error: describeError(error) };
            deps.log.error(fields, 'reminders could not be written and will be tried again');
          }
        },
      );
      return { organizations };
    },
  };
}
