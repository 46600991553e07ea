import { emit, emitChange } from '../../events/emit.ts';
import type { InvoiceRow } from '../../store/billing-rows.ts';
import { customerNow, type World } from '../../world.ts';
import { cancelSubscription } from '../lifecycle/cancel.ts';
import { finishResumption } from '../lifecycle/resumption.ts';
import { setStatus, subscriptionOf } from './after-payment.ts';
import { setDelinquent } from './delinquent.ts';

/** When the next automatic attempt is due; null when the schedule is used up. Days count from the first failure. */
export function nextRetryAt(
  world: World,
  { attempts, firstFailedAt }: { attempts: number; firstFailedAt: number },
): number | null {
  const days = world.settings.dunningRetryDays[attempts - 1];
  return days === undefined ? null : firstFailedAt + days * 86_400;
}

/** All retries failed: the account setting decides what becomes of the subscription. */
export function exhaustRetries(world: World, before: InvoiceRow): InvoiceRow {
  const subscription = subscriptionOf(world, before);
  if (subscription?.status !== 'past_due') return before;
  if (world.settings.dunningOutcome === 'unpaid') setStatus(world, subscription, 'unpaid');
  if (world.settings.dunningOutcome === 'canceled')
    cancelSubscription(world, subscription, { reason: 'payment_failed' });
  return world.store.get('invoice', before.id) ?? before;
}

export function markUncollectible(world: World, before: InvoiceRow, reason: string): InvoiceRow {
  const invoice = world.store.put('invoice', {
    ...before,
    auto_advance: false,
    next_payment_attempt: null,
    status: 'uncollectible',
    status_details: { uncollectible: { reason } },
    status_transitions: {
      ...before.status_transitions,
      marked_uncollectible_at: customerNow(world, before.customer),
    },
  });
  emitChange(world, 'invoice.updated', { before, after: invoice });
  emit(world, 'invoice.marked_uncollectible', invoice);
  setDelinquent(world, invoice.customer, false);
  const subscription = subscriptionOf(world, invoice);
  if (subscription) finishResumption(world, subscription, invoice);
  return invoice;
}
