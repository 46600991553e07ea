import type { BulkRun } from '@metergate/core/admin/bulk/bulk.ports';
import type { BulkItem } from '@metergate/core/admin/bulk/bulk.schemas';
import type pg from 'pg';
import { type BulkRow, bulkColumns, fromRow } from '../repositories/staff-bulk-run.repository.ts';

export interface BulkQueue {
  /** The run that is not over, for one worker at a time; whoever dies with it loses it when the lease ends. */
  claim(workerId: string, leaseSeconds: number): Promise<BulkRun | null>;
  /** Ends the run with the last one. Nothing happens when somebody else has taken it over. */
  record(
    workerId: string,
    done: { run: BulkRun['id']; position: number; item: BulkItem; at: Date },
  ): Promise<void>;
}

/** Use `database.worker`. Leases run on the database's own clock. */
export function createBulkQueue(pool: pg.Pool): BulkQueue {
  return {
    async claim(workerId, leaseSeconds) {
      const { rows } = await pool.query<BulkRow>(
        `update bulk_runs set leased_by = $1, lease_until = now() + make_interval(secs => $2)
         where status = 'running' and (lease_until is null or lease_until < now() or leased_by = $1)
         returning ${bulkColumns}`,
        [workerId, leaseSeconds],
      );
      const [row] = rows;
      return row === undefined ? null : fromRow(row);
    },
    async record(workerId, { run, position, item, at }) {
      // Written also when it was canceled meanwhile: this one was done all the same.
      await pool.query(
        `with written as (
           select id, jsonb_set(items, array[$3::text], $4::jsonb) as items from bulk_runs
           where id = $1 and leased_by = $2 for update)
         update bulk_runs r set items = w.items,
           status = case when r.status = 'running' and not w.items @> '[{"state": "waiting"}]' then 'done' else r.status end,
           finished_at = case when r.status = 'running' and not w.items @> '[{"state": "waiting"}]'
                              then $5::timestamptz else r.finished_at end
         from written w where r.id = w.id`,
        [run, workerId, String(position), JSON.stringify(item), at],
      );
    },
  };
}
