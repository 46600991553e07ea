import { canInvoice } from '../../invoices/invoice-lifecycle.ts';
import type { Actor } from '../../shared/actor.ts';
import { actorText } from '../../shared/actor-text.ts';
import { authorize } from '../../shared/authorize.ts';
import { asId, type Id, type InvoiceId, notFound, type OrganizationId } from '../../shared/ids.ts';
import { lineNotDisputable } from './case.errors.ts';
import type { CaseDeps, CaseRecord } from './cases.ports.ts';

/**
 * Questions a line. There is one case per line: asking again answers the case it has. Written on the invoice's
 * timeline and the audit log with it. @throws NOT_FOUND, LINE_NOT_DISPUTABLE
 */
export async function openCase(
  deps: CaseDeps,
  request: {
    actor: Actor;
    organizationId: OrganizationId;
    invoiceId: InvoiceId;
    lineId: Id<'invoiceLine'>;
    reason: string;
  },
): Promise<{ record: CaseRecord; isNew: boolean }> {
  const { actor, organizationId, invoiceId, lineId, reason } = request;
  authorize(actor, { members: ['owner', 'admin'], scope: 'billing:write' });
  return deps.unitOfWork.run(organizationId, async (tx) => {
    await tx.billingAccounts.lock(organizationId);
    const invoice = await tx.invoices.findById(organizationId, invoiceId);
    if (invoice === null) throw notFound('invoice');
    const lines = await tx.invoices.listLines(organizationId, invoiceId);
    const line = lines.find(({ id }) => id === lineId);
    if (line === undefined) throw notFound('line');
    const existing = await tx.cases.findByLine(organizationId, lineId);
    if (existing !== null) return { record: existing, isNew: false };
    const { allowed, reason: refusal } = canInvoice(invoice, 'dispute');
    if (!allowed) throw lineNotDisputable(refusal ?? 'This line cannot be questioned.');
    if (line.amountMinor <= 0n) throw lineNotDisputable('This line charges nothing.');
    const openedAt = deps.clock.now();
    const record: CaseRecord = {
      id: asId('dispute', deps.ids.next()),
      invoiceId,
      lineId,
      status: 'open',
      reason,
      resolution: null,
      openedBy: actorText(actor),
      openedAt,
      resolvedBy: null,
      resolvedAt: null,
      creditedMinor: null,
      stripeCreditNoteId: null,
    };
    await tx.cases.save(organizationId, record);
    const detail = { description: line.description, amountMinor: line.amountMinor.toString() };
    await tx.invoices.addEvents(organizationId, invoiceId, [
      { id: deps.ids.next(), at: openedAt, kind: 'line_questioned', detail },
    ]);
    await tx.audit.append({
      organizationId,
      actor,
      action: 'invoice_line.questioned',
      target: { kind: 'case', id: record.id },
      reason,
      after: { ...detail, invoiceId, lineId },
    });
    return { record, isNew: true };
  });
}
