import { emit } from '../../events/emit.ts';
import { newSetupIntent } from '../../resources/payments/setup-intents.ts';
import { blankSubscription } from '../../shapes/subscriptions.ts';
import type { InvoiceRow, SubscriptionRow } from '../../store/billing-rows.ts';
import { invalidRequest } from '../../wire/errors.ts';
import { newId } from '../../wire/ids.ts';
import { wholeList } from '../../wire/lists.ts';
import { nowFor, type World } from '../../world.ts';
import { fraction } from '../amounts/fraction.ts';
import { settleDiscounts } from '../discounts/held.ts';
import { claimItems, draftInvoice, takePendingItems } from '../invoicing/draft.ts';
import { finalizeInvoice } from '../invoicing/finalize.ts';
import { itemLines, licensedLines } from '../invoicing/lines.ts';
import { refreshEntitlements } from './entitlements.ts';
import { firstPeriod, spanOf } from './item-periods.ts';
import { buildItem, type ItemChange, withCharged } from './items.ts';
import { collectFirst, type PaymentBehavior } from './payment-behavior.ts';
import { announceTrialEnd } from './trial-notice.ts';

export interface NewSubscription {
  customer: string;
  currency: string;
  items: ItemChange[];
  trialEnd: number | null;
  anchor: number | null;
  discounts: string[];
  paymentBehavior: PaymentBehavior;
  isAuthenticated?: boolean;
  /** Started by a schedule: active at once, its first invoice is a draft that is collected an hour later. */
  isDeferred?: boolean;
  /** Replacements of plain fields: metadata, description, default_payment_method, … */
  fields: Partial<SubscriptionRow>;
}

const INITIAL = {
  billing_mode: { flexible: { proration_discounts: 'included' }, type: 'flexible' },
  cancellation_details: { comment: null, feedback: null, feedback_option: null, reason: null },
  collection_method: 'charge_automatically' as const,
  default_tax_rates: [],
  invoice_settings: {
    account_tax_ids: null,
    custom_fields: null,
    description: null,
    footer: null,
    issuer: { type: 'self' },
  },
  payment_settings: {
    payment_method_options: null,
    payment_method_types: null,
    save_default_payment_method: 'off',
  },
  trial_settings: { end_behavior: { billing_cycle_anchor: null, missing_payment_method: 'create_invoice' } },
  cancel_at: null,
  cancel_at_period_end: false,
  canceled_at: null,
  latest_invoice: null,
  _periodIndex: 0,
  _trialNoticeSent: false,
  _upcomingSentFor: null,
  _pendingParams: null,
  _pendingInvoice: null,
  _pausedRemaining: null,
};

/** Creates a subscription with its first invoice and tries to collect it as `payment_behavior` says. */
export function subscribe(world: World, wanted: NewSubscription): SubscriptionRow {
  const stored = world.store.put('subscription', newRow(world, wanted));
  const { id } = stored;
  settleDiscounts(world, null, stored);
  const isTrial = stored.status === 'trialing';
  const isDeferred = wanted.isDeferred ?? false;
  const invoice = firstInvoice(world, stored, { isTrial, isDeferred });
  const current = world.store.get('subscription', id) ?? stored;
  const data = withCharged(current.items.data, { invoice: invoice.id, lines: invoice.lines.data });
  const items = { ...current.items, data };
  const linked = world.store.put('subscription', { ...current, latest_invoice: invoice.id, items });
  const start = isTrial ? withSetupIntent(world, linked) : linked;
  const collected = isDeferred ? start : collectFirst(world, start, { ...wanted, invoice });
  emit(world, 'customer.subscription.created', collected);
  refreshEntitlements(world, collected.customer);
  return announceTrialEnd(world, world.store.get('subscription', id) ?? collected);
}

/** The first period runs to the anchor, when that lies ahead, and is then shorter than the others. */
function newRow(world: World, wanted: NewSubscription): SubscriptionRow {
  const customer = world.store.get('customer', wanted.customer);
  const now = nowFor(world, customer);
  const id = newId('sub');
  if (wanted.items.length === 0)
    throw invalidRequest('A subscription must have at least one active plan.', 'items');
  const trialEnd = wanted.trialEnd !== null && wanted.trialEnd > now ? wanted.trialEnd : null;
  const anchor = trialEnd ?? wanted.anchor ?? now;
  const items = wanted.items.map((change) =>
    buildItem(change, { subscription: id, period: firstPeriod(change.price, { now, anchor }), created: now }),
  );
  return {
    ...blankSubscription,
    ...INITIAL,
    id,
    billing_cycle_anchor: anchor,
    billing_mode: { ...INITIAL.billing_mode, updated_at: now },
    created: now,
    currency: wanted.currency,
    customer: wanted.customer,
    discounts: wanted.discounts,
    items: wholeList(items, `/v1/subscription_items?subscription=${id}`),
    metadata: {},
    start_date: now,
    status: trialEnd !== null ? 'trialing' : wanted.isDeferred ? 'active' : 'incomplete',
    test_clock: customer?.test_clock ?? null,
    trial_end: trialEnd,
    trial_start: trialEnd === null ? null : now,
    _periodIndex: anchor > now ? -1 : 0,
    ...wanted.fields,
  };
}

function firstInvoice(
  world: World,
  subscription: SubscriptionRow,
  { isTrial, isDeferred }: { isTrial: boolean; isDeferred: boolean },
): InvoiceRow {
  const now = subscription.created;
  const pending = takePendingItems(world, {
    customer: subscription.customer,
    subscription: subscription.id,
    currency: subscription.currency,
  });
  const own = isTrial ? trialLines(world, subscription) : licensedLines(world, subscription);
  const draft = draftInvoice(world, {
    customer: subscription.customer,
    currency: subscription.currency,
    reason: 'subscription_create',
    subscription,
    lines: [...pending, ...own],
    period: { start: now, end: now },
    finalizesAt: isDeferred ? now + world.settings.finalizeAfterSeconds : null,
    autoAdvance: true,
  });
  claimItems(world, draft);
  return isDeferred && !isTrial ? draft : finalizeInvoice(world, draft);
}

/** A trial's first invoice names what is tried and costs nothing. */
function trialLines(world: World, subscription: SubscriptionRow) {
  return subscription.items.data
    .filter((item) => item.price.recurring?.usage_type !== 'metered')
    .flatMap((item) =>
      itemLines(world, subscription, {
        item,
        period: spanOf(item),
        quantity: fraction(item.quantity ?? 1),
      }).slice(0, 1),
    )
    .map((line) => ({
      ...line,
      amount: 0,
      subtotal: 0,
      description: `Trial period for ${line.description}`,
    }));
}

/** A trial without a stored card offers a setup intent, so that one can be added. */
function withSetupIntent(world: World, subscription: SubscriptionRow): SubscriptionRow {
  const customer = world.store.get('customer', subscription.customer);
  if (subscription.default_payment_method ?? customer?.invoice_settings.default_payment_method)
    return subscription;
  const intent = newSetupIntent(world, { customer: subscription.customer, subscription: subscription.id });
  return world.store.put('subscription', { ...subscription, pending_setup_intent: intent.id });
}
