export { findClients } from './ingest/find-clients.ts';
export { findCounted } from './ingest/find-counted.ts';
export type { CommitHooks } from './ingest/ingest-transaction.ts';
export { Newness } from './ingest/newness.ts';
export { previewUsageEvents } from './ingest/preview-usage-events.ts';
export { storeRejectedEvents } from './ingest/rejected-events.ts';
export { storeUsageEvents } from './ingest/store-usage-events.ts';
export { toUsageRow, type UsageRow } from './ingest/usage-row.ts';
export { createAlertReader } from './limits/alert-reader.ts';
export { deleteExpired } from './limits/delete-expired.ts';
export { createGaugeStore } from './limits/gauge-store.ts';
export { createLimitLedger } from './limits/limit-ledger.ts';
export { listen } from './limits/listen.ts';
export { loadEntitlementFacts } from './limits/load-entitlement-facts.ts';
export type { ReceiptRow } from './limits/receipt-rows.ts';
export { storeReceipts } from './limits/store-receipts.ts';
export {
  announceUsage,
  type LiveTopic,
  type LiveVisitor,
  listAdmitted,
  liveTopics,
  parseLivePayload,
} from './live/live-channel.ts';
export { createUsageReader } from './usage/usage-reader.ts';
