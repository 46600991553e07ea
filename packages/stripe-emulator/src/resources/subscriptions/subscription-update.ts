import { settleDiscounts } from '../../billing/discounts/held.ts';
import { type Change, changeSubscription } from '../../billing/lifecycle/change.ts';
import { asIs, readItemChanges } from '../../billing/lifecycle/items.ts';
import { PAYMENT_BEHAVIORS } from '../../billing/lifecycle/payment-behavior.ts';
import { endTrial } from '../../billing/lifecycle/trial.ts';
import { announceTrialEnd } from '../../billing/lifecycle/trial-notice.ts';
import { emitChange } from '../../events/emit.ts';
import type { Call } from '../../server/router.ts';
import type { SubscriptionRow } from '../../store/billing-rows.ts';
import { invalidRequest } from '../../wire/errors.ts';
import type { Params } from '../../wire/params.ts';
import { customerNow, type World } from '../../world.ts';
import { readDiscounts } from '../catalog/discount-params.ts';
import { requireSubscription } from '../find.ts';
import { addPendingItem } from '../invoices/invoiceitems.ts';
import { readCancellation, readFields } from './subscription-params.ts';

const PENDING_SECONDS = 23 * 3600;

/** Reads an update's parameters into a change; previews use the same reading. */
export function readChange(
  world: World,
  params: Params,
  before: SubscriptionRow,
): Change & { isTrialEnd: boolean } {
  const now = customerNow(world, before.customer);
  const entries = params.subs('items');
  const { customer, currency } = before;
  const discounts = readDiscounts(world, params, { customer, currency });
  const anchor = params.sub('billing_cycle_anchor')?.text('type') ?? null;
  const trialEnd = params.text('trial_end');
  const isTrialEnded =
    before.status === 'trialing' &&
    (trialEnd === 'now' || (trialEnd !== undefined && Number(trialEnd) <= now));
  return {
    items: entries
      ? readItemChanges(world, entries, { current: before.items.data, customer, currency })
      : before.items.data.map(asIs),
    behavior:
      params.choice('proration_behavior', ['create_prorations', 'always_invoice', 'none']) ??
      'create_prorations',
    paymentBehavior: params.choice('payment_behavior', PAYMENT_BEHAVIORS) ?? 'allow_incomplete',
    prorationDate: params.integer('proration_date') ?? null,
    isReanchored: anchor === 'now' || isTrialEnded,
    isTrialEnd: isTrialEnded,
    fields: {
      ...readFields(world, params, before),
      ...readCancellation(params, before, now),
      ...(discounts ? { discounts } : {}),
      ...(isTrialEnded || trialEnd === undefined ? {} : movedTrial(before, Number(trialEnd))),
    },
  };
}

/** A trial that is set or moved: the running period and the anchor end with it. */
function movedTrial(before: SubscriptionRow, trialEnd: number): Partial<SubscriptionRow> {
  if (!Number.isInteger(trialEnd)) throw invalidRequest('Invalid trial_end', 'trial_end');
  return {
    status: 'trialing',
    trial_end: trialEnd,
    trial_start: before.trial_start ?? before.start_date,
    billing_cycle_anchor: trialEnd,
    items: {
      ...before.items,
      data: before.items.data.map((item) => ({
        ...item,
        current_period_end: trialEnd,
        _periodIndex: -1,
      })),
    },
    _periodIndex: -1,
    _trialNoticeSent: false,
  };
}

export function updateSubscription({ world, params, id }: Call): SubscriptionRow {
  const before = requireSubscription(world, id);
  if (before.status === 'canceled' || before.status === 'incomplete_expired') {
    const onlyNotes = Object.keys(params.raw).every((key) =>
      ['metadata', 'cancellation_details', 'expand'].includes(key),
    );
    if (!onlyNotes) {
      throw invalidRequest(
        'A canceled subscription can only update its cancellation_details and metadata.',
        undefined,
        'invalid_canceled_subscription_fields',
      );
    }
  }
  for (const item of params.subs('add_invoice_items') ?? []) {
    addPendingItem(world, item, {
      customer: before.customer,
      currency: before.currency,
      subscription: before.id,
    });
  }
  const change = readChange(world, params, before);
  if (change.isTrialEnd && !canPay(world, before)) return endTrial(world, { ...before, ...change.fields });
  const after = applyChange(world, before, change);
  return params.has('trial_end') ? announceTrialEnd(world, after) : after;
}

/** Without a way to pay, a trial that is ended does what its `missing_payment_method` says. */
function canPay(world: World, { customer, ...row }: SubscriptionRow): boolean {
  const behavior = row.trial_settings?.end_behavior.missing_payment_method ?? 'create_invoice';
  const theirs = world.store.get('customer', customer)?.invoice_settings.default_payment_method;
  return behavior === 'create_invoice' || Boolean(row.default_payment_method ?? theirs);
}

/** Applies a change; with `pending_if_incomplete` an unpaid one waits as `pending_update`. */
export function applyChange(world: World, before: SubscriptionRow, change: Change): SubscriptionRow {
  const isUnchangedItems = change.items.every(
    (item) =>
      item.existing &&
      !item.isDeleted &&
      item.price.id === item.existing.price.id &&
      (item.existing.quantity ?? 1) === item.quantity,
  );
  if (isUnchangedItems && !change.isReanchored) return updateFields(world, before, change);
  return changeItems(world, before, change);
}

function changeItems(world: World, before: SubscriptionRow, change: Change): SubscriptionRow {
  const { subscription, invoice, isPaid } = changeSubscription(world, withoutItems(before, change), change);
  if (change.paymentBehavior !== 'pending_if_incomplete') {
    settleDiscounts(world, before, subscription);
    return subscription;
  }
  if (isPaid) {
    const settled = world.store.put('subscription', { ...subscription, _pendingInvoice: null });
    settleDiscounts(world, before, settled);
    emitChange(world, 'customer.subscription.updated', { before, after: settled });
    return settled;
  }
  return keepPending(world, before, { subscription, invoiceId: invoice?.id ?? null });
}

function withoutItems(before: SubscriptionRow, change: Change): SubscriptionRow {
  const moved = change.fields.items;
  return moved ? { ...before, items: moved } : before;
}

function updateFields(world: World, before: SubscriptionRow, change: Change): SubscriptionRow {
  const items = change.items
    .map(({ existing, metadata, taxRates, discounts }) =>
      existing
        ? {
            ...existing,
            metadata,
            discounts: discounts ?? existing.discounts,
            tax_rates: taxRates ?? existing.tax_rates,
          }
        : existing,
    )
    .filter((item) => item !== null);
  const data = change.fields.items?.data ?? items;
  const subscription = world.store.put('subscription', {
    ...before,
    ...change.fields,
    items: { ...before.items, data },
  });
  settleDiscounts(world, before, subscription);
  emitChange(world, 'customer.subscription.updated', { before, after: subscription });
  return subscription;
}

function keepPending(
  world: World,
  before: SubscriptionRow,
  { subscription, invoiceId }: { subscription: SubscriptionRow; invoiceId: string | null },
): SubscriptionRow {
  const { items, billing_cycle_anchor, _periodIndex, discounts } = subscription;
  const waiting = world.store.put('subscription', {
    ...before,
    latest_invoice: invoiceId,
    pending_update: {
      billing_cycle_anchor: null,
      cancel_at_period_end: null,
      discount: null,
      discounts: null,
      expires_at: customerNow(world, before.customer) + PENDING_SECONDS,
      metadata: null,
      subscription_items: items.data,
      trial_end: null,
      trial_from_plan: null,
    },
    _pendingParams: { items, billing_cycle_anchor, _periodIndex, discounts },
    _pendingInvoice: invoiceId,
  });
  emitChange(world, 'customer.subscription.updated', { before, after: waiting });
  return waiting;
}
