import { emit, emitChange } from '../events/emit.ts';
import { blankRefund } from '../shapes/payments.ts';
import type { ChargeRow, Row } from '../store/rows.ts';
import { invalidRequest } from '../wire/errors.ts';
import { newId } from '../wire/ids.ts';
import { customerNow, type World } from '../world.ts';

/** Gives back part or all of what a charge took; never more than is left of it. */
export function refundCharge(
  world: World,
  before: ChargeRow,
  { amount, reason, metadata }: { amount: number; reason: string | null; metadata: Record<string, string> },
): Row {
  const left = before.amount - before.amount_refunded;
  if (!before.paid) throw invalidRequest('This charge was not paid and cannot be refunded.', 'charge');
  if (left === 0) {
    throw invalidRequest(
      `Charge ${before.id} has already been refunded.`,
      undefined,
      'charge_already_refunded',
    );
  }
  if (amount < 1 || amount > left) {
    throw invalidRequest(
      `Refund amount (${amount}) is greater than unrefunded amount on charge (${left})`,
      'amount',
    );
  }
  const refund = world.store.put('refund', {
    ...blankRefund,
    id: newId('re'),
    amount,
    charge: before.id,
    created: customerNow(world, before.customer),
    currency: before.currency,
    destination_details: {
      card: { reference_status: 'pending', reference_type: 'acquirer_reference_number', type: 'refund' },
      type: 'card',
    },
    metadata,
    payment_intent: before.payment_intent,
    payment_method: before.payment_method,
    reason,
    status: 'succeeded',
  });
  const after = world.store.put('charge', {
    ...before,
    amount_refunded: before.amount_refunded + amount,
    refunded: amount === left,
  });
  emitChange(world, 'charge.refunded', { before, after });
  emit(world, 'refund.created', refund);
  return refund;
}
