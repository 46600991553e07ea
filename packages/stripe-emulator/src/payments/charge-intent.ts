import { emit } from '../events/emit.ts';
import { blankCharge } from '../shapes/payments.ts';
import type { ChargeRow, PaymentIntentRow, PaymentMethodRow } from '../store/rows.ts';
import { newId } from '../wire/ids.ts';
import { render } from '../wire/render.ts';
import { customerNow, type World } from '../world.ts';
import { startDebit } from './bank-debit.ts';
import { intentError } from './card-error.ts';
import { cardByKey, type Decline } from './cards.ts';
import { openDispute } from './disputes.ts';

export interface ChargeOptions {
  method: PaymentMethodRow;
  /** The card holder is there and can pass a challenge. */
  isOnSession: boolean;
  /** The challenge has just been passed. */
  isAuthenticated?: boolean;
}

export interface ChargeOutcome {
  outcome: 'succeeded' | 'requires_action' | 'failed' | 'processing';
  intent: PaymentIntentRow;
  decline: Decline | null;
}

/** Tries to take the intent's amount from a card and leaves intent, charge and events as Stripe would. */
export function chargeIntent(world: World, before: PaymentIntentRow, options: ChargeOptions): ChargeOutcome {
  if (options.method.type === 'sepa_debit') return chargeAccount(world, before, options.method);
  const card = cardByKey(options.method._card);
  const withMethod = {
    ...before,
    payment_method: options.method.id,
    next_action: null,
    last_payment_error: null,
  };
  const needsChallenge =
    card?.authentication === 'always' ||
    (card?.authentication === 'unless_set_up' && !options.method._isSetUp);
  if (needsChallenge && !options.isAuthenticated) return requireAction(world, withMethod, before);
  if (options.isAuthenticated && !options.method._isSetUp) {
    world.store.put('payment_method', { ...options.method, _isSetUp: true });
  }
  if (card?.chargeDecline)
    return failCharge(world, { intent: withMethod, before, method: options.method }, card.chargeDecline);
  const charge = recordCharge(world, withMethod, { method: options.method, decline: null });
  if (before.capture_method === 'manual') return holdAmount(world, withMethod, charge);
  const intent = world.store.put('payment_intent', {
    ...withMethod,
    status: 'succeeded',
    amount_received: before.amount,
    latest_charge: charge.id,
  });
  emit(world, 'charge.succeeded', charge);
  emit(world, 'payment_intent.succeeded', intent);
  if (card?.disputeReason)
    openDispute(world, charge, { reason: card.disputeReason, isInquiry: card.isInquiry ?? false });
  return { outcome: 'succeeded', intent, decline: null };
}

function chargeAccount(world: World, before: PaymentIntentRow, method: PaymentMethodRow): ChargeOutcome {
  const iban = String(method._iban);
  const intent = { ...before, payment_method: method.id, next_action: null, last_payment_error: null };
  const charge = recordCharge(world, intent, { method, decline: null });
  const pending = world.store.put('charge', {
    ...charge,
    amount_captured: 0,
    captured: false,
    paid: false,
    status: 'pending',
    _iban: iban,
  });
  return startDebit(world, { intent, charge: pending, iban });
}

/** Authorized but not taken: the amount waits for its capture. */
function holdAmount(world: World, held: PaymentIntentRow, charge: ChargeRow): ChargeOutcome {
  const intent = world.store.put('payment_intent', {
    ...held,
    status: 'requires_capture',
    amount_capturable: held.amount,
    latest_charge: charge.id,
  });
  emit(world, 'charge.succeeded', charge);
  emit(world, 'payment_intent.amount_capturable_updated', intent);
  return { outcome: 'succeeded', intent, decline: null };
}

function requireAction(world: World, intent: PaymentIntentRow, before: PaymentIntentRow): ChargeOutcome {
  const url = `${world.url}/c/authenticate/${intent.id}?client_secret=${intent.client_secret}`;
  const waiting = world.store.put('payment_intent', {
    ...intent,
    status: 'requires_action',
    next_action: { type: 'redirect_to_url', redirect_to_url: { return_url: before._returnUrl, url } },
  });
  emit(world, 'payment_intent.requires_action', waiting);
  return {
    outcome: 'requires_action',
    intent: waiting,
    decline: {
      code: 'authentication_required',
      decline_code: 'authentication_required',
      message: 'Your card was declined. This transaction requires authentication.',
    },
  };
}

interface Attempt {
  intent: PaymentIntentRow;
  before: PaymentIntentRow;
  method: PaymentMethodRow;
}

function failCharge(world: World, { intent, method }: Attempt, decline: Decline): ChargeOutcome {
  const charge = recordCharge(world, intent, { method, decline });
  const error = { ...intentError(decline), charge: charge.id, payment_method: render(method) };
  const failed = world.store.put('payment_intent', {
    ...intent,
    status: 'requires_payment_method',
    payment_method: null,
    latest_charge: charge.id,
    last_payment_error: error,
  });
  emit(world, 'charge.failed', charge);
  emit(world, 'payment_intent.payment_failed', failed);
  return { outcome: 'failed', intent: failed, decline };
}

/** A challenge that was not passed: nothing was charged. */
export function failAuthentication(world: World, before: PaymentIntentRow): ChargeOutcome {
  const decline = {
    code: 'payment_intent_authentication_failure',
    message: 'The provided PaymentMethod has failed authentication.',
  };
  const intent = world.store.put('payment_intent', {
    ...before,
    status: 'requires_payment_method',
    payment_method: null,
    next_action: null,
    last_payment_error: intentError(decline),
  });
  emit(world, 'payment_intent.payment_failed', intent);
  return { outcome: 'failed', intent, decline };
}

function recordCharge(
  world: World,
  intent: PaymentIntentRow,
  { method, decline }: { method: PaymentMethodRow; decline: Decline | null },
): ChargeRow {
  const isPaid = decline === null;
  const isCaptured = isPaid && intent.capture_method !== 'manual';
  const id = newId('ch');
  return world.store.put('charge', {
    ...blankCharge,
    id,
    amount: intent.amount,
    amount_captured: isCaptured ? intent.amount : 0,
    amount_refunded: 0,
    billing_details: method.billing_details,
    calculated_statement_descriptor: 'METERGATE TEST',
    captured: isCaptured,
    created: customerNow(world, intent.customer),
    currency: intent.currency,
    customer: intent.customer,
    failure_code: decline?.code ?? null,
    failure_message: decline?.message ?? null,
    fraud_details: {},
    metadata: intent.metadata,
    outcome: {
      advice_code: null,
      network_advice_code: null,
      network_decline_code: null,
      network_status: isPaid ? 'approved_by_network' : 'declined_by_network',
      reason: decline?.decline_code ?? null,
      risk_level: 'normal',
      seller_message: isPaid
        ? 'Payment complete.'
        : 'The bank did not return any further details with this decline.',
      type: isPaid ? 'authorized' : 'issuer_declined',
    },
    paid: isPaid,
    payment_intent: intent.id,
    payment_method: method.id,
    payment_method_details: detailsOf(method, intent.amount),
    receipt_url: `${world.url}/i/receipt/${id}`,
    refunded: false,
    disputed: false,
    status: isPaid ? 'succeeded' : 'failed',
  });
}

function detailsOf({ card, ...method }: PaymentMethodRow, amount: number) {
  return card
    ? { type: 'card', card: cardDetails(card, amount) }
    : {
        type: 'sepa_debit',
        sepa_debit: { ...Object(method.sepa_debit), mandate: null, expected_debit_date: null },
      };
}

function cardDetails(card: NonNullable<PaymentMethodRow['card']>, amount: number) {
  return {
    amount_authorized: amount,
    authorization_code: null,
    brand: card.brand,
    checks: card.checks,
    country: card.country,
    electronic_commerce_indicator: null,
    transaction_link_id: null,
    exp_month: card.exp_month,
    exp_year: card.exp_year,
    fingerprint: card.fingerprint,
    funding: card.funding,
    installments: null,
    last4: card.last4,
    mandate: null,
    network: card.brand,
    network_token: { used: false },
    network_transaction_id: null,
    regulated_status: card.regulated_status,
    three_d_secure: null,
    wallet: null,
  };
}
