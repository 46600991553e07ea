import type { asId, Clock } from '@metergate/core';
import type { ProductFamily } from '@metergate/core/catalog/product-family';
import { billUsage } from '@metergate/core/payments/bill-usage/bill-usage';
import type { BillUsageDeps } from '@metergate/core/payments/bill-usage/bill-usage.ports';
import { proveUsage } from '@metergate/core/payments/prove-usage/prove-usage';
import type { ProveUsageDeps, UsageProof } from '@metergate/core/payments/prove-usage/prove-usage.ports';
import { type Database, listUsageBilledOrganizations } from '@metergate/db';
import { describeError, type Logger } from '../logging/logger.ts';
import { eachOrganization } from './each-organization.ts';
import type { ScheduledJob } from './scheduled-jobs.job.ts';

const EVERY_SECONDS = 900;
/** Late usage is accepted for 35 days; one more for the freeze and the schedule. */
const reachMs = 36 * 86_400_000;

/** Every quarter of an hour: periods that have ended are billed, or settled with what Stripe rated. */
export function createBillUsageJob(deps: {
  billing: BillUsageDeps & ProveUsageDeps;
  database: Pick<Database, 'worker'>;
  clock: Clock;
  log: Logger;
}): ScheduledJob {
  const actor = { kind: 'job' as const, name: 'bill-usage' };
  const families = deps.billing.families.filter(chargesUsage).map(({ key }) => key);
  return {
    name: 'bill-usage',
    everySeconds: EVERY_SECONDS,
    async run() {
      let invoiced = 0;
      const endedAfter = deps.clock.now();
      endedAfter.setTime(endedAfter.getTime() - reachMs);
      const list = (after: ReturnType<typeof asId<'organization'>> | null, limit: number) =>
        listUsageBilledOrganizations(deps.database.worker, { families, endedAfter, after, limit });
      await eachOrganization(list, async (organizationId) => {
        try {
          const request = { actor, organizationId, isCurrentIncluded: false };
          invoiced += (await billUsage(deps.billing, request)).invoiceIds.length;
          const different = await proveUsage(deps.billing, { actor, organizationId });
          if (different.length > 0) tellOfDifference(deps.log, organizationId, different);
        } catch (error) {
          const fields = { organizationId, error: describeError(error), alert: 'usage_billing' };
          deps.log.error(fields, 'usage could not be billed and will be tried again');
        }
      });
      return { invoiced };
    },
  };
}

function chargesUsage({ plans }: ProductFamily): boolean {
  return plans.some(({ prices }) => prices.some(({ kind }) => kind === 'usage'));
}

function tellOfDifference(log: Logger, organizationId: string, proofs: readonly UsageProof[]): void {
  const periods = proofs.map(({ meter, period }) => `${meter} ${period.start.toISOString()}`);
  log.error({ alert: 'usage_unproved', organizationId, periods }, 'usage and its billing do not agree');
}
