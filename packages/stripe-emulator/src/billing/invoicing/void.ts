import { emit, emitChange } from '../../events/emit.ts';
import { cancelIntent } from '../../payments/intents.ts';
import type { InvoiceRow, SubscriptionRow } from '../../store/billing-rows.ts';
import { invalidRequest } from '../../wire/errors.ts';
import { customerNow, type World } from '../../world.ts';
import { forgetResumption } from '../lifecycle/resumption.ts';
import { subscriptionOf } from './after-payment.ts';

/** open or uncollectible → void; a voided first invoice ends its incomplete subscription. */
export function voidInvoice(world: World, before: InvoiceRow): InvoiceRow {
  if (before.status !== 'open' && before.status !== 'uncollectible') {
    throw invalidRequest(
      `You can only pass in open invoices. This invoice isn't open: it is ${before.status}.`,
      undefined,
      'invoice_not_editable',
    );
  }
  const invoice = world.store.put('invoice', {
    ...before,
    auto_advance: false,
    next_payment_attempt: null,
    status: 'void',
    status_transitions: { ...before.status_transitions, voided_at: customerNow(world, before.customer) },
  });
  const intent = before._paymentIntent ? world.store.get('payment_intent', before._paymentIntent) : undefined;
  if (intent && intent.status !== 'succeeded' && intent.status !== 'canceled')
    cancelIntent(world, intent, 'void_invoice');
  const payment = world.store.ownedBy('invoice_payment', invoice.id).find((row) => row.status === 'open');
  if (payment) {
    const statusTransitions = { canceled_at: customerNow(world, before.customer), paid_at: null };
    world.store.put('invoice_payment', {
      ...payment,
      status: 'canceled',
      status_transitions: statusTransitions,
    });
  }
  emitChange(world, 'invoice.updated', { before, after: invoice });
  emit(world, 'invoice.voided', invoice);
  const subscription = subscriptionOf(world, invoice);
  if (subscription) forgetResumption(world, subscription, invoice);
  if (subscription?.status === 'incomplete' && subscription.latest_invoice === invoice.id)
    expireIncomplete(world, subscription);
  return invoice;
}

/** A first payment that never came: after 23 hours the subscription is dead and its invoice void. */
export function expireIncomplete(world: World, before: SubscriptionRow): SubscriptionRow {
  const expired = world.store.put('subscription', {
    ...before,
    status: 'incomplete_expired',
    ended_at: customerNow(world, before.customer),
  });
  const invoice = before.latest_invoice ? world.store.get('invoice', before.latest_invoice) : undefined;
  if (invoice?.status === 'open') voidInvoice(world, invoice);
  emitChange(world, 'customer.subscription.updated', { before, after: expired });
  return expired;
}
