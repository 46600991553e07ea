import { type NoticeAnomaliesDeps, noticeAnomalies } from '@metergate/core/usage/anomalies/notice-anomalies';
import { type Database, listOrganizations } from '@metergate/db';
import { describeError, type Logger } from '../logging/logger.ts';
import { eachOrganization } from './each-organization.ts';
import type { ScheduledJob } from './scheduled-jobs.job.ts';

const everySeconds = 3_600;

/** Every hour: usage that is far from an organization's own habit. */
export function createNoticeAnomaliesJob(deps: {
  notice: NoticeAnomaliesDeps;
  database: Pick<Database, 'worker'>;
  log: Logger;
}): ScheduledJob {
  return {
    name: 'notice-anomalies',
    everySeconds,
    async run() {
      let anomalies = 0;
      await eachOrganization(
        (after, limit) => listOrganizations(deps.database.worker, { after, limit }),
        async (organizationId) => {
          try {
            anomalies += await noticeAnomalies(deps.notice, { organizationId });
          } catch (error) {
            const fields = { organizationId, error: describeError(error) };
            deps.log.error(fields, 'usage could not be compared with its habit; the next run looks again');
          }
        },
      );
      return { anomalies };
    },
  };
}
