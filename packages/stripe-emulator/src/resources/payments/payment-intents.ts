import { settleInvoiceIntent } from '../../billing/invoicing/collect.ts';
import { captureIntent } from '../../payments/capture-intent.ts';
import { cardError } from '../../payments/card-error.ts';
import { type ChargeOutcome, chargeIntent } from '../../payments/charge-intent.ts';
import { cancelIntent, newPaymentIntent } from '../../payments/intents.ts';
import type { Call, Route } from '../../server/router.ts';
import type { PaymentIntentRow } from '../../store/rows.ts';
import { invalidRequest } from '../../wire/errors.ts';
import { listOf } from '../../wire/lists.ts';
import { mergeMetadata } from '../../wire/metadata.ts';
import type { Params } from '../../wire/params.ts';
import { render } from '../../wire/render.ts';
import type { World } from '../../world.ts';
import { requirePaymentIntent } from '../find.ts';
import { attachPaymentMethod, resolvePaymentMethod } from './payment-methods.ts';

function createIntent({ world, params }: Call) {
  const amount = params.requireInteger('amount');
  if (amount < 1)
    throw invalidRequest(
      'This value must be greater than or equal to 1.',
      'amount',
      'parameter_invalid_integer',
    );
  const intent = newPaymentIntent(world, {
    amount,
    currency: params.requireText('currency').toLowerCase(),
    customer: params.textOrNull('customer'),
    description: params.textOrNull('description'),
    metadata: mergeMetadata({}, params),
    setupFutureUsage: params.textOrNull('setup_future_usage'),
    returnUrl: params.textOrNull('return_url'),
    captureMethod: params.choice('capture_method', ['automatic', 'automatic_async', 'manual']) ?? 'automatic',
  });
  const method = params.text('payment_method');
  const withMethod = method ? chooseMethod(world, intent, method) : intent;
  return params.flag('confirm') ? confirmIntent(world, withMethod, params) : withMethod;
}

function chooseMethod(world: World, intent: PaymentIntentRow, id: string): PaymentIntentRow {
  const method = resolvePaymentMethod(world, id);
  return world.store.put('payment_intent', {
    ...intent,
    payment_method: method.id,
    status: 'requires_confirmation',
  });
}

/** Confirms with the chosen card; a decline answers 402 and keeps the failed attempt. */
function confirmIntent(world: World, intent: PaymentIntentRow, params: Params) {
  if (['succeeded', 'canceled', 'processing'].includes(intent.status)) {
    throw invalidRequest(
      `This PaymentIntent's status is ${intent.status}; it cannot be confirmed.`,
      undefined,
      'payment_intent_unexpected_state',
    );
  }
  const id = params.text('payment_method') ?? intent.payment_method;
  if (!id) {
    throw invalidRequest(
      'You cannot confirm this PaymentIntent because it is missing a payment method.',
      undefined,
      'payment_intent_unexpected_state',
    );
  }
  const method = resolvePaymentMethod(world, id);
  const withUrl = { ...intent, _returnUrl: params.textOrNull('return_url') ?? intent._returnUrl };
  const result = chargeIntent(world, withUrl, { method, isOnSession: !params.flag('off_session') });
  return finishConfirmation(world, result);
}

/** What follows a charge made on session: keep the card for later, settle the invoice, or answer 402. */
export function finishConfirmation(world: World, result: ChargeOutcome): PaymentIntentRow {
  const { intent, decline, outcome } = result;
  const method =
    intent.payment_method === null ? undefined : world.store.get('payment_method', intent.payment_method);
  if (outcome === 'succeeded' && intent.customer && method?.customer === null && intent.setup_future_usage) {
    attachPaymentMethod(world, method, intent.customer);
  }
  if (intent._invoice) settleInvoiceIntent(world, result);
  if (outcome === 'failed' && decline) {
    throw cardError(decline, { keepsWrites: true, payment_intent: render(intent) });
  }
  return world.store.get('payment_intent', intent.id) ?? intent;
}

function updateIntent({ world, params, id }: Call) {
  const before = requirePaymentIntent(world, id);
  const intent = world.store.put('payment_intent', {
    ...before,
    amount: params.integer('amount') ?? before.amount,
    description: params.has('description') ? params.textOrNull('description') : before.description,
    metadata: mergeMetadata(before.metadata, params),
    setup_future_usage: params.text('setup_future_usage') ?? before.setup_future_usage,
  });
  const method = params.text('payment_method');
  return method ? chooseMethod(world, intent, method) : intent;
}

export const paymentIntentRoutes: Route[] = [
  { method: 'POST', path: '/v1/payment_intents', handler: createIntent },
  {
    method: 'GET',
    path: '/v1/payment_intents',
    handler: ({ world, params }) => {
      const customer = params.text('customer');
      const matches = (row: PaymentIntentRow) => !customer || row.customer === customer;
      return listOf(world, 'payment_intent', { params, url: '/v1/payment_intents', matches });
    },
  },
  {
    method: 'GET',
    path: '/v1/payment_intents/:id',
    handler: ({ world, id }) => requirePaymentIntent(world, id),
  },
  { method: 'POST', path: '/v1/payment_intents/:id', handler: updateIntent },
  {
    method: 'POST',
    path: '/v1/payment_intents/:id/confirm',
    handler: ({ world, params, id }) => confirmIntent(world, requirePaymentIntent(world, id), params),
  },
  {
    method: 'POST',
    path: '/v1/payment_intents/:id/cancel',
    handler: ({ world, params, id }) =>
      cancelIntent(world, requirePaymentIntent(world, id), params.textOrNull('cancellation_reason')),
  },
  {
    method: 'POST',
    path: '/v1/payment_intents/:id/capture',
    handler: ({ world, params, id }) =>
      captureIntent(world, requirePaymentIntent(world, id), params.integer('amount_to_capture')),
  },
];
