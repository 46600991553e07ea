import { emit, emitChange } from '../../events/emit.ts';
import { newPaymentIntent } from '../../payments/intents.ts';
import { blankCustomerBalanceTransaction, blankInvoicePayment } from '../../shapes/invoices.ts';
import type { InvoiceRow } from '../../store/billing-rows.ts';
import { invalidRequest } from '../../wire/errors.ts';
import { newId } from '../../wire/ids.ts';
import { customerNow, type World } from '../../world.ts';
import { afterPaid } from './after-payment.ts';
import { setDelinquent } from './delinquent.ts';
import { appliedBalance } from './totals.ts';

/** draft → open with a number; nothing to pay → paid at once; otherwise a payment intent waits for payment. */
export function finalizeInvoice(world: World, before: InvoiceRow): InvoiceRow {
  if (before.status !== 'draft') {
    throw invalidRequest(
      "This invoice is already finalized, you can't re-finalize a non-draft invoice.",
      undefined,
      'invoice_not_editable',
    );
  }
  const now = customerNow(world, before.customer);
  const balance = applyBalance(world, before);
  const open: InvoiceRow = world.store.put('invoice', {
    ...before,
    ...balance,
    amount_remaining: balance.amount_due,
    automatically_finalizes_at: null,
    effective_at: now,
    hosted_invoice_url: `${world.url}/i/acct_emulator/${before._hostedKey}`,
    invoice_pdf: `${world.url}/i/acct_emulator/${before._hostedKey}/pdf`,
    number: takeNumber(world, before.customer),
    status: 'open',
    status_transitions: { ...before.status_transitions, finalized_at: now },
    payment_settings: { default_mandate: null, payment_method_options: null, payment_method_types: null },
  });
  const invoice =
    open.amount_due > 0 && open.collection_method === 'charge_automatically' ? withIntent(world, open) : open;
  emit(world, 'invoice.finalized', invoice);
  return invoice.amount_due === 0 ? markPaid(world, invoice, { amountPaid: 0 }) : invoice;
}

/** Uses the customer's credit, or turns a negative total into credit; never a refund. */
function applyBalance(world: World, invoice: InvoiceRow) {
  const customer = world.store.get('customer', invoice.customer);
  const starting = customer?.balance ?? 0;
  const applied = appliedBalance(starting, invoice.total);
  const change = invoice.total < 0 ? invoice.total : -applied;
  const ending = starting + change;
  if (customer && change !== 0) {
    const updated = world.store.put('customer', {
      ...customer,
      balance: ending,
      currency: customer.currency ?? invoice.currency,
    });
    const movement = world.store.put('customer_balance_transaction', {
      ...blankCustomerBalanceTransaction,
      id: newId('cbtxn'),
      amount: change,
      created: customerNow(world, customer.id),
      currency: invoice.currency,
      customer: customer.id,
      ending_balance: ending,
      invoice: invoice.id,
      type: 'applied_to_invoice',
    });
    emit(world, 'customer_balance_transaction.created', movement);
    emitChange(world, 'customer.updated', { before: customer, after: updated });
  }
  return {
    starting_balance: starting,
    ending_balance: ending,
    amount_due: Math.max(0, invoice.total + applied),
  };
}

/** Numbers are the customer's prefix and a gapless sequence. */
function takeNumber(world: World, customerId: string): string {
  const customer = world.store.get('customer', customerId);
  const sequence = customer?.next_invoice_sequence ?? 1;
  if (customer) world.store.put('customer', { ...customer, next_invoice_sequence: sequence + 1 });
  return `${customer?.invoice_prefix ?? 'EMULATOR'}-${String(sequence).padStart(4, '0')}`;
}

/** Gives an open invoice its payment intent and the payment that ties both together. */
export function withIntent(world: World, invoice: InvoiceRow): InvoiceRow {
  const intent = newPaymentIntent(world, {
    amount: invoice.amount_remaining,
    currency: invoice.currency,
    customer: invoice.customer,
    invoice: invoice.id,
    description:
      invoice.billing_reason === 'subscription_create' ? 'Subscription creation' : 'Subscription update',
    setupFutureUsage: invoice.parent ? 'off_session' : null,
  });
  world.store.put('invoice_payment', {
    ...blankInvoicePayment,
    id: newId('inpay'),
    amount_requested: invoice.amount_remaining,
    amount_paid: null,
    created: customerNow(world, invoice.customer),
    currency: invoice.currency,
    invoice: invoice.id,
    is_default: true,
    payment: { type: 'payment_intent', payment_intent: intent.id },
    status: 'open',
    status_transitions: { canceled_at: null, paid_at: null },
  });
  return world.store.put('invoice', { ...invoice, _paymentIntent: intent.id });
}

/** open → paid, with its events and what payment means for the subscription. */
export function markPaid(
  world: World,
  before: InvoiceRow,
  { amountPaid, isOutOfBand = false }: { amountPaid: number; isOutOfBand?: boolean },
): InvoiceRow {
  const now = customerNow(world, before.customer);
  const invoice = world.store.put('invoice', {
    ...before,
    amount_paid: before.amount_paid + amountPaid,
    amount_remaining: 0,
    ...(isOutOfBand ? { amount_paid_off_stripe: before.amount_remaining } : {}),
    attempted: true,
    auto_advance: false,
    next_payment_attempt: null,
    status: 'paid',
    status_transitions: { ...before.status_transitions, paid_at: now },
  });
  const payment = world.store.ownedBy('invoice_payment', invoice.id).find((row) => row.status === 'open');
  if (payment) {
    const paid = world.store.put('invoice_payment', {
      ...payment,
      amount_paid: amountPaid,
      status: isOutOfBand ? 'canceled' : 'paid',
      status_transitions: { canceled_at: isOutOfBand ? now : null, paid_at: isOutOfBand ? null : now },
    });
    if (!isOutOfBand) emit(world, 'invoice_payment.paid', paid);
  }
  emitChange(world, 'invoice.updated', { before, after: invoice });
  emit(world, 'invoice.paid', invoice);
  emit(world, 'invoice.payment_succeeded', invoice);
  if (amountPaid > 0 || isOutOfBand) setDelinquent(world, invoice.customer, false);
  afterPaid(world, invoice);
  return world.store.get('invoice', invoice.id) ?? invoice;
}
