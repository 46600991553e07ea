import { emit, emitChange } from '../../events/emit.ts';
import type { SubscriptionRow } from '../../store/billing-rows.ts';
import { invalidRequest } from '../../wire/errors.ts';
import { customerNow, type World } from '../../world.ts';
import { finalizeAndCollect } from '../invoicing/advance-invoice.ts';
import { claimItems, draftInvoice, takePendingItems } from '../invoicing/draft.ts';
import { meteredLines } from '../invoicing/lines.ts';
import { refreshEntitlements } from './entitlements.ts';
import { creditUnusedTime } from './prorations.ts';

export type PauseReason = 'pause_requested' | 'trial_end_without_payment_method';

/** → `paused`: nothing is billed until it is resumed. `.paused` is sent beside the usual update. */
export function markPaused(world: World, before: SubscriptionRow, reason: PauseReason): SubscriptionRow {
  const after = world.store.put('subscription', {
    ...before,
    status: 'paused',
    status_details: {
      paused: {
        subscription: { type: reason },
        transitioned_at: customerNow(world, before.customer),
        type: 'subscription',
      },
    },
  });
  emit(world, 'customer.subscription.paused', after);
  emitChange(world, 'customer.subscription.updated', { before, after });
  refreshEntitlements(world, before.customer);
  return after;
}

export interface PauseOptions {
  isUsageBilled: boolean;
  isUnusedTimeCredited: boolean;
  isInvoicedNow: boolean;
}

export function pauseSubscription(
  world: World,
  before: SubscriptionRow,
  options: PauseOptions,
): SubscriptionRow {
  if (before.schedule) throw invalidRequest('A subscription with a schedule cannot be paused.');
  if (before.status !== 'active' && before.status !== 'trialing') {
    throw invalidRequest(`A subscription in status ${before.status} cannot be paused.`);
  }
  const now = customerNow(world, before.customer);
  if (options.isUnusedTimeCredited) creditUnusedTime(world, before, now);
  const usage = options.isUsageBilled ? meteredLines(world, before, { until: now }) : [];
  const isCredited = options.isUnusedTimeCredited;
  const items = before.items.data.map((item) => (isCredited ? { ...item, _charged: null } : item));
  const paused = markPaused(world, { ...before, items: { ...before.items, data: items } }, 'pause_requested');
  const billed = usage.filter((line) => line.amount !== 0);
  if (!options.isInvoicedNow && billed.length === 0) return paused;
  const pending = takePendingItems(world, {
    customer: before.customer,
    subscription: before.id,
    currency: before.currency,
  });
  if (billed.length + pending.length === 0) return paused;
  const draft = draftInvoice(world, {
    customer: before.customer,
    currency: before.currency,
    reason: 'subscription_update',
    subscription: paused,
    lines: [...pending, ...billed],
    period: { start: now, end: now },
    finalizesAt: null,
    autoAdvance: true,
  });
  claimItems(world, draft);
  finalizeAndCollect(world, draft);
  const current = world.store.get('subscription', paused.id) ?? paused;
  return world.store.put('subscription', { ...current, latest_invoice: draft.id });
}
