import { emit, emitChange } from '../../events/emit.ts';
import { type ChargeOutcome, chargeIntent } from '../../payments/charge-intent.ts';
import type { InvoiceRow } from '../../store/billing-rows.ts';
import type { PaymentMethodRow } from '../../store/rows.ts';
import { invalidRequest } from '../../wire/errors.ts';
import { customerNow, type World } from '../../world.ts';
import { afterFailed, setStatus, subscriptionOf } from './after-payment.ts';
import { attachedPayment, settleAttached } from './attach-payment.ts';
import { setDelinquent } from './delinquent.ts';
import { exhaustRetries, nextRetryAt } from './dunning.ts';
import { markPaid, withIntent } from './finalize.ts';

export interface CollectOptions {
  method?: PaymentMethodRow;
  isOnSession?: boolean;
  isAuthenticated?: boolean;
  /** Automatic attempts count towards the retry schedule; manual payments do not. */
  isAutomatic: boolean;
}

export type Collected = {
  outcome: 'paid' | 'processing' | 'requires_action' | 'failed' | 'no_method';
  invoice: InvoiceRow;
  charge: ChargeOutcome | null;
};

/** Tries to take an open invoice's amount and records what came of it. */
export function collect(world: World, before: InvoiceRow, options: CollectOptions): Collected {
  if (before.status !== 'open' && before.status !== 'uncollectible') {
    throw invalidRequest(
      `Invoice is ${before.status} and cannot be paid.`,
      undefined,
      'invoice_not_editable',
    );
  }
  const invoice = before._paymentIntent ? before : withIntent(world, before);
  const method = options.method ?? defaultMethod(world, invoice);
  const intent = invoice._paymentIntent
    ? world.store.get('payment_intent', invoice._paymentIntent)
    : undefined;
  if (!method || !intent) {
    return { outcome: 'no_method', invoice: recordFailure(world, invoice, options), charge: null };
  }
  const charge = chargeIntent(world, intent, {
    ...options,
    method,
    isOnSession: options.isOnSession ?? false,
  });
  if (charge.outcome === 'processing') return { ...wait(world, invoice, options), charge };
  return { ...settle(world, invoice, { charge, isAutomatic: options.isAutomatic }), charge };
}

/** A bank debit takes days: the invoice stays open, nothing is tried meanwhile, and the subscription may begin. */
function wait(
  world: World,
  before: InvoiceRow,
  { isAutomatic }: { isAutomatic: boolean },
): Omit<Collected, 'charge'> {
  const invoice = world.store.put('invoice', {
    ...before,
    attempted: true,
    next_payment_attempt: null,
    _isDebitAutomatic: isAutomatic,
  });
  emitChange(world, 'invoice.updated', { before, after: invoice });
  const subscription = subscriptionOf(world, invoice);
  if (subscription?.status === 'incomplete') setStatus(world, subscription, 'active');
  return { outcome: 'processing', invoice };
}

/** What an attempt on the invoice's payment intent means for the invoice, whoever made it. */
export function settleInvoiceIntent(world: World, charge: ChargeOutcome): void {
  const invoice =
    charge.intent._invoice === null ? undefined : world.store.get('invoice', charge.intent._invoice);
  if (invoice?.status !== 'open') return;
  const isAttached = attachedPayment(world, invoice.id, charge.intent.id) !== undefined;
  const isAutomatic = invoice._isDebitAutomatic === true;
  const { _isDebitAutomatic: _over, ...settled } = invoice;
  if (!isAttached) settle(world, settled, { charge, isAutomatic });
  else if (charge.outcome === 'succeeded') settleAttached(world, invoice, charge.intent);
}

function settle(
  world: World,
  invoice: InvoiceRow,
  { charge, isAutomatic }: { charge: ChargeOutcome; isAutomatic: boolean },
): Omit<Collected, 'charge'> {
  if (charge.outcome === 'succeeded') {
    const counted = { ...invoice, attempt_count: invoice.attempt_count + (isAutomatic ? 1 : 0) };
    return { outcome: 'paid', invoice: markPaid(world, counted, { amountPaid: charge.intent.amount }) };
  }
  const failed = recordFailure(world, invoice, {
    isAutomatic,
    needsAction: charge.outcome === 'requires_action',
  });
  return { outcome: charge.outcome === 'requires_action' ? 'requires_action' : 'failed', invoice: failed };
}

function recordFailure(
  world: World,
  before: InvoiceRow,
  { isAutomatic, needsAction = false }: { isAutomatic: boolean; needsAction?: boolean },
): InvoiceRow {
  const now = customerNow(world, before.customer);
  const attempts = before.attempt_count + (isAutomatic ? 1 : 0);
  const firstFailedAt = typeof before._firstFailedAt === 'number' ? before._firstFailedAt : now;
  // What an incomplete subscription waits for is not retried; it expires after 23 hours.
  const isFirstInvoice =
    before.billing_reason === 'subscription_create' && subscriptionOf(world, before)?.status === 'incomplete';
  const next =
    isAutomatic && !isFirstInvoice
      ? nextRetryAt(world, { attempts, firstFailedAt })
      : before.next_payment_attempt;
  const invoice = world.store.put('invoice', {
    ...before,
    attempt_count: attempts,
    attempted: true,
    next_payment_attempt: isFirstInvoice ? null : next,
    _firstFailedAt: firstFailedAt,
  });
  emitChange(world, 'invoice.updated', { before, after: invoice });
  emit(world, 'invoice.payment_failed', invoice);
  if (isAutomatic && !isFirstInvoice) setDelinquent(world, invoice.customer, true);
  if (needsAction) emit(world, 'invoice.payment_action_required', invoice);
  afterFailed(world, invoice);
  if (isAutomatic && !isFirstInvoice && next === null) return exhaustRetries(world, invoice);
  return invoice;
}

/** The subscription's own method wins over the customer's default. */
export function defaultMethod(world: World, invoice: InvoiceRow): PaymentMethodRow | undefined {
  const own = subscriptionOf(world, invoice)?.default_payment_method;
  const customers = world.store.get('customer', invoice.customer)?.invoice_settings.default_payment_method;
  const id = invoice.default_payment_method ?? own ?? customers;
  return id ? world.store.get('payment_method', id) : undefined;
}
