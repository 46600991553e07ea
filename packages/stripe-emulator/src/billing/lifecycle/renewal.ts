import { emitChange } from '../../events/emit.ts';
import type { InvoiceRow, SubscriptionRow } from '../../store/billing-rows.ts';
import { customerNow, type World } from '../../world.ts';
import { claimItems, draftInvoice, takePendingItems } from '../invoicing/draft.ts';
import { licensedLines, meteredLines } from '../invoicing/lines.ts';
import { refreshEntitlements } from './entitlements.ts';
import { inNextPeriod, itemsDueFirst, spanOf } from './item-periods.ts';
import { withCharged } from './items.ts';

/**
 * A period ends: the next one begins at the boundary counted from the anchor, and a draft bills it in advance
 * together with the usage of the period that is over. The draft is finalized an hour later. Items with a longer
 * interval are not touched; they renew at their own boundary.
 */
export function renew(
  world: World,
  before: SubscriptionRow,
): { subscription: SubscriptionRow; invoice: InvoiceRow } {
  const due = itemsDueFirst(before);
  const [first] = due;
  if (!first?.price.recurring) throw new Error(`subscription ${before.id} has no recurring item`);
  const usage = before.status === 'trialing' ? [] : meteredLines(world, before, { items: due });
  const pending = takePendingItems(world, {
    customer: before.customer,
    subscription: before.id,
    currency: before.currency,
  });
  const data = before.items.data.map((item) => (due.includes(item) ? inNextPeriod(before, item) : item));
  const renewed = data.filter((_item, index) => due.some((old) => old === before.items.data[index]));
  const moved = world.store.put('subscription', {
    ...before,
    items: { ...before.items, data },
    status: before.status === 'trialing' ? 'active' : before.status,
    _periodIndex: data[0]?._periodIndex ?? before._periodIndex,
  });
  const invoice = draftCycle(world, moved, {
    lines: [...pending, ...usage, ...licensedLines(world, moved, renewed)],
    old: spanOf(first),
  });
  const current = world.store.get('subscription', moved.id) ?? moved;
  const subscription = world.store.put('subscription', {
    ...current,
    latest_invoice: invoice.id,
    items: {
      ...current.items,
      data: withCharged(current.items.data, { invoice: invoice.id, lines: invoice.lines.data }),
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
