import type pg from 'pg';
import { forgetValues } from './forget-values.ts';

/** A batch takes its locks for a moment only. */
const batchSize = 1000;

/**
 * Deletes what has been kept long enough, in batches; use the workers' pool, whose policies refuse anything younger
 * than 30 days (refused events), 90 days (receipts) and 70 days after their window (counters of different values).
 * Answers how much went.
 */
export async function deleteExpired(
  pool: pg.Pool,
  before: { rejectedEvents: Date; receipts: Date; countedValues: Date },
): Promise<{ rejectedEvents: number; receipts: number; countedValues: number }> {
  return {
    rejectedEvents: await inBatches(pool, rejectedEventsStatement, before.rejectedEvents),
    receipts: await inBatches(pool, receiptsStatement, before.receipts),
    countedValues: await forgetValues(pool, before.countedValues),
  };
}

async function inBatches(pool: pg.Pool, statement: string, before: Date): Promise<number> {
  for (let total = 0; ; ) {
    const { rowCount } = await pool.query(statement, [before.toISOString(), batchSize]);
    total += rowCount ?? 0;
    if ((rowCount ?? 0) < batchSize) return total;
  }
}

const rejectedEventsStatement = `
delete from rejected_events where (organization_id, id) in (
  select organization_id, id from rejected_events where received_at < $1::timestamptz limit $2::int)`;

const receiptsStatement = `
delete from decision_receipts where (organization_id, id) in (
  select organization_id, id from decision_receipts where at < $1::timestamptz limit $2::int)`;
