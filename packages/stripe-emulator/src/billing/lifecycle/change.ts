import { emitChange } from '../../events/emit.ts';
import type { InvoiceRow, LineRow, SubscriptionItemRow, SubscriptionRow } from '../../store/billing-rows.ts';
import { invalidRequest } from '../../wire/errors.ts';
import { customerNow, type World } from '../../world.ts';
import { boundary } from '../amounts/period.ts';
import { claimItems, draftInvoice, takePendingItems } from '../invoicing/draft.ts';
import { finalizeInvoice } from '../invoicing/finalize.ts';
import { licensedLines, meteredLines, type Span } from '../invoicing/lines.ts';
import { refreshEntitlements } from './entitlements.ts';
import { buildItem, type ItemChange, withCharged } from './items.ts';
import { collectChange, type PaymentBehavior } from './payment-behavior.ts';
import { creditItem, debitItem, fullAmounts } from './prorations.ts';

export type ProrationBehavior = 'create_prorations' | 'always_invoice' | 'none';

export interface Change {
  items: ItemChange[];
  behavior: ProrationBehavior;
  paymentBehavior: PaymentBehavior;
  /** Seconds; null = now. */
  prorationDate: number | null;
  /** Starts a new period now whatever the items are (trial ends now, anchor reset). */
  isReanchored: boolean;
  fields: Partial<SubscriptionRow>;
  /** A preview shows the invoice and pays nothing. */
  isPreview?: boolean;
}

export interface Changed {
  subscription: SubscriptionRow;
  invoice: InvoiceRow | null;
  isPaid: boolean;
}

/** Changes items, quantities or the anchor, to the second, and bills what that costs as the behavior says. */
export function changeSubscription(world: World, before: SubscriptionRow, change: Change): Changed {
  const now = customerNow(world, before.customer);
  const at = change.prorationDate ?? now;
  const first = before.items.data[0];
  if (first && (at < first.current_period_start || at > first.current_period_end)) {
    throw invalidRequest('The proration date must be within the current period.', 'proration_date');
  }
  const isTrial = before.status === 'trialing' && !change.isReanchored;
  const isProrated = change.behavior !== 'none' && !isTrial && before.status !== 'incomplete';
  const isReanchored = change.isReanchored || isIntervalChange(before, change.items);
  if (isReanchored && !isTrial) return reanchor(world, before, { ...change, now, isProrated });
  const period = { start: first?.current_period_start ?? now, end: first?.current_period_end ?? now };
  const items = isProrated
    ? proratedItems(world, before, { changes: change.items, at, period })
    : keptItems(before, change.items, period);
  const subscription = store(world, before, {
    change,
    ...change.fields,
    items: { ...before.items, data: items, total_count: items.length },
  });
  if (change.behavior !== 'always_invoice' || !isProrated)
    return { subscription, invoice: null, isPaid: true };
  const lines = takePendingItems(world, {
    customer: before.customer,
    subscription: before.id,
    currency: before.currency,
  });
  return billChange(world, subscription, { ...change, lines, now });
}

function keptItems(before: SubscriptionRow, changes: ItemChange[], period: Span): SubscriptionItemRow[] {
  return changes
    .filter((change) => !change.isDeleted)
    .map((change) => buildItem(change, { subscription: before.id, period, created: period.start }));
}

/** Credits what goes, debits what comes, and remembers the new full amounts as the base of later credits. */
function proratedItems(
  world: World,
  before: SubscriptionRow,
  { changes, at, period }: { changes: ItemChange[]; at: number; period: Span },
): SubscriptionItemRow[] {
  for (const change of changes) {
    if (isBilledChange(change) && change.existing) creditItem(world, before, { item: change.existing, at });
  }
  const kept = changes.filter((change) => !change.isDeleted);
  const amounts = fullAmounts(world, before, { changes: kept, at });
  return keptItems(before, kept, period).map((item, index) => {
    const wanted = kept[index];
    const isLicensed = item.price.recurring?.usage_type !== 'metered';
    if (!wanted || !isLicensed || !isBilledChange(wanted)) return item;
    const fullAmount = amounts[index] ?? 0;
    debitItem(world, before, { item, fullAmount, at });
    const { start, end } = period;
    return {
      ...item,
      _charged: { amount: fullAmount, periodStart: start, periodEnd: end, invoice: null, lines: [] },
    };
  });
}

function isBilledChange(change: ItemChange): boolean {
  const { existing } = change;
  return (
    !existing ||
    change.isDeleted ||
    existing.price.id !== change.price.id ||
    existing.quantity !== quantityOf(change)
  );
}

function quantityOf(change: ItemChange): number | undefined {
  return change.price.recurring?.usage_type === 'metered' ? undefined : change.quantity;
}

export function isIntervalChange(subscription: SubscriptionRow, changes: ItemChange[]): boolean {
  const before = subscription.items.data[0]?.price.recurring;
  const after = changes.find((change) => !change.isDeleted)?.price.recurring;
  return before?.interval !== after?.interval || before?.interval_count !== after?.interval_count;
}

/** A new period begins now: credit for the old one, usage so far, and the new period in full, billed at once. */
function reanchor(
  world: World,
  before: SubscriptionRow,
  change: Change & { now: number; isProrated: boolean },
): Changed {
  const { now } = change;
  const kept = change.items.filter((item) => !item.isDeleted);
  const recurring = kept[0]?.price.recurring;
  const old = before.items.data[0];
  if (!recurring || !old) throw invalidRequest('A subscription must have at least one active plan.', 'items');
  if (change.isProrated)
    for (const item of before.items.data)
      creditItem(world, before, { item, at: change.prorationDate ?? now });
  const usage =
    before.status === 'trialing'
      ? []
      : meteredLines(world, before, { start: old.current_period_start, end: now });
  const pending = takePendingItems(world, {
    customer: before.customer,
    subscription: before.id,
    currency: before.currency,
  });
  const period = { start: now, end: boundary(now, recurring, 1) };
  const items = kept.map((item) => buildItem(item, { subscription: before.id, period, created: now }));
  const subscription = store(world, before, {
    change,
    ...change.fields,
    billing_cycle_anchor: now,
    items: { ...before.items, data: items, total_count: items.length },
    _periodIndex: 0,
    ...(before.status === 'trialing' ? { status: 'active', trial_end: now } : {}),
  });
  const lines = [
    ...pending,
    ...usage.filter((line) => line.amount !== 0),
    ...licensedLines(world, subscription, period),
  ];
  return billChange(world, subscription, { ...change, lines, now });
}

function billChange(
  world: World,
  before: SubscriptionRow,
  change: Change & { lines: LineRow[]; now: number },
): Changed {
  const first = before.items.data[0];
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
  const period = {
    start: first?.current_period_start ?? change.now,
    end: first?.current_period_end ?? change.now,
  };
  const items = withBasis(before.items.data, draft, period);
  const isWaiting = change.paymentBehavior === 'pending_if_incomplete';
  const subscription = world.store.put('subscription', {
    ...before,
    latest_invoice: draft.id,
    items: { ...before.items, data: items },
    _pendingInvoice: isWaiting ? draft.id : before._pendingInvoice,
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
function withBasis(
  items: SubscriptionItemRow[],
  invoice: InvoiceRow,
  period: { start: number; end: number },
): SubscriptionItemRow[] {
  return withCharged(items, { invoice: invoice.id, lines: invoice.lines.data, period }).map((item) => {
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

function store(
  world: World,
  before: SubscriptionRow,
  { change, ...fields }: Partial<SubscriptionRow> & { change: Change },
): SubscriptionRow {
  const subscription = world.store.put('subscription', { ...before, ...fields });
  // A change that waits for its payment is announced by whoever decides about it.
  if (change.paymentBehavior === 'pending_if_incomplete') return subscription;
  emitChange(world, 'customer.subscription.updated', { before, after: subscription });
  refreshEntitlements(world, subscription.customer);
  return subscription;
}
