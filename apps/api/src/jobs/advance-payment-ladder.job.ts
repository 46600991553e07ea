import { advancePaymentLadder } from '@metergate/core/payments/advance-payment-ladder';
import type { SyncDeps } from '@metergate/core/payments/sync-organization';
import { describeError, type Logger } from '../logging/logger.ts';
import { eachOrganization, type ListOrganizations } from './each-organization.ts';
import type { ScheduledJob } from './scheduled-jobs.job.ts';

const EVERY_SECONDS = 900;

/** Every quarter of an hour: overdue subscriptions take their next step, whether Stripe answers or not. */
export function createPaymentLadderJob(deps: {
  sync: SyncDeps;
  listOverdue: ListOrganizations;
  log: Logger;
}): ScheduledJob {
  const actor = { kind: 'job' as const, name: 'advance-payment-ladder' };
  return {
    name: 'advance-payment-ladder',
    everySeconds: EVERY_SECONDS,
    async run() {
      let changed = 0;
      await eachOrganization(deps.listOverdue, async (organizationId) => {
        try {
          changed += await advancePaymentLadder(deps.sync, { actor, organizationId });
        } catch (error) {
          deps.log.error(
            { organizationId, error: describeError(error) },
            'a payment step could not be taken',
          );
        }
      });
      return { changed };
    },
  };
}
