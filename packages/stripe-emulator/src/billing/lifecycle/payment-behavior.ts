import { cardError } from '../../payments/card-error.ts';
import type { InvoiceRow, SubscriptionRow } from '../../store/billing-rows.ts';
import { invalidRequest } from '../../wire/errors.ts';
import type { World } from '../../world.ts';
import { collect, defaultMethod } from '../invoicing/collect.ts';

export const PAYMENT_BEHAVIORS = [
  'allow_incomplete',
  'default_incomplete',
  'error_if_incomplete',
  'pending_if_incomplete',
] as const;
export type PaymentBehavior = (typeof PAYMENT_BEHAVIORS)[number];

/** Collects the first invoice: paid → active; otherwise incomplete, or 402 with `error_if_incomplete`. */
export function collectFirst(
  world: World,
  subscription: SubscriptionRow,
  {
    invoice,
    paymentBehavior,
    isAuthenticated = false,
  }: { invoice: InvoiceRow; paymentBehavior: PaymentBehavior; isAuthenticated?: boolean },
): SubscriptionRow {
  const current = () => world.store.get('subscription', subscription.id) ?? subscription;
  if (subscription.status === 'trialing') return subscription;
  // An invoice to be sent is not waited for; nothing to pay needs no payment.
  if (subscription.collection_method === 'send_invoice' || invoice.status === 'paid')
    return activate(world, current());
  if (paymentBehavior === 'default_incomplete') return current();
  const method = defaultMethod(world, invoice);
  if (!method) {
    if (paymentBehavior === 'error_if_incomplete') throw noMethod();
    if (!world.store.get('customer', subscription.customer)) return current();
    throw noMethod();
  }
  const collected = collect(world, invoice, { isOnSession: true, isAuthenticated, isAutomatic: true });
  const isRefused = collected.outcome !== 'paid' && collected.outcome !== 'processing';
  if (isRefused && paymentBehavior === 'error_if_incomplete') {
    throw cardError(
      collected.charge?.decline ?? { code: 'card_declined', message: 'Your card was declined.' },
    );
  }
  return current();
}

function activate(world: World, subscription: SubscriptionRow): SubscriptionRow {
  return world.store.put('subscription', { ...subscription, status: 'active' });
}

function noMethod() {
  return invalidRequest(
    'This customer has no attached payment source or default payment method. Please consider adding a default payment method.',
    undefined,
    'resource_missing',
  );
}

/** Collects the invoice of a change at once; `pending` means the change waits for its payment. */
export function collectChange(
  world: World,
  invoice: InvoiceRow,
  paymentBehavior: PaymentBehavior,
): 'paid' | 'unpaid' {
  if (invoice.status === 'paid' || invoice.collection_method === 'send_invoice') return 'paid';
  if (paymentBehavior === 'default_incomplete') return 'unpaid';
  const collected = collect(world, invoice, {
    isOnSession: true,
    isAutomatic: paymentBehavior !== 'pending_if_incomplete',
  });
  if (collected.outcome === 'paid' || collected.outcome === 'processing') return 'paid';
  if (paymentBehavior === 'error_if_incomplete') {
    throw cardError(
      collected.charge?.decline ?? { code: 'card_declined', message: 'Your card was declined.' },
    );
  }
  return 'unpaid';
}
