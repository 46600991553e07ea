import type { Clock, OrganizationId } from '@metergate/core';
import type { BillUsageDeps } from '@metergate/core/payments/bill-usage/bill-usage.ports';
import { billDueUsage } from '@metergate/core/payments/prove-usage/bill-due-usage';
import type { ProveUsageDeps, UsageProof } from '@metergate/core/payments/prove-usage/prove-usage.ports';
import { type Database, listDueUsageBilling } from '@metergate/db';
import { describeError, type Logger } from '../logging/logger.ts';
import { eachOrganization, widthOfMany } from './each-organization.ts';
import type { ScheduledJob } from './scheduled-jobs.job.ts';

const EVERY_SECONDS = 900;

/** Every quarter of an hour: periods that have ended are billed, or settled with what Stripe rated. */
export function createBillUsageJob(deps: {
  billing: BillUsageDeps & ProveUsageDeps;
  database: Pick<Database, 'worker'>;
  clock: Clock;
  log: Logger;
}): ScheduledJob {
  const actor = { kind: 'job' as const, name: 'bill-usage' };
  return {
    name: 'bill-usage',
    everySeconds: EVERY_SECONDS,
    async run() {
      let [looked, invoiced] = [0, 0];
      const at = deps.clock.now();
      const list = (after: OrganizationId | null, limit: number) =>
        listDueUsageBilling(deps.database.worker, { at, after, limit });
      const visit = async (organizationId: OrganizationId) => {
        try {
          const { billed, different } = await billDueUsage(deps.billing, { actor, organizationId });
          looked += 1;
          invoiced += billed.invoiceIds.length;
          if (different.length > 0) tellOfDifference(deps.log, organizationId, different);
        } catch (error) {
          const fields = { organizationId, error: describeError(error), alert: 'usage_billing' };
          deps.log.error(fields, 'usage could not be billed and will be tried again');
        }
      };
      await eachOrganization(list, visit, widthOfMany);
      return { looked, invoiced };
    },
  };
}

function tellOfDifference(log: Logger, organizationId: string, proofs: readonly UsageProof[]): void {
  const periods = proofs.map(({ meter, period }) => `${meter} ${period.start.toISOString()}`);
  log.error({ alert: 'usage_unproved', organizationId, periods }, 'usage and its billing do not agree');
}
