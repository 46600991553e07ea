import type { UsageReader } from '@metergate/core/usage/reading/usage-reading.ports';
import { type ClickHouseClient, createClickHouseUsageReader } from '@metergate/db';
import { describeError, type Logger } from '../logging/logger.ts';

/** Reads from ClickHouse, and from PostgreSQL, which has the same sums, whenever that fails. */
export function readingFrom(
  clickhouse: ClickHouseClient | undefined,
  postgres: UsageReader,
  log: Logger,
): UsageReader {
  if (clickhouse === undefined) return postgres;
  const reader = createClickHouseUsageReader(clickhouse, postgres);
  async function orPostgres<T>(first: () => Promise<T>, second: () => Promise<T>): Promise<T> {
    try {
      return await first();
    } catch (error) {
      log.warn({ error: describeError(error) }, 'ClickHouse did not answer; PostgreSQL does');
      return await second();
    }
  }
  return {
    ...reader,
    series: (...asked) =>
      orPostgres(
        () => reader.series(...asked),
        () => postgres.series(...asked),
      ),
    seriesByClient: (...asked) =>
      orPostgres(
        () => reader.seriesByClient(...asked),
        () => postgres.seriesByClient(...asked),
      ),
    count: (...asked) =>
      orPostgres(
        () => reader.count(...asked),
        () => postgres.count(...asked),
      ),
    events: (...asked) =>
      orPostgres(
        () => reader.events(...asked),
        () => postgres.events(...asked),
      ),
  };
}
