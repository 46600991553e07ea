import type { InvoiceRecord } from '../../invoices/invoices.ports.ts';
import type { Actor } from '../../shared/actor.ts';
import { actorText } from '../../shared/actor-text.ts';
import { authorize } from '../../shared/authorize.ts';
import { type Id, notFound, type OrganizationId, toPublicId } from '../../shared/ids.ts';
import { syncFromStripe } from '../sync-organization.ts';
import { caseClosed, creditTooHigh } from './case.errors.ts';
import type { CaseDeps, CaseRecord, CaseTx } from './cases.ports.ts';

export interface ResolveCaseRequest {
  actor: Actor;
  organizationId: OrganizationId;
  caseId: Id<'dispute'>;
  /** What the organization reads. */
  reason: string;
}

/**
 * Gives back the line or a part of it by a credit note. The amount is stored before Stripe is asked and the note
 * carries the case's id, so a repeated or interrupted attempt ends in one note over the first amount.
 * @throws NOT_FOUND, CASE_CLOSED, CREDIT_TOO_HIGH, STRIPE_UNAVAILABLE
 */
export async function creditCase(
  deps: CaseDeps,
  request: ResolveCaseRequest & { amountMinor: bigint | null },
): Promise<CaseRecord> {
  const { actor, organizationId, caseId, reason } = request;
  authorize(actor, { staff: 'billing_ops' });
  const { record, invoice, knownNoteId } = await deps.unitOfWork.run(organizationId, (tx) =>
    fixCredit(tx, request),
  );
  if (record.status === 'credited') return record;
  const amountMinor = record.creditedMinor ?? 0n;
  const note = knownNoteId ?? (await issueNote(deps, { record, invoice, amountMinor, reason }));
  const resolved = await deps.unitOfWork.run(organizationId, async (tx) => {
    const resolution = { status: 'credited' as const, stripeCreditNoteId: note };
    const next = await close(deps, tx, { ...request, record, ...resolution });
    await tx.audit.append({
      organizationId,
      actor,
      action: 'case.credited',
      target: { kind: 'case', id: caseId },
      reason,
      after: { amountMinor: amountMinor.toString(), currency: invoice.currency, creditNote: note },
    });
    return next;
  });
  const scope = { invoices: [invoice.stripeInvoiceId], creditNotes: [note], subscriptions: true };
  await syncFromStripe(deps, { actor, organizationId, scope });
  return resolved;
}

/** Lets the line stand, with a reason. Refusing twice changes nothing. @throws NOT_FOUND, CASE_CLOSED */
export async function refuseCase(deps: CaseDeps, request: ResolveCaseRequest): Promise<CaseRecord> {
  const { actor, organizationId, caseId, reason } = request;
  authorize(actor, { staff: 'billing_ops' });
  return deps.unitOfWork.run(organizationId, async (tx) => {
    await tx.billingAccounts.lock(organizationId);
    const record = await requireCase(tx, organizationId, caseId);
    if (record.status === 'refused') return record;
    // A credit that was begun may exist at Stripe already.
    if (record.status !== 'open' || record.creditedMinor !== null) throw caseClosed('credited');
    const next = await close(deps, tx, { ...request, record, status: 'refused', stripeCreditNoteId: null });
    await tx.invoices.addEvents(organizationId, record.invoiceId, [
      {
        id: deps.ids.next(),
        at: deps.clock.now(),
        kind: 'line_question_refused',
        detail: { resolution: reason },
      },
    ]);
    await tx.audit.append({
      organizationId,
      actor,
      action: 'case.refused',
      target: { kind: 'case', id: caseId },
      reason,
    });
    return next;
  });
}

async function fixCredit(tx: CaseTx, request: ResolveCaseRequest & { amountMinor: bigint | null }) {
  const { organizationId, caseId } = request;
  await tx.billingAccounts.lock(organizationId);
  const record = await requireCase(tx, organizationId, caseId);
  const invoice = await tx.invoices.findById(organizationId, record.invoiceId);
  if (invoice === null) throw notFound('invoice');
  if (record.status === 'refused') throw caseClosed(record.status);
  const notes = await tx.creditNotes.listByInvoice(organizationId, invoice.id);
  const known = notes.find(({ reason }) => reason?.includes(toPublicId('dispute', caseId)));
  const knownNoteId = known?.stripeCreditNoteId ?? null;
  if (record.creditedMinor !== null) return { record, invoice, knownNoteId };
  const lines = await tx.invoices.listLines(organizationId, invoice.id);
  const charged = lines.find(({ id }) => id === record.lineId)?.amountMinor ?? 0n;
  const creditedMinor = request.amountMinor ?? charged;
  const issued = notes.filter(({ status }) => status === 'issued');
  const credited = issued.reduce((sum, { amountMinor }) => sum + amountMinor, 0n);
  const isPossible = creditedMinor > 0n && creditedMinor <= charged;
  if (!isPossible || creditedMinor > invoice.totalMinor - credited) throw creditTooHigh();
  const fixed = { ...record, creditedMinor };
  await tx.cases.save(organizationId, fixed);
  return { record: fixed, invoice, knownNoteId };
}

async function issueNote(
  deps: CaseDeps,
  note: { record: CaseRecord; invoice: InvoiceRecord; amountMinor: bigint; reason: string },
): Promise<string> {
  const id = toPublicId('dispute', note.record.id);
  const { stripeCreditNoteId } = await deps.gateway.issueCreditNote({
    stripeInvoiceId: note.invoice.stripeInvoiceId,
    amountMinor: note.amountMinor,
    // Nothing that another attempt may word differently: under one key the parameters never vary.
    reason: `Questioned line (case ${id})`,
    idempotencyKey: `case:${note.record.id}:credit`,
  });
  return stripeCreditNoteId;
}

async function close(
  deps: CaseDeps,
  tx: CaseTx,
  input: ResolveCaseRequest &
    Pick<CaseRecord, 'stripeCreditNoteId'> & {
      record: CaseRecord;
      status: 'credited' | 'refused';
    },
): Promise<CaseRecord> {
  const { actor, organizationId, record, status, reason, stripeCreditNoteId } = input;
  const next: CaseRecord = {
    ...record,
    status,
    stripeCreditNoteId,
    resolution: reason,
    resolvedBy: actorText(actor),
    resolvedAt: deps.clock.now(),
  };
  await tx.cases.save(organizationId, next);
  return next;
}

async function requireCase(
  tx: CaseTx,
  organizationId: OrganizationId,
  caseId: Id<'dispute'>,
): Promise<CaseRecord> {
  const record = await tx.cases.find(organizationId, caseId);
  if (record === null) throw notFound('case');
  return record;
}
