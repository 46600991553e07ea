import { totalOf } from '../billing/amounts/taxes.ts';
import { emit } from '../events/emit.ts';
import { readDiscounts } from '../resources/catalog/discount-params.ts';
import { createCustomer } from '../resources/customers/customers.ts';
import { attachPaymentMethod } from '../resources/payments/payment-methods.ts';
import { confirmSetupIntent, newSetupIntent } from '../resources/payments/setup-intents.ts';
import { createSubscription } from '../resources/subscriptions/subscriptions.ts';
import type { InvoiceRow, SubscriptionRow } from '../store/billing-rows.ts';
import type { PaymentMethodRow } from '../store/rows.ts';
import type { CheckoutSessionRow } from '../store/session-rows.ts';
import { isRecord, Params } from '../wire/params.ts';
import type { World } from '../world.ts';
import { cardError } from './card-error.ts';
import { cardByKey } from './cards.ts';
import { chargeIntent } from './charge-intent.ts';
import { newPaymentIntent } from './intents.ts';

export interface CheckoutForm {
  email: string;
  name: string;
  method: PaymentMethodRow;
  isAuthenticated: boolean;
}

/** Whether the card must be authenticated before the session can be completed. */
export function needsChallenge({ method }: Pick<CheckoutForm, 'method'>): boolean {
  const authentication = cardByKey(method._card)?.authentication;
  return authentication === 'always' || (authentication === 'unless_set_up' && !method._isSetUp);
}

/** Does what the customer's submission means for the mode; a declined card leaves the session open (402). */
export function completeCheckout(
  world: World,
  session: CheckoutSessionRow,
  form: CheckoutForm,
): CheckoutSessionRow {
  const customer =
    session.customer ?? createCustomer(world, new Params({ email: form.email, name: form.name })).id;
  const details = {
    address: null,
    business_name: null,
    email: form.email,
    individual_name: null,
    name: form.name,
    phone: null,
    tax_exempt: 'none',
    tax_ids: [],
  };
  const outcome = {
    subscription: () => subscribeFor(world, session, { ...form, customer }),
    payment: () => payFor(world, session, { ...form, customer }),
    setup: () => setUpFor(world, session, { ...form, customer }),
  }[session.mode]();
  const done = world.store.put('checkout.session', {
    ...session,
    ...outcome,
    customer,
    customer_details: details,
    status: 'complete',
    url: null,
    _pendingPaymentMethod: null,
  });
  emit(world, 'checkout.session.completed', done);
  return done;
}

type Payer = CheckoutForm & { customer: string };

function subscribeFor(
  world: World,
  session: CheckoutSessionRow,
  { customer, method, isAuthenticated }: Payer,
) {
  attachPaymentMethod(world, method, customer);
  const data = isRecord(session._params.subscription_data) ? session._params.subscription_data : {};
  const {
    trial_settings,
    trial_period_days,
    trial_end,
    metadata,
    description,
    billing_cycle_anchor,
    default_tax_rates,
  } = data;
  const items = session._lines
    .filter(isRecurring)
    .map((line) => ({ price: priceId(line), quantity: line.quantity ?? undefined }));
  const extras = session._lines
    .filter((line) => !isRecurring(line))
    .map((line) => ({ price: priceId(line), quantity: line.quantity }));
  const discounts = wantedDiscounts(session);
  const raw = {
    customer,
    currency: session.currency,
    items,
    add_invoice_items: extras.length > 0 ? extras : undefined,
    discounts,
    trial_settings,
    trial_period_days,
    trial_end,
    metadata,
    description,
    default_tax_rates,
    billing_cycle_anchor,
    default_payment_method: method.id,
    payment_behavior: 'error_if_incomplete',
  };
  const known = Object.fromEntries(Object.entries(raw).filter(([, value]) => value !== undefined));
  const subscription = createSubscription(world, new Params(known), isAuthenticated);
  if (isAuthenticated) {
    const attached = world.store.get('payment_method', method.id) ?? method;
    world.store.put('payment_method', { ...attached, _isSetUp: true });
  }
  return billedFields(world, subscription);
}

/** What the session then shows of its subscription's first invoice. */
function billedFields(world: World, subscription: SubscriptionRow) {
  const invoice = subscription.latest_invoice
    ? world.store.get('invoice', subscription.latest_invoice)
    : undefined;
  return {
    subscription: subscription.id,
    invoice: subscription.latest_invoice,
    payment_status: invoice && invoice.amount_paid === 0 ? 'no_payment_required' : 'paid',
    amount_total: invoice?.total ?? null,
    amount_subtotal: invoice?.subtotal ?? null,
    total_details: {
      amount_discount: invoice ? discountTotal(invoice) : 0,
      amount_shipping: 0,
      amount_tax: invoice ? totalOf(invoice.lines.data.flatMap((line) => line.taxes)) : 0,
    },
  };
}

function discountTotal(invoice: InvoiceRow): number {
  const parts = invoice.lines.data.flatMap((line) => line.discount_amounts);
  return parts.reduce((sum, part) => sum + part.amount, 0);
}

function wantedDiscounts({ _promotionCode, _params }: CheckoutSessionRow): unknown {
  return _promotionCode ? [{ promotion_code: _promotionCode }] : _params.discounts;
}

function isRecurring(line: Record<string, unknown>): boolean {
  return isRecord(line.price) && line.price.recurring !== null;
}

function priceId(line: Record<string, unknown>): unknown {
  return isRecord(line.price) ? line.price.id : undefined;
}

function payFor(world: World, session: CheckoutSessionRow, { customer, method, isAuthenticated }: Payer) {
  const { currency } = session;
  readDiscounts(world, new Params({ discounts: wantedDiscounts(session) }), { customer, currency });
  const data = isRecord(session._params.payment_intent_data) ? session._params.payment_intent_data : {};
  const future = typeof data.setup_future_usage === 'string' ? data.setup_future_usage : null;
  const intent = newPaymentIntent(world, {
    amount: Number(session.amount_total),
    currency: session.currency ?? 'usd',
    customer,
    setupFutureUsage: future,
    metadata: isRecord(data.metadata)
      ? Object.fromEntries(Object.entries(data.metadata).map(([key, value]) => [key, String(value)]))
      : {},
  });
  const charge = chargeIntent(world, intent, { method, isOnSession: true, isAuthenticated });
  // A debit takes days; the session is complete but unpaid until then.
  if (charge.outcome === 'processing') return { payment_intent: intent.id, payment_status: 'unpaid' };
  if (charge.outcome !== 'succeeded')
    throw cardError(charge.decline ?? { code: 'card_declined', message: 'Your card was declined.' });
  if (future) attachPaymentMethod(world, method, customer);
  return { payment_intent: intent.id, payment_status: 'paid' };
}

function setUpFor(world: World, _session: CheckoutSessionRow, { customer, method, isAuthenticated }: Payer) {
  const intent = newSetupIntent(world, { customer });
  confirmSetupIntent(world, intent, { methodId: method.id, isAuthenticated });
  return { setup_intent: intent.id };
}
