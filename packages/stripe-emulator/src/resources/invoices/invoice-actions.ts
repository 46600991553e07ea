import { finalizeAndCollect } from '../../billing/invoicing/advance-invoice.ts';
import { collect } from '../../billing/invoicing/collect.ts';
import { markUncollectible } from '../../billing/invoicing/dunning.ts';
import { finalizeInvoice, markPaid } from '../../billing/invoicing/finalize.ts';
import { emit } from '../../events/emit.ts';
import { cardError } from '../../payments/card-error.ts';
import type { Call } from '../../server/router.ts';
import { invalidRequest } from '../../wire/errors.ts';
import { requireInvoice } from '../find.ts';
import { resolvePaymentMethod } from '../payments/payment-methods.ts';

export function finalize({ world, params, id }: Call) {
  const before = requireInvoice(world, id);
  const autoAdvance = params.flag('auto_advance') ?? before.auto_advance;
  const draft = world.store.put('invoice', { ...before, auto_advance: autoAdvance });
  // Stripe charges an auto-advancing invoice about an hour after this; here it happens at once.
  return autoAdvance ? finalizeAndCollect(world, draft) : finalizeInvoice(world, draft);
}

export function pay({ world, params, id }: Call) {
  const found = requireInvoice(world, id);
  const invoice = found.status === 'draft' ? finalizeInvoice(world, found) : found;
  if (invoice.status === 'paid') {
    if (found.status === 'draft') return invoice;
    throw invalidRequest('Invoice is already paid', undefined, 'invoice_already_paid');
  }
  if (params.flag('paid_out_of_band')) return markPaid(world, invoice, { amountPaid: 0, isOutOfBand: true });
  const methodId = params.text('payment_method');
  const collected = collect(world, invoice, {
    ...(methodId ? { method: resolvePaymentMethod(world, methodId) } : {}),
    isOnSession: !(params.flag('off_session') ?? true),
    isAutomatic: false,
  });
  if (collected.outcome === 'paid' || collected.outcome === 'processing') return collected.invoice;
  if (collected.outcome === 'no_method') {
    throw invalidRequest(
      'There is no default_payment_method set on this Customer or Invoice. Please set one.',
      undefined,
      'invoice_payment_intent_requires_action',
    );
  }
  if (collected.outcome === 'requires_action') {
    throw cardError(
      {
        code: 'invoice_payment_intent_requires_action',
        message:
          'Payment for this invoice requires additional user action before it can be completed successfully.',
      },
      { keepsWrites: true },
    );
  }
  throw cardError(
    collected.charge?.decline ?? { code: 'card_declined', message: 'Your card was declined.' },
    { keepsWrites: true },
  );
}

export function send({ world, id }: Call) {
  const before = requireInvoice(world, id);
  const invoice = before.status === 'draft' ? finalizeInvoice(world, before) : before;
  emit(world, 'invoice.sent', invoice);
  return invoice;
}

export function uncollectible({ world, id }: Call) {
  const before = requireInvoice(world, id);
  if (before.status !== 'open')
    throw invalidRequest(
      'You can only mark open invoices as uncollectible.',
      undefined,
      'invoice_not_editable',
    );
  return markUncollectible(world, before, 'user_forgiven');
}
