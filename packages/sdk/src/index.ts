export {
  createMetergate,
  type Entitlements,
  type GaugeLevel,
  type Metergate,
  type MetergateOptions,
  type OwnFigures,
  type OwnLevel,
} from './client.ts';
export type { Journal, JournalFiles } from './journal.ts';
export type {
  LimitDecision,
  LimitRequest,
  LimitsApi,
  OutagePolicy,
  OutagePolicyOf,
  Reservation,
} from './limits.ts';
export { MetergateError } from './metergate-error.ts';
export type { Report } from './report-queue.ts';
export type { UsageEvent, WireEvent } from './usage-event.ts';
export { verifyWebhook, WebhookError, type WebhookMessage } from './verify-webhook.ts';
