export { type BulkQueue, createBulkQueue } from './bulk-queue.ts';
export { createEventWalkStore, type EventWalkState, type EventWalkStore } from './event-walk-store.ts';
export {
  type ClaimedInboundEvent,
  createInboundQueue,
  type InboundEnding,
  type InboundOutcome,
  type InboundQueue,
  type NewInboundEvent,
} from './inbound-queue.ts';
export { createMailQueue, type MailQueue, type WaitingMail } from './mail-queue.ts';
export {
  type ClaimedMessage,
  createOutboxQueue,
  type MessageOutcome,
  type OutboxQueue,
} from './outbox-queue.ts';
export { createScheduleRuns, type ScheduleRuns, type ScheduleState } from './schedule-runs.ts';
export {
  type AttemptRecord,
  type ClaimedEndpoint,
  createWebhookQueue,
  type DueDelivery,
  type WebhookQueue,
} from './webhooks/index.ts';
