import { emit } from '../../events/emit.ts';
import type { InvoiceRow, SubscriptionRow } from '../../store/billing-rows.ts';
import { customerNow, type World } from '../../world.ts';
import { claimItems, draftInvoice, takePendingItems } from '../invoicing/draft.ts';
import { meteredLines } from '../invoicing/lines.ts';
import { refreshEntitlements } from './entitlements.ts';
import { creditUnusedTime } from './prorations.ts';

export interface CancelOptions {
  reason?: string;
  comment?: string | null;
  feedback?: string | null;
  invoiceNow?: boolean;
  prorate?: boolean;
}

/** Ends a subscription at once; finalized invoices stay open but are no longer collected automatically. */
export function cancelSubscription(
  world: World,
  before: SubscriptionRow,
  options: CancelOptions,
): SubscriptionRow {
  const now = customerNow(world, before.customer);
  const isAtEnd = before.items.data.every((item) => item.current_period_end <= now);
  if (options.prorate && !isAtEnd) creditUnusedTime(world, before, now);
  const canceled = world.store.put('subscription', {
    ...before,
    status: 'canceled',
    canceled_at: before.canceled_at ?? now,
    ended_at: now,
    pending_update: null,
    _pendingParams: null,
    cancellation_details: {
      comment: options.comment ?? before.cancellation_details?.comment ?? null,
      feedback: options.feedback ?? before.cancellation_details?.feedback ?? null,
      feedback_option: null,
      reason: options.reason ?? before.cancellation_details?.reason ?? 'cancellation_requested',
    },
  });
  endSchedule(world, canceled, options.reason === 'payment_failed');
  stopCollection(world, canceled);
  finalInvoice(world, canceled, { now, isInvoicedNow: (options.invoiceNow ?? false) || isAtEnd });
  emit(world, 'customer.subscription.deleted', world.store.get('subscription', before.id) ?? canceled);
  refreshEntitlements(world, before.customer);
  return world.store.get('subscription', before.id) ?? canceled;
}

/** A schedule ends with its subscription; one that ends for want of payment is aborted. */
function endSchedule(world: World, { schedule, customer }: SubscriptionRow, isAborted: boolean): void {
  const before = schedule === null ? undefined : world.store.get('subscription_schedule', schedule);
  if (before?.status !== 'active') return;
  const after = world.store.put('subscription_schedule', {
    ...before,
    status: 'canceled',
    canceled_at: customerNow(world, customer),
    current_phase: null,
  });
  emit(world, isAborted ? 'subscription_schedule.aborted' : 'subscription_schedule.canceled', after);
}

function stopCollection(world: World, { id, customer }: SubscriptionRow): void {
  for (const invoice of world.store.ownedBy('invoice', customer)) {
    if (invoice.parent?.subscription_details.subscription !== id || invoice.status !== 'open') continue;
    world.store.put('invoice', { ...invoice, auto_advance: false, next_payment_attempt: null });
  }
}

/** Usage of the running period and pending prorations are billed by one last invoice. */
function finalInvoice(
  world: World,
  subscription: SubscriptionRow,
  { now, isInvoicedNow }: { now: number; isInvoicedNow: boolean },
): InvoiceRow | null {
  const item = subscription.items.data[0];
  if (!item || !isInvoicedNow) return null;
  const period = { start: item.current_period_start, end: Math.min(now, item.current_period_end) };
  const usage = meteredLines(world, subscription, { until: now }).filter(
    (line) => line.amount !== 0 || line.quantity !== 0,
  );
  const pending = takePendingItems(world, {
    customer: subscription.customer,
    subscription: subscription.id,
    currency: subscription.currency,
  });
  if (usage.length + pending.length === 0) return null;
  const invoice = draftInvoice(world, {
    customer: subscription.customer,
    currency: subscription.currency,
    reason: 'subscription_cycle',
    subscription,
    lines: [...usage, ...pending],
    period,
    finalizesAt: now + world.settings.finalizeAfterSeconds,
    autoAdvance: true,
  });
  claimItems(world, invoice);
  const current = world.store.get('subscription', subscription.id) ?? subscription;
  world.store.put('subscription', { ...current, latest_invoice: invoice.id });
  return invoice;
}
