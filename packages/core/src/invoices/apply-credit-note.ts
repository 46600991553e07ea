import type { Actor } from '../shared/actor.ts';
import type { AuditLog } from '../shared/audit.ts';
import { type ComparedField, compareFields, differences } from '../shared/compared-field.ts';
import { asId, type IdSource, type OrganizationId } from '../shared/ids.ts';
import type { CreditNoteSnapshot } from './invoice-snapshot.ts';
import type { CreditNoteRecord, CreditNoteRepository, InvoiceRepository } from './invoices.ports.ts';

export interface ApplyCreditNoteDeps {
  invoices: InvoiceRepository;
  creditNotes: CreditNoteRepository;
  audit: AuditLog;
  ids: IdSource;
}

/** Mirrors one credit note; its invoice must be mirrored before. Twice is once: one note reduces an invoice once. */
export async function applyCreditNote(
  deps: ApplyCreditNoteDeps,
  input: { organizationId: OrganizationId; actor: Actor; snapshot: CreditNoteSnapshot },
): Promise<ComparedField[]> {
  const { organizationId, actor, snapshot } = input;
  const invoice = await deps.invoices.findByStripeId(organizationId, snapshot.stripeInvoiceId);
  if (invoice === null) return [];
  const local = await deps.creditNotes.findByStripeId(organizationId, snapshot.stripeCreditNoteId);
  const next: CreditNoteRecord = {
    id: local?.id ?? asId('creditNote', deps.ids.next()),
    invoiceId: invoice.id,
    stripeCreditNoteId: snapshot.stripeCreditNoteId,
    number: snapshot.number,
    amountMinor: snapshot.amountMinor,
    currency: snapshot.currency,
    reason: snapshot.reason,
    status: snapshot.status,
    createdAt: snapshot.createdAt,
  };
  const compared = compareFields(
    `credit_note ${snapshot.stripeCreditNoteId}`,
    local === null ? null : fieldsOf(local),
    fieldsOf(next),
  );
  if (differences(compared).length === 0) return compared;
  await deps.creditNotes.save(organizationId, next);
  if (local === null) {
    const event = { id: deps.ids.next(), at: snapshot.createdAt, kind: 'credit_note_issued' as const };
    await deps.invoices.addEvents(organizationId, invoice.id, [
      { ...event, detail: { number: snapshot.number, amountMinor: snapshot.amountMinor.toString() } },
    ]);
  }
  await deps.audit.append({
    organizationId,
    actor,
    action: local === null ? 'credit_note.issued' : 'credit_note.changed',
    target: { kind: 'credit_note', id: next.id },
    after: { number: next.number, status: next.status, amountMinor: next.amountMinor.toString() },
  });
  return compared;
}

function fieldsOf(note: CreditNoteRecord) {
  return { number: note.number, status: note.status, amountMinor: note.amountMinor, currency: note.currency };
}
