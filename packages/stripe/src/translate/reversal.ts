import type { DisputeSnapshot, RefundSnapshot } from '@metergate/core/invoices/invoice-snapshot';
import type Stripe from 'stripe';
import { amountFromStripe } from '../amounts.ts';
import { currencyFromStripe, requireInstant, shapeUnknown } from './values.ts';

const refundStatus: Readonly<Record<string, RefundSnapshot['status']>> = {
  pending: 'pending',
  requires_action: 'pending',
  succeeded: 'succeeded',
  failed: 'failed',
  canceled: 'failed',
};

export function refundFromStripe(refund: Stripe.Refund): RefundSnapshot {
  const status = refundStatus[refund.status ?? 'pending'];
  if (status === undefined) throw shapeUnknown('refund.status', refund.status ?? 'null');
  return {
    stripeRefundId: refund.id,
    amountMinor: amountFromStripe(refund.amount, currencyFromStripe(refund.currency)),
    status,
    reason: refund.reason,
    createdAt: requireInstant(refund.created, 'refund.created'),
  };
}

/** An inquiry takes no money; when it is closed without becoming more, the payment stands. */
export function disputeFromStripe(dispute: Stripe.Dispute): DisputeSnapshot {
  return {
    stripeDisputeId: dispute.id,
    amountMinor: amountFromStripe(dispute.amount, currencyFromStripe(dispute.currency)),
    outcome: outcomeOf(dispute.status),
    reason: dispute.reason,
    createdAt: requireInstant(dispute.created, 'dispute.created'),
  };
}

function outcomeOf(status: Stripe.Dispute['status']): DisputeSnapshot['outcome'] {
  if (status === 'lost') return 'lost';
  return status === 'won' || status === 'warning_closed' || status === 'prevented' ? 'won' : 'open';
}
