import { fraction, roundHalfAway } from '../../billing/amounts/fraction.ts';
import { rate } from '../../billing/amounts/tiers.ts';
import { type ItemChange, readItemChanges } from '../../billing/lifecycle/items.ts';
import { PAYMENT_BEHAVIORS } from '../../billing/lifecycle/payment-behavior.ts';
import type { NewSubscription } from '../../billing/lifecycle/subscribe.ts';
import { invalidRequest, missingParameter } from '../../wire/errors.ts';
import type { Params } from '../../wire/params.ts';
import { nowFor, type World } from '../../world.ts';
import { readDiscounts } from '../catalog/discount-params.ts';
import { requireCustomer } from '../find.ts';
import { addPendingItem } from '../invoices/invoiceitems.ts';
import { readFields } from './subscription-params.ts';

const DAY = 86_400;

/** Reads the parameters of a new subscription; `add_invoice_items` become pending items of the customer. */
export function newSubscriptionOf(world: World, params: Params): NewSubscription {
  const customer = requireCustomer(world, params.requireText('customer'), 'customer');
  const entries = params.subs('items');
  if (!entries || entries.length === 0) throw missingParameter('items');
  const items = readItemChanges(world, entries, {
    current: [],
    customer: customer.id,
    currency: params.text('currency')?.toLowerCase() ?? null,
  });
  const currency = params.text('currency')?.toLowerCase() ?? items[0]?.price.currency ?? 'usd';
  if (!items.every(({ price }) => price.currency === currency || price._currencies[currency])) {
    const message = `The price specified supports currencies that do not match the expected currency: \`${currency}\`.`;
    throw invalidRequest(message, 'items[0][price]');
  }
  for (const item of params.subs('add_invoice_items') ?? []) {
    addPendingItem(world, item, { customer: customer.id, currency, subscription: null });
  }
  const cancelAt = params.integer('cancel_at');
  return {
    customer: customer.id,
    currency,
    items,
    trialEnd: readTrialEnd(params, nowFor(world, customer)),
    anchor: params.integer('billing_cycle_anchor') ?? null,
    discounts:
      readDiscounts(world, params, { customer: customer.id, currency, amount: grossOf(items, currency) }) ??
      [],
    paymentBehavior: params.choice('payment_behavior', PAYMENT_BEHAVIORS) ?? 'allow_incomplete',
    fields: {
      ...readFields(world, params, { customer: customer.id }),
      ...(cancelAt === undefined ? {} : { cancel_at: cancelAt }),
    },
  };
}

/** What a whole period costs before discounts. */
function grossOf(items: ItemChange[], currency: string): number {
  const parts = items.flatMap(({ price, quantity }) => rate(price, currency, fraction(quantity)));
  return parts.reduce((sum, part) => sum + roundHalfAway(part.amount), 0);
}

function readTrialEnd(params: Params, now: number): number | null {
  if (params.text('trial_end') === 'now') return null;
  const days = params.integer('trial_period_days');
  return params.integer('trial_end') ?? (days === undefined || days === 0 ? null : now + days * DAY);
}
