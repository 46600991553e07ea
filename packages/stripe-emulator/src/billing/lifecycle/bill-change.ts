import type { InvoiceRow, LineRow, SubscriptionItemRow, SubscriptionRow } from '../../store/billing-rows.ts';
import type { World } from '../../world.ts';
import { claimItems, draftInvoice } from '../invoicing/draft.ts';
import { finalizeInvoice } from '../invoicing/finalize.ts';
import type { Change, Changed } from './change.ts';
import { withCharged } from './items.ts';
import { collectChange } from './payment-behavior.ts';

/** Invoices lines at once and collects them as the change says. */
export function billChange(
  world: World,
  before: SubscriptionRow,
  change: Change & { lines: LineRow[]; now: number },
): Changed {
  const draft = draftInvoice(world, {
    customer: before.customer,
    currency: before.currency,
    reason: 'subscription_update',
    subscription: before,
    lines: change.lines,
    period: { start: change.now, end: change.now },
    finalizesAt: null,
    autoAdvance: true,
    ...(change.prorationDate === null ? {} : { prorationDate: change.prorationDate }),
  });
  claimItems(world, draft);
  const current = world.store.get('subscription', before.id) ?? before;
  const items = withBasis(current.items.data, draft);
  const isWaiting = change.paymentBehavior === 'pending_if_incomplete';
  const subscription = world.store.put('subscription', {
    ...current,
    latest_invoice: draft.id,
    items: { ...current.items, data: items },
    _pendingInvoice: isWaiting ? draft.id : current._pendingInvoice,
  });
  if (change.isPreview) return { subscription, invoice: draft, isPaid: true };
  const invoice = finalizeInvoice(world, draft);
  const isPaid = collectChange(world, invoice, change.paymentBehavior) === 'paid';
  return {
    subscription: world.store.get('subscription', before.id) ?? subscription,
    invoice: world.store.get('invoice', invoice.id) ?? invoice,
    isPaid,
  };
}

/** Later credits name the lines that charged an item, whether in full or for the rest of a period. */
function withBasis(items: SubscriptionItemRow[], invoice: InvoiceRow): SubscriptionItemRow[] {
  return withCharged(items, { invoice: invoice.id, lines: invoice.lines.data }).map((item) => {
    if (!item._charged || item._charged.invoice !== null) return item;
    const lines = invoice.lines.data.filter(
      ({ amount, parent }) => amount > 0 && parent.subscription_item_details?.subscription_item === item.id,
    );
    return {
      ...item,
      _charged: { ...item._charged, invoice: invoice.id, lines: lines.map((line) => line.id) },
    };
  });
}
