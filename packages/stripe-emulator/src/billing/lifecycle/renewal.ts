import { emitChange } from '../../events/emit.ts';
import type { InvoiceRow, SubscriptionRow } from '../../store/billing-rows.ts';
import { customerNow, type World } from '../../world.ts';
import { boundary } from '../amounts/period.ts';
import { claimItems, draftInvoice, takePendingItems } from '../invoicing/draft.ts';
import { licensedLines, meteredLines } from '../invoicing/lines.ts';
import { refreshEntitlements } from './entitlements.ts';
import { withCharged } from './items.ts';

/**
 * A period ends: the next one begins at the boundary counted from the anchor, and a draft bills it in advance
 * together with the usage of the period that is over. The draft is finalized an hour later.
 */
export function renew(
  world: World,
  before: SubscriptionRow,
): { subscription: SubscriptionRow; invoice: InvoiceRow } {
  const first = before.items.data[0];
  const recurring = first?.price.recurring;
  if (!first || !recurring) throw new Error(`subscription ${before.id} has no recurring item`);
  const index = before._periodIndex + 1;
  const old = { start: first.current_period_start, end: first.current_period_end };
  const period = { start: old.end, end: boundary(before.billing_cycle_anchor, recurring, index + 1) };
  const usage = before.status === 'trialing' ? [] : meteredLines(world, before, old);
  const pending = takePendingItems(world, {
    customer: before.customer,
    subscription: before.id,
    currency: before.currency,
  });
  const isTrialEnd = before.status === 'trialing';
  const moved = world.store.put('subscription', {
    ...before,
    items: {
      ...before.items,
      data: before.items.data.map((item) => ({
        ...item,
        current_period_start: period.start,
        current_period_end: period.end,
      })),
    },
    status: isTrialEnd ? 'active' : before.status,
    _periodIndex: index,
  });
  const invoice = draftCycle(world, moved, {
    lines: [...pending, ...usage, ...licensedLines(world, moved, period)],
    old,
  });
  const subscription = world.store.put('subscription', {
    ...moved,
    latest_invoice: invoice.id,
    items: {
      ...moved.items,
      data: withCharged(moved.items.data, { invoice: invoice.id, lines: invoice.lines.data, period }),
    },
  });
  emitChange(world, 'customer.subscription.updated', { before, after: subscription });
  refreshEntitlements(world, subscription.customer);
  return { subscription, invoice };
}

function draftCycle(
  world: World,
  subscription: SubscriptionRow,
  { lines, old }: { lines: InvoiceRow['lines']['data']; old: { start: number; end: number } },
): InvoiceRow {
  const now = customerNow(world, subscription.customer);
  // An unpaid subscription's invoices are made but wait for the customer; a paused collection may keep them as drafts.
  const isHeld =
    subscription.status === 'unpaid' || subscription.pause_collection?.behavior === 'keep_as_draft';
  const invoice = draftInvoice(world, {
    customer: subscription.customer,
    currency: subscription.currency,
    reason: 'subscription_cycle',
    subscription,
    lines,
    period: old,
    finalizesAt: now + world.settings.finalizeAfterSeconds,
    autoAdvance: !isHeld,
  });
  claimItems(world, invoice);
  return invoice;
}
