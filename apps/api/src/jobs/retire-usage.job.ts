import { retireUsage } from '@metergate/core/usage/retention/retire-usage';
import { listOrganizations } from '@metergate/db';
import { describeError } from '../logging/logger.ts';
import { eachOrganization } from './each-organization.ts';
import type { JobParts } from './register-jobs.ts';
import type { ScheduledJob } from './scheduled-jobs.job.ts';

const daySeconds = 86_400;

/** Once a day, where a retention is set: what one organization's usage refuses does not keep the others waiting. */
export function retireUsageJobs(parts: JobParts): ScheduledJob[] {
  const months = parts.env.USAGE_RETENTION_MONTHS;
  if (months === undefined) return [];
  const { clock, unitOfWork, log, database } = parts;
  const meters = [...parts.catalog.values()].flatMap((family) => family.meters);
  const actor = { kind: 'job', name: 'retire-usage' } as const;
  return [
    {
      name: 'retire-usage',
      everySeconds: daySeconds,
      async run() {
        let count = 0;
        const list = (after: string | null, limit: number) =>
          listOrganizations(database.worker, { after, limit });
        await eachOrganization(list, async (organizationId) => {
          try {
            const request = { actor, organizationId, months, dryRun: false };
            const retired = await retireUsage({ clock, unitOfWork, meters }, request);
            count += retired.reduce((sum, each) => sum + each.count, 0);
          } catch (error) {
            log.error({ organizationId, error: describeError(error) }, 'usage could not be retired');
          }
        });
        return { count };
      },
    },
  ];
}
