import { emitChange } from '../../events/emit.ts';
import type { InvoiceRow, SubscriptionItemRow, SubscriptionRow } from '../../store/billing-rows.ts';
import type { PriceRow } from '../../store/rows.ts';
import { invalidRequest } from '../../wire/errors.ts';
import { customerNow, type World } from '../../world.ts';
import { takePendingItems } from '../invoicing/draft.ts';
import { licensedLines, meteredLines } from '../invoicing/lines.ts';
import { billChange } from './bill-change.ts';
import { refreshEntitlements } from './entitlements.ts';
import { firstPeriod, periodFor, spanOf } from './item-periods.ts';
import { buildItem, type ItemChange } from './items.ts';
import type { PaymentBehavior } from './payment-behavior.ts';
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
  const spans = before.items.data.map(spanOf);
  if (spans.some(({ start, end }) => at < start || at > end)) {
    throw invalidRequest('The proration date must be within the current period.', 'proration_date');
  }
  const isTrial = before.status === 'trialing' && !change.isReanchored;
  const isProrated = change.behavior !== 'none' && !isTrial && before.status !== 'incomplete';
  const isReanchored = change.isReanchored || isIntervalChange(before, change.items);
  if (isReanchored && !isTrial) return reanchor(world, before, { ...change, now, isProrated });
  const items = isProrated
    ? proratedItems(world, before, { changes: change.items, at, discounts: change.fields.discounts })
    : keptItems(before, change.items, at);
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

/** Items keep their own periods; one whose interval is new to it joins the grid of the subscription's anchor. */
function keptItems(before: SubscriptionRow, changes: ItemChange[], at: number): SubscriptionItemRow[] {
  return changes
    .filter((change) => !change.isDeleted)
    .map((change) => {
      const period = periodFor(before, change.price, at);
      return buildItem(change, { subscription: before.id, period, created: at });
    });
}

interface ProratedChange {
  changes: ItemChange[];
  at: number;
  /** The discounts that the change brings; absent = as before. */
  discounts?: string[] | undefined;
}

/** Credits what goes, debits what comes, and remembers the new full amounts as the base of later credits. */
function proratedItems(
  world: World,
  before: SubscriptionRow,
  { changes, at, discounts = before.discounts }: ProratedChange,
): SubscriptionItemRow[] {
  for (const change of changes) {
    if (isBilledChange(change) && change.existing) creditItem(world, before, { item: change.existing, at });
  }
  const kept = changes.filter((change) => !change.isDeleted);
  const amounts = fullAmounts(world, { ...before, discounts }, { changes: kept, at });
  return keptItems(before, kept, at).map((item, index) => {
    const wanted = kept[index];
    const isLicensed = item.price.recurring?.usage_type !== 'metered';
    if (!wanted || !isLicensed || !isBilledChange(wanted)) return item;
    const fullAmount = amounts[index] ?? 0;
    debitItem(world, before, { item, fullAmount, at });
    const { start, end } = spanOf(item);
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

/** True when no item keeps an interval that the subscription had: everything starts anew. */
export function isIntervalChange(subscription: SubscriptionRow, changes: ItemChange[]): boolean {
  const intervalOf = ({ price }: { price: PriceRow }) =>
    `${price.recurring?.interval_count} ${price.recurring?.interval}`;
  const before = new Set(subscription.items.data.map(intervalOf));
  return !changes.some((change) => !change.isDeleted && before.has(intervalOf(change)));
}

/** A new period begins now: credit for the old one, usage so far, and the new period in full, billed at once. */
function reanchor(
  world: World,
  before: SubscriptionRow,
  change: Change & { now: number; isProrated: boolean },
): Changed {
  const { now } = change;
  const kept = change.items.filter((item) => !item.isDeleted);
  if (kept.length === 0) throw invalidRequest('A subscription must have at least one active plan.', 'items');
  if (change.isProrated)
    for (const item of before.items.data)
      creditItem(world, before, { item, at: change.prorationDate ?? now });
  const usage = before.status === 'trialing' ? [] : meteredLines(world, before, { until: now });
  const pending = takePendingItems(world, {
    customer: before.customer,
    subscription: before.id,
    currency: before.currency,
  });
  const items = kept.map((item) => {
    const period = firstPeriod(item.price, { now, anchor: now });
    return buildItem(item, { subscription: before.id, period, created: now });
  });
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
    ...licensedLines(world, subscription),
  ];
  return billChange(world, subscription, { ...change, lines, now });
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
