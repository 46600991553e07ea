import type { Actor } from '../shared/actor.ts';
import type { AuditLog } from '../shared/audit.ts';
import { type ComparedField, compareFields } from '../shared/compared-field.ts';
import type { IdSource, OrganizationId } from '../shared/ids.ts';
import type { PaymentReversals } from './invoice-snapshot.ts';
import type { InvoiceEventKind, InvoiceEventRecord, InvoiceRepository } from './invoices.ports.ts';

type Reversal = Omit<InvoiceEventRecord, 'id'> & { detail: { stripeId: string } };

/**
 * Adds refunds and contested payments to the history of the invoice that was paid. Each of them is one entry per
 * outcome, however many events tell of it; the invoice itself stays paid.
 */
export async function applyReversals(
  deps: { invoices: InvoiceRepository; audit: AuditLog; ids: IdSource },
  input: { organizationId: OrganizationId; actor: Actor; reversals: PaymentReversals },
): Promise<ComparedField[]> {
  const { organizationId, actor, reversals } = input;
  if (reversals.stripeInvoiceId === null) return [];
  const invoice = await deps.invoices.findByStripeId(organizationId, reversals.stripeInvoiceId);
  if (invoice === null) return [];
  const known = await deps.invoices.listEvents(organizationId, invoice.id);
  const fresh = entriesOf(reversals).filter(
    (entry) =>
      !known.some(({ kind, detail }) => kind === entry.kind && detail.stripeId === entry.detail.stripeId),
  );
  const refundedMinor = refundedOf(reversals);
  const compared = compareFields(
    `invoice ${invoice.stripeInvoiceId}`,
    { refundedMinor: invoice.refundedMinor },
    { refundedMinor },
  );
  if (fresh.length === 0 && refundedMinor === invoice.refundedMinor) return compared;
  await deps.invoices.save(organizationId, { ...invoice, refundedMinor });
  await deps.invoices.addEvents(
    organizationId,
    invoice.id,
    fresh.map((entry) => ({ ...entry, id: deps.ids.next() })),
  );
  await deps.audit.append({
    organizationId,
    actor,
    action: 'invoice.reversed',
    target: { kind: 'invoice', id: invoice.id },
    before: { refundedMinor: invoice.refundedMinor.toString() },
    after: {
      refundedMinor: refundedMinor.toString(),
      entries: fresh.map(({ kind, detail }) => ({ kind, ...detail })),
    },
  });
  return compared;
}

/** A refund that waits for the bank counts: the money has left. */
function refundedOf({ refunds }: PaymentReversals): bigint {
  const counting = refunds.filter(({ status }) => status !== 'failed');
  return counting.reduce((sum, { amountMinor }) => sum + amountMinor, 0n);
}

function entriesOf({ refunds, disputes }: PaymentReversals): Reversal[] {
  return [
    ...refunds.map(({ stripeRefundId, status, ...refund }) =>
      entry(status === 'failed' ? 'refund_failed' : 'refunded', { ...refund, stripeId: stripeRefundId }),
    ),
    ...disputes.flatMap(({ stripeDisputeId, outcome, ...dispute }) => {
      const about = { ...dispute, stripeId: stripeDisputeId };
      const opened = entry('dispute_opened', about);
      if (outcome === 'open') return [opened];
      return [opened, entry(outcome === 'won' ? 'dispute_won' : 'dispute_lost', about)];
    }),
  ];
}

function entry(
  kind: InvoiceEventKind,
  about: { stripeId: string; amountMinor: bigint; reason: string | null; createdAt: Date },
): Reversal {
  const { stripeId, amountMinor, reason, createdAt } = about;
  return { kind, at: createdAt, detail: { stripeId, amountMinor: amountMinor.toString(), reason } };
}
