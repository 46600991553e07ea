export type { AttemptRecord } from './record-attempt.ts';
export {
  type ClaimedEndpoint,
  createWebhookQueue,
  type DueDelivery,
  type WebhookQueue,
} from './webhook-queue.ts';
