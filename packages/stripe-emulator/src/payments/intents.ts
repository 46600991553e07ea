import { emit } from '../events/emit.ts';
import { blankPaymentIntent } from '../shapes/payments.ts';
import type { PaymentIntentRow } from '../store/rows.ts';
import { invalidRequest } from '../wire/errors.ts';
import { newId, randomText } from '../wire/ids.ts';
import { customerNow, type World } from '../world.ts';

export interface NewIntent {
  amount: number;
  currency: string;
  customer: string | null;
  invoice?: string;
  description?: string | null;
  metadata?: Record<string, string>;
  setupFutureUsage?: string | null;
  returnUrl?: string | null;
  captureMethod?: string;
}

export function newPaymentIntent(world: World, fields: NewIntent): PaymentIntentRow {
  const id = newId('pi');
  const intent = world.store.put('payment_intent', {
    ...blankPaymentIntent,
    id,
    amount: fields.amount,
    amount_capturable: 0,
    amount_received: 0,
    automatic_payment_methods: null,
    capture_method: fields.captureMethod ?? 'automatic',
    client_secret: `${id}_secret_${randomText(25)}`,
    confirmation_method: 'automatic',
    created: customerNow(world, fields.customer),
    currency: fields.currency,
    customer: fields.customer,
    description: fields.description ?? null,
    metadata: fields.metadata ?? {},
    payment_method_types: ['card'],
    setup_future_usage: fields.setupFutureUsage ?? null,
    status: 'requires_payment_method',
    _invoice: fields.invoice ?? null,
    _returnUrl: fields.returnUrl ?? null,
  });
  emit(world, 'payment_intent.created', intent);
  return intent;
}

export function cancelIntent(
  world: World,
  intent: PaymentIntentRow,
  reason: string | null,
): PaymentIntentRow {
  if (intent.status === 'succeeded' || intent.status === 'canceled') {
    throw invalidRequest(
      `You cannot cancel this PaymentIntent because it has a status of ${intent.status}.`,
      undefined,
      'payment_intent_unexpected_state',
    );
  }
  const canceled = world.store.put('payment_intent', {
    ...intent,
    status: 'canceled',
    canceled_at: customerNow(world, intent.customer),
    cancellation_reason: reason,
    next_action: null,
  });
  emit(world, 'payment_intent.canceled', canceled);
  return canceled;
}
