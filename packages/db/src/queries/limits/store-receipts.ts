import type pg from 'pg';
import { inIngestTransaction } from '../ingest/ingest-transaction.ts';
import { insertReceipts, type ReceiptRow } from './receipt-rows.ts';

/** Receipts that change nothing else; any number of organizations, one transaction. */
export async function storeReceipts(pool: pg.Pool, receipts: readonly ReceiptRow[]): Promise<void> {
  const organizationIds = [...new Set(receipts.map(({ terms }) => terms.organizationId))];
  await inIngestTransaction(pool, { organizationIds, counterLock: 'none' }, (client) =>
    insertReceipts(client, receipts),
  );
}
