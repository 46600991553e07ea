import type { Clock, OrganizationId } from '@metergate/core';
import { retryRefusedUsage } from '@metergate/core/payments/refused-usage/retry-refused-usage';
import { reportUsage } from '@metergate/core/payments/report-usage/report-usage';
import type { ReportUsageDeps } from '@metergate/core/payments/report-usage/report-usage.ports';
import { type Database, listDueUsageReports, listOrganizationsWithRefusedUsage } from '@metergate/db';
import { describeError, type Logger } from '../logging/logger.ts';
import { eachOrganization, widthOfMany } from './each-organization.ts';
import type { ScheduledJob } from './scheduled-jobs.job.ts';

/** Four times within the hour in which an invoice can still take usage. */
const EVERY_SECONDS = 900;

/** Closed hours of usage that Stripe rates are reported to its meters, refused ones again when they may be taken. */
export function createReportUsageJob(deps: {
  reporting: ReportUsageDeps;
  database: Pick<Database, 'worker'>;
  clock: Clock;
  log: Logger;
}): ScheduledJob {
  const actor = { kind: 'job' as const, name: 'report-usage' };
  const guarded = async (organizationId: string, work: () => Promise<void>) => {
    try {
      await work();
    } catch (error) {
      const fields = { organizationId, error: describeError(error), alert: 'usage_reporting' };
      deps.log.error(fields, 'usage could not be reported and will be tried again');
    }
  };
  return {
    name: 'report-usage',
    everySeconds: EVERY_SECONDS,
    async run() {
      let reported = 0;
      const at = deps.clock.now();
      const list = (after: OrganizationId | null, limit: number) =>
        listDueUsageReports(deps.database.worker, { at, after, limit });
      const visit = (organizationId: OrganizationId) =>
        guarded(organizationId, async () => {
          const count = await reportUsage(deps.reporting, { actor, organizationId });
          reported += count;
        });
      await eachOrganization(list, visit, widthOfMany);
      let again = 0;
      const listRefused: typeof list = (after, limit) =>
        listOrganizationsWithRefusedUsage(deps.database.worker, { after, limit });
      await eachOrganization(listRefused, (organizationId) =>
        guarded(organizationId, async () => {
          again += await retryRefusedUsage(deps.reporting, { actor, organizationId });
        }),
      );
      return { reported, again };
    },
  };
}
