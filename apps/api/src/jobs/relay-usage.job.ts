import {
  type ClickHouseClient,
  type Database,
  isRelayOn,
  prepareClickHouse,
  relayAllUsage,
  relayUsage,
} from '@metergate/db';
import type { Logger } from '../logging/logger.ts';
import type { Job } from './runner.ts';

/** Brings new events to ClickHouse; the first time it makes the table and brings everything there is. */
export function createRelayUsageJob(deps: {
  database: Pick<Database, 'worker'>;
  clickhouse: ClickHouseClient;
  log: Logger;
}): Job {
  const { clickhouse, log } = deps;
  const { worker } = deps.database;
  let isPrepared = false;
  return {
    name: 'relay-usage',
    async run() {
      if (!isPrepared) {
        await prepareClickHouse(clickhouse);
        if (!(await isRelayOn(worker))) {
          log.info({ events: await relayAllUsage(worker) }, 'usage goes to ClickHouse from now on');
        }
        isPrepared = true;
      }
      return await relayUsage(worker, clickhouse);
    },
  };
}
