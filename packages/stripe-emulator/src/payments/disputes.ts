import { emit, emitChange } from '../events/emit.ts';
import { blankDispute } from '../shapes/payments.ts';
import type { ChargeRow, Row } from '../store/rows.ts';
import { invalidRequest } from '../wire/errors.ts';
import { newId } from '../wire/ids.ts';
import type { World } from '../world.ts';

const RESPONSE_SECONDS = 7 * 86_400;

/** A disputed charge: the money is withdrawn until the dispute is decided; an inquiry withdraws nothing. */
export function openDispute(
  world: World,
  charge: ChargeRow,
  { reason, isInquiry }: { reason: string; isInquiry: boolean },
): void {
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
    is_charge_refundable: isInquiry,
    metadata: {},
    payment_intent: charge.payment_intent,
    reason,
    status: isInquiry ? 'warning_needs_response' : 'needs_response',
  });
  const disputed = world.store.put('charge', { ...charge, disputed: true });
  emit(world, 'charge.dispute.created', dispute);
  if (!isInquiry) emit(world, 'charge.dispute.funds_withdrawn', dispute);
  emitChange(world, 'charge.updated', { before: charge, after: disputed });
}

/**
 * What the bank decides. In Stripe's test mode the evidence text `winning_evidence` wins and `losing_evidence`
 * loses; anything else stays under review.
 */
export function decideDispute(world: World, before: Row, isWon: boolean): Row {
  if (isDecided(before)) {
    throw invalidRequest('This dispute is already closed.', undefined, 'dispute_already_closed');
  }
  const isInquiry = String(before.status).startsWith('warning_');
  const status = isInquiry ? 'warning_closed' : isWon ? 'won' : 'lost';
  const after = world.store.put('dispute', { ...before, status, is_charge_refundable: false });
  emit(world, 'charge.dispute.closed', after);
  if (isWon && !isInquiry) emit(world, 'charge.dispute.funds_reinstated', after);
  return after;
}

export function isDecided(dispute: Row): boolean {
  return ['won', 'lost', 'warning_closed'].includes(String(dispute.status));
}
