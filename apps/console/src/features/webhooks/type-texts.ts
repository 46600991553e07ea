import type { MessageType } from '@metergate/core/shared/outgoing-messages';

/** What each type says, in one sentence, where people choose. */
export const messageTypeTexts: Readonly<Record<MessageType, string>> = {
  'subscription.activated': 'A subscription gives service for the first time, or again.',
  'subscription.changed': 'Plan, interval, quantity, or a planned end or change is different.',
  'subscription.past_due': 'A payment failed; the grace period runs.',
  'subscription.canceled': 'A subscription has ended.',
  'entitlements.changed': 'What the organization may use is different: read its entitlements again.',
  'usage.threshold_reached': 'Usage reached a threshold of a limit, once per threshold and period.',
  'limit.blocked': 'A limit refused something for the first time in its period.',
  'budget.reached': 'Cost reached a threshold of a budget, once per threshold and period.',
  'invoice.finalized': 'An invoice is due.',
  'invoice.paid': 'An invoice was paid.',
  'invoice.payment_failed': 'An attempt to collect an invoice failed, once per attempt.',
  'payment.action_required': 'The bank wants the cardholder to approve a payment.',
  'processing.paused': 'Service stops: nothing new is granted until it resumes.',
  'processing.resumed': 'Service goes on.',
};
