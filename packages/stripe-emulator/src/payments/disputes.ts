import { emit, emitChange } from '../events/emit.ts';
import { blankDispute } from '../shapes/payments.ts';
import type { ChargeRow } from '../store/rows.ts';
import { newId } from '../wire/ids.ts';
import type { World } from '../world.ts';

const RESPONSE_SECONDS = 7 * 86_400;

/** A disputed charge: the money is withdrawn until the dispute is decided. */
export function openDispute(world: World, charge: ChargeRow, reason: string): void {
  const dispute = world.store.put('dispute', {
    ...blankDispute,
    id: newId('du'),
    amount: charge.amount,
    charge: charge.id,
    created: charge.created,
    currency: charge.currency,
    evidence_details: {
      due_by: charge.created + RESPONSE_SECONDS,
      enhanced_eligibility: {},
      has_evidence: false,
      past_due: false,
      submission_count: 0,
      submission_method: 'manual',
    },
    is_charge_refundable: false,
    metadata: {},
    payment_intent: charge.payment_intent,
    reason,
    status: 'needs_response',
  });
  const disputed = world.store.put('charge', { ...charge, disputed: true });
  emit(world, 'charge.dispute.created', dispute);
  emit(world, 'charge.dispute.funds_withdrawn', dispute);
  emitChange(world, 'charge.updated', { before: charge, after: disputed });
}
