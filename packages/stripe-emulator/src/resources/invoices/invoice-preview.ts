import { previewRenewal } from '../../billing/invoicing/preview-renewal.ts';
import { changeSubscription, isIntervalChange } from '../../billing/lifecycle/change.ts';
import { subscribe } from '../../billing/lifecycle/subscribe.ts';
import type { Answer, Call } from '../../server/router.ts';
import type { InvoiceRow, SubscriptionRow } from '../../store/billing-rows.ts';
import { invalidRequest, missingParameter } from '../../wire/errors.ts';
import { newId } from '../../wire/ids.ts';
import { Params } from '../../wire/params.ts';
import { render } from '../../wire/render.ts';
import type { World } from '../../world.ts';
import { requireSubscription } from '../find.ts';
import { newSubscriptionOf } from '../subscriptions/new-subscription.ts';
import { readChange } from '../subscriptions/subscription-update.ts';

/**
 * Shows the invoice that a change or the next renewal would make: the change is really made, its invoice is
 * read, and everything is undone.
 */
export function previewRoute({ world, params }: Call): Answer {
  const id = params.text('subscription');
  const invoice = id
    ? previewChange(world, params, requireSubscription(world, id, 'subscription'))
    : previewNew(world, params);
  const preview = asPreview(invoice);
  world.store.rollback();
  return preview;
}

/** Leaves the change made: the caller rolls it back. */
export function previewChange(world: World, params: Params, subscription: SubscriptionRow): InvoiceRow {
  const details = params.sub('subscription_details')?.raw ?? {};
  const discounts = params.raw.discounts;
  const change = {
    ...readChange(
      world,
      new Params({ ...details, ...(discounts === undefined ? {} : { discounts }) }),
      subscription,
    ),
    paymentBehavior: 'allow_incomplete' as const,
    isPreview: true,
  };
  const isEnding = change.fields.cancel_at_period_end === true || subscription.cancel_at_period_end;
  const isImmediate =
    change.isReanchored ||
    isIntervalChange(subscription, change.items) ||
    change.behavior === 'always_invoice';
  const changed = changeSubscription(world, subscription, change);
  if (isImmediate && changed.invoice) return changed.invoice;
  if (isEnding && !isImmediate) {
    throw invalidRequest('No upcoming invoices for customer', undefined, 'invoice_upcoming_none');
  }
  return previewRenewal(world, changed.subscription);
}

/** A subscription that does not exist yet: its first invoice. */
function previewNew(world: World, params: Params): InvoiceRow {
  const details = params.sub('subscription_details');
  if (!details) throw missingParameter('subscription_details');
  const wanted = newSubscriptionOf(
    world,
    new Params({
      ...details.raw,
      customer: params.text('customer'),
      currency: params.text('currency'),
      discounts: params.raw.discounts,
    }),
  );
  const created = subscribe(world, { ...wanted, paymentBehavior: 'default_incomplete' });
  const invoice = created.latest_invoice ? world.store.get('invoice', created.latest_invoice) : undefined;
  if (!invoice) throw invalidRequest('Nothing to invoice for customer', undefined, 'invoice_upcoming_none');
  return invoice;
}

/** A preview has not happened: it is a draft without number, intent or hosted page. */
function asPreview(invoice: InvoiceRow): Answer {
  const { hosted_invoice_url: _url, invoice_pdf: _pdf, ...fields } = render(invoice);
  const id = newId('upcoming_in');
  return {
    ...fields,
    id,
    object: 'invoice',
    billing_reason: invoice.billing_reason === 'subscription_cycle' ? 'upcoming' : invoice.billing_reason,
    number: null,
    status: 'draft',
    attempted: false,
    amount_paid: 0,
    amount_remaining: invoice.amount_due,
    ending_balance: null,
    effective_at: null,
    lines: { ...invoice.lines, data: invoice.lines.data.map((line) => ({ ...line, invoice: id })) },
  };
}
