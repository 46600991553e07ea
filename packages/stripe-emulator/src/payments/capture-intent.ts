import { emit, emitChange } from '../events/emit.ts';
import type { PaymentIntentRow } from '../store/rows.ts';
import { invalidRequest } from '../wire/errors.ts';
import type { World } from '../world.ts';

/** Takes an authorized amount, or part of it; the rest is released. */
export function captureIntent(
  world: World,
  before: PaymentIntentRow,
  amountToCapture: number | undefined,
): PaymentIntentRow {
  if (before.status !== 'requires_capture') {
    throw invalidRequest(
      `This PaymentIntent could not be captured because it has a status of ${before.status}. Only a PaymentIntent with one of the following statuses may be captured: requires_capture.`,
      undefined,
      'payment_intent_unexpected_state',
    );
  }
  const amount = amountToCapture ?? before.amount;
  if (amount < 1 || amount > before.amount) {
    throw invalidRequest(
      `The remaining amount that can be captured on this PaymentIntent is ${before.amount}.`,
      'amount_to_capture',
      'amount_too_large',
    );
  }
  const charge = before.latest_charge ? world.store.get('charge', before.latest_charge) : undefined;
  const intent = world.store.put('payment_intent', {
    ...before,
    amount_capturable: 0,
    amount_received: amount,
    status: 'succeeded',
  });
  if (charge) {
    const captured = world.store.put('charge', {
      ...charge,
      amount_captured: amount,
      amount_refunded: before.amount - amount,
      captured: true,
    });
    emitChange(world, 'charge.captured', { before: charge, after: captured });
  }
  emit(world, 'payment_intent.succeeded', intent);
  return intent;
}
