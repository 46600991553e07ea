import { emit } from '../../events/emit.ts';
import type { InvoiceRow } from '../../store/billing-rows.ts';
import type { World } from '../../world.ts';
import { afterFailed, subscriptionOf } from './after-payment.ts';
import { collect } from './collect.ts';
import { setDelinquent } from './delinquent.ts';
import { markUncollectible } from './dunning.ts';
import { finalizeInvoice } from './finalize.ts';
import { voidInvoice } from './void.ts';

/** What time does to an invoice: a draft is finalized and collected, a failed one tried again, a sent one overdue. */
export function advanceInvoice(world: World, before: InvoiceRow): void {
  if (before.status === 'draft') {
    finalizeAndCollect(world, before);
    return;
  }
  if (before.status !== 'open') return;
  if (before.next_payment_attempt !== null) {
    collect(world, { ...before, next_payment_attempt: null }, { isAutomatic: true });
    return;
  }
  const overdue = world.store.put('invoice', { ...before, _isOverdue: true });
  emit(world, 'invoice.overdue', overdue);
  setDelinquent(world, overdue.customer, true);
  afterFailed(world, overdue);
}

export function finalizeAndCollect(world: World, draft: InvoiceRow): InvoiceRow {
  const invoice = finalizeInvoice(world, draft);
  const pause = subscriptionOf(world, invoice)?.pause_collection;
  if (invoice.status !== 'open') return invoice;
  if (pause?.behavior === 'void') return voidInvoice(world, invoice);
  if (pause?.behavior === 'mark_uncollectible')
    return markUncollectible(world, invoice, 'subscription_paused');
  if (invoice.collection_method === 'send_invoice') {
    emit(world, 'invoice.sent', invoice);
    return invoice;
  }
  return collect(world, invoice, { isAutomatic: true }).invoice;
}
