import {
  findUnusualUsage,
  type NoticeAnomaliesDeps,
  noticeAnomalies,
  type UnusualUsage,
} from '@metergate/core/usage/anomalies/notice-anomalies';
import { type Database, listOrganizations } from '@metergate/db';
import { describeError, type Logger } from '../logging/logger.ts';
import { eachPage } from './each-organization.ts';
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
      await eachPage(
        (after, limit) => listOrganizations(deps.database.worker, { after, limit }),
        async (organizationIds) => {
          for (const unusual of await findUnusualUsage(deps.notice, organizationIds)) {
            anomalies += await noticeOne(deps, unusual);
          }
        },
      );
      return { anomalies };
    },
  };
}

async function noticeOne(
  { notice, log }: { notice: NoticeAnomaliesDeps; log: Logger },
  unusual: UnusualUsage,
): Promise<number> {
  try {
    return await noticeAnomalies(notice, unusual);
  } catch (error) {
    const fields = { organizationId: unusual.organizationId, error: describeError(error) };
    log.error(fields, 'usage could not be compared with its habit; the next run looks again');
    return 0;
  }
}
