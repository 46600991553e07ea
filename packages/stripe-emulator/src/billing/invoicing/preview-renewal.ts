import type { InvoiceRow, SubscriptionRow } from '../../store/billing-rows.ts';
import { newId } from '../../wire/ids.ts';
import { wholeList } from '../../wire/lists.ts';
import type { World } from '../../world.ts';
import { activeDiscounts, isActive } from '../discounts/allocate.ts';
import { discounted } from '../discounts/apply.ts';
import { inNextPeriod, itemsDueFirst, spanOf } from '../lifecycle/item-periods.ts';
import { licensedLines, lineOfInvoiceItem, meteredLines } from './lines.ts';
import { NEW_INVOICE } from './new-invoice.ts';

/** The next renewal's invoice as it would be now; nothing is stored. */
export function previewRenewal(world: World, subscription: SubscriptionRow): InvoiceRow {
  const due = itemsDueFirst(subscription);
  const [first] = due;
  if (!first?.price.recurring) throw new Error(`subscription ${subscription.id} has no recurring item`);
  const old = spanOf(first);
  const pending = world.store
    .ownedBy('invoiceitem', subscription.customer)
    .filter((item) => item.invoice === null)
    .filter((item) => item._subscription === null || item._subscription === subscription.id)
    .map(lineOfInvoiceItem);
  const usage = subscription.status === 'trialing' ? [] : meteredLines(world, subscription, { items: due });
  const next = due.map((item) => inNextPeriod(subscription, item));
  const lines = [...pending, ...usage, ...licensedLines(world, subscription, next)];
  return previewInvoice(world, subscription, { lines, period: old, at: old.end });
}

export function previewInvoice(
  world: World,
  subscription: SubscriptionRow,
  {
    lines,
    period,
    at,
  }: { lines: InvoiceRow['lines']['data']; period: { start: number; end: number }; at: number },
): InvoiceRow {
  const customer = world.store.get('customer', subscription.customer);
  const discounts = activeDiscounts(world, subscription, at);
  const id = newId('upcoming_in');
  return discounted(world, {
    ...NEW_INVOICE,
    id,
    auto_advance: true,
    automatically_finalizes_at: null,
    billing_reason: 'upcoming',
    collection_method: subscription.collection_method,
    created: at,
    currency: subscription.currency,
    customer: subscription.customer,
    customer_email: customer?.email ?? null,
    customer_name: customer?.name ?? null,
    default_tax_rates: subscription.default_tax_rates ?? [],
    discounts: discounts.map((discount) => discount.id),
    lines: wholeList(
      lines.map((line) => ({ ...line, discounts: line.discounts.filter((id) => isActiveAt(world, id, at)) })),
      `/v1/invoices/${id}/lines`,
    ),
    metadata: {},
    parent: {
      quote_details: null,
      subscription_details: { metadata: subscription.metadata, subscription: subscription.id },
      type: 'subscription_details',
    },
    period_end: period.end,
    period_start: period.start,
    starting_balance: customer?.balance ?? 0,
    test_clock: subscription.test_clock,
    next_payment_attempt: at + world.settings.finalizeAfterSeconds,
    _hostedKey: '',
  });
}

function isActiveAt(world: World, id: string, at: number): boolean {
  const discount = world.store.get('discount', id);
  return discount !== undefined && isActive(discount, at);
}
