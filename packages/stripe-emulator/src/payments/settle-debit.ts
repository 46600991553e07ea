import { settleInvoiceIntent } from '../billing/invoicing/collect.ts';
import { emit, emitChange } from '../events/emit.ts';
import type { ChargeRow, PaymentIntentRow } from '../store/rows.ts';
import type { World } from '../world.ts';
import { accountByNumber } from './bank-debit.ts';
import { intentError } from './card-error.ts';
import type { ChargeOutcome } from './charge-intent.ts';

export function debitDueAt(intent: PaymentIntentRow): number | null {
  return intent.status === 'processing' && typeof intent._settlesAt === 'number' ? intent._settlesAt : null;
}

/** The bank has answered: the intent and the checkout that waited for it are paid or not. */
export function settleDebit(world: World, before: PaymentIntentRow): void {
  const charge = before.latest_charge ? world.store.get('charge', before.latest_charge) : undefined;
  if (!charge) return;
  const isRefused = accountByNumber(String(charge._account ?? charge._iban))?.isRefused ?? false;
  const settled = isRefused ? failDebit(world, before, charge) : succeedDebit(world, before, charge);
  settleInvoiceIntent(world, settled);
  const session = world.store
    .all('checkout.session')
    .find((row) => row.payment_intent === before.id && row.status === 'complete');
  if (!session) return;
  const after = world.store.put('checkout.session', {
    ...session,
    payment_status: isRefused ? 'unpaid' : 'paid',
  });
  emit(world, `checkout.session.async_payment_${isRefused ? 'failed' : 'succeeded'}`, after);
}

function succeedDebit(world: World, before: PaymentIntentRow, charge: ChargeRow): ChargeOutcome {
  const paid = world.store.put('charge', {
    ...charge,
    amount_captured: charge.amount,
    captured: true,
    paid: true,
    status: 'succeeded',
  });
  const intent = world.store.put('payment_intent', {
    ...before,
    amount_received: before.amount,
    status: 'succeeded',
  });
  emitChange(world, 'charge.succeeded', { before: charge, after: paid });
  emit(world, 'payment_intent.succeeded', intent);
  return { outcome: 'succeeded', intent, decline: null };
}

function failDebit(world: World, before: PaymentIntentRow, charge: ChargeRow): ChargeOutcome {
  const decline = { code: 'payment_intent_payment_attempt_failed', message: 'The payment failed.' };
  const failed = world.store.put('charge', {
    ...charge,
    failure_code: 'insufficient_funds',
    failure_message: decline.message,
    paid: false,
    status: 'failed',
  });
  const intent = world.store.put('payment_intent', {
    ...before,
    last_payment_error: intentError(decline),
    payment_method: null,
    status: 'requires_payment_method',
  });
  emitChange(world, 'charge.failed', { before: charge, after: failed });
  emit(world, 'payment_intent.payment_failed', intent);
  return { outcome: 'failed', intent, decline };
}
