import { emit, emitChange } from '../../events/emit.ts';
import { blankInvoicePayment } from '../../shapes/invoices.ts';
import type { InvoicePaymentRow, InvoiceRow } from '../../store/billing-rows.ts';
import type { PaymentIntentRow } from '../../store/rows.ts';
import { invalidRequest } from '../../wire/errors.ts';
import { newId } from '../../wire/ids.ts';
import { customerNow, type World } from '../../world.ts';
import { markPaid } from './finalize.ts';

/** Ties a payment that was made elsewhere to an open invoice; it counts as soon as it has succeeded. */
export function attachPayment(world: World, invoice: InvoiceRow, intent: PaymentIntentRow): InvoiceRow {
  if (invoice.status !== 'open') {
    throw invalidRequest(
      `Payments can be attached to open invoices only; this one is ${invoice.status}.`,
      undefined,
      'invoice_not_editable',
    );
  }
  const isForeign = intent.customer !== invoice.customer || intent.currency !== invoice.currency;
  if (isForeign || intent.status === 'canceled' || intent._invoice !== null) {
    throw invalidRequest('This PaymentIntent cannot be attached to this invoice.', 'payment_intent');
  }
  const attached = world.store.put('payment_intent', { ...intent, _invoice: invoice.id });
  world.store.put('invoice_payment', {
    ...blankInvoicePayment,
    id: newId('inpay'),
    amount_requested: intent.amount,
    amount_paid: null,
    created: customerNow(world, invoice.customer),
    currency: invoice.currency,
    invoice: invoice.id,
    is_default: false,
    payment: { type: 'payment_intent', payment_intent: intent.id },
    status: 'open',
    status_transitions: { canceled_at: null, paid_at: null },
  });
  return attached.status === 'succeeded' ? settleAttached(world, invoice, attached) : invoice;
}

export function attachedPayment(
  world: World,
  invoice: string,
  intent: string,
): InvoicePaymentRow | undefined {
  return world.store
    .ownedBy('invoice_payment', invoice)
    .find((row) => !row.is_default && row.status === 'open' && row.payment.payment_intent === intent);
}

/** Counts an attached payment: part of what is due leaves the invoice open, too much is noted as overpaid. */
export function settleAttached(world: World, before: InvoiceRow, intent: PaymentIntentRow): InvoiceRow {
  const payment = attachedPayment(world, before.id, intent.id);
  if (!payment) return before;
  const now = customerNow(world, before.customer);
  const counted = Math.min(intent.amount_received, before.amount_remaining);
  const paid = world.store.put('invoice_payment', {
    ...payment,
    amount_paid: intent.amount_received,
    status: 'paid',
    status_transitions: { canceled_at: null, paid_at: now },
  });
  emit(world, 'invoice_payment.paid', paid);
  const over = intent.amount_received - counted;
  if (counted < before.amount_remaining) {
    const after = world.store.put('invoice', {
      ...before,
      amount_paid: before.amount_paid + counted,
      amount_remaining: before.amount_remaining - counted,
    });
    emitChange(world, 'invoice.updated', { before, after });
    return after;
  }
  cancelDefault(world, before, now);
  const invoice = markPaid(world, { ...before, amount_overpaid: over }, { amountPaid: counted });
  if (over > 0) emit(world, 'invoice.overpaid', invoice);
  return invoice;
}

/** The payment that the invoice itself had asked for is not needed any more. */
function cancelDefault(world: World, invoice: InvoiceRow, now: number): void {
  const own = world.store.ownedBy('invoice_payment', invoice.id).find((row) => row.is_default);
  if (own?.status !== 'open') return;
  world.store.put('invoice_payment', {
    ...own,
    status: 'canceled',
    status_transitions: { canceled_at: now, paid_at: null },
  });
}
