import { emit } from '../events/emit.ts';
import type { ChargeRow, PaymentIntentRow, PaymentMethodRow } from '../store/rows.ts';
import { render } from '../wire/render.ts';
import type { World } from '../world.ts';
import { startDebit } from './bank-debit.ts';
import { intentError } from './card-error.ts';
import { cardByKey, type Decline } from './cards.ts';
import { openDispute } from './disputes.ts';
import { recordCharge } from './record-charge.ts';

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
  if (options.method.type !== 'card') return chargeAccount(world, before, options.method);
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
  const account = String(method._account ?? method._iban);
  const intent = { ...before, payment_method: method.id, next_action: null, last_payment_error: null };
  const charge = recordCharge(world, intent, { method, decline: null });
  const pending = world.store.put('charge', {
    ...charge,
    amount_captured: 0,
    captured: false,
    paid: false,
    status: 'pending',
    _account: account,
  });
  return startDebit(world, { intent, charge: pending, account });
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
