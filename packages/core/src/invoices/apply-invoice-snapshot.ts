import { parseLookupKey } from '../catalog/lookup-key.ts';
import type { Actor } from '../shared/actor.ts';
import type { AuditLog } from '../shared/audit.ts';
import {
  type ComparableFields,
  type ComparedField,
  compareFields,
  differences,
} from '../shared/compared-field.ts';
import {
  asId,
  type IdSource,
  type InvoiceId,
  type OrganizationId,
  type SubscriptionId,
} from '../shared/ids.ts';
import type { OutgoingMessages } from '../shared/outgoing-messages.ts';
import { changesFinalBill, withBillOf } from './final-bill.ts';
import { invoiceHistory } from './invoice-history.ts';
import { invoiceMessages } from './invoice-messages.ts';
import type { InvoiceLineSnapshot, InvoiceSnapshot } from './invoice-snapshot.ts';
import type { InvoiceLineRecord, InvoiceRecord, InvoiceRepository } from './invoices.ports.ts';

export interface ApplyInvoiceDeps {
  invoices: InvoiceRepository;
  audit: AuditLog;
  messages: OutgoingMessages;
  ids: IdSource;
  /** Our subscription of a Stripe id; null for an invoice of none, or of one that is not ours. */
  subscriptionOf: (stripeSubscriptionId: string) => Promise<{ id: SubscriptionId; family: string } | null>;
}

export interface ApplyInvoiceInput {
  organizationId: OrganizationId;
  actor: Actor;
  snapshot: InvoiceSnapshot;
  readAt: Date;
  /** Decides against what is stored. */
  reading: bigint;
  /** A person decided that Stripe's amounts count, also where a final invoice differs. */
  takesBills?: boolean | undefined;
}

/** Statuses no reading can lead out of. */
const finalStatuses: ReadonlySet<InvoiceRecord['status']> = new Set<InvoiceRecord['status']>([
  'paid',
  'void',
]);

/**
 * Makes our invoice, its lines and its history equal to what was read. Idempotent; an older reading changes nothing.
 * A paid invoice is not a conversion by itself: the first invoice of a trial is paid with nothing. Another bill than the
 * one that was final already is shown as different and kept, unless a person takes it.
 */
export async function applyInvoiceSnapshot(
  deps: ApplyInvoiceDeps,
  input: ApplyInvoiceInput,
): Promise<ComparedField[]> {
  const { organizationId, snapshot, reading } = input;
  const local = await deps.invoices.findByStripeId(organizationId, snapshot.stripeInvoiceId);
  if (local !== null && local.reading > reading) return [];
  if (local !== null && finalStatuses.has(local.status) && !finalStatuses.has(snapshot.status)) return [];
  const next = await invoiceFromSnapshot(deps, input, local);
  const compared = compareFields(
    `invoice ${snapshot.stripeInvoiceId}`,
    local === null
      ? null
      : { ...invoiceFields(local), ...(await storedLines(deps, organizationId, local.id)) },
    { ...invoiceFields(next), ...lineFields(snapshot.lines) },
  );
  const isKept = local !== null && input.takesBills !== true && changesFinalBill(local, compared);
  await persist(deps, input, { local, next: isKept ? withBillOf(local, next) : next });
  const changes = differences(compared);
  if (changes.length > 0 && local?.status !== next.status) await auditStatus(deps, input, { local, next });
  return compared;
}

async function persist(
  deps: ApplyInvoiceDeps,
  { organizationId, snapshot, readAt }: ApplyInvoiceInput,
  { local, next }: { local: InvoiceRecord | null; next: InvoiceRecord },
): Promise<void> {
  // Lines freeze when the status leaves draft, so a new invoice enters as a draft, gets its lines, then its status.
  if (local === null) await deps.invoices.save(organizationId, { ...next, status: 'draft' });
  const stored = await deps.invoices.listLines(organizationId, next.id);
  if (mayWriteLines(local, { stored, lines: snapshot.lines })) {
    await deps.invoices.saveLines(
      organizationId,
      next.id,
      linesFromSnapshot(snapshot.lines, stored, deps.ids),
    );
  }
  await deps.invoices.save(organizationId, next);
  const known = await deps.invoices.listEvents(organizationId, next.id);
  const events = invoiceHistory(snapshot, known, readAt).map((event) => ({ ...event, id: deps.ids.next() }));
  await deps.invoices.addEvents(organizationId, next.id, events);
  const told = { organizationId, events, isKnown: local !== null, readAt };
  for (const message of invoiceMessages(next, told)) await deps.messages.add(message);
}

/** Lines of a final invoice stay as they are; other ones beside them would charge twice on paper. */
function mayWriteLines(
  local: InvoiceRecord | null,
  { stored, lines }: { stored: readonly InvoiceLineRecord[]; lines: readonly InvoiceLineSnapshot[] },
): boolean {
  if (local === null || local.status === 'draft' || stored.length === 0) return true;
  return lineFields(stored).lines === lineFields(lines).lines;
}

async function invoiceFromSnapshot(
  deps: ApplyInvoiceDeps,
  { snapshot, readAt, reading }: ApplyInvoiceInput,
  local: InvoiceRecord | null,
): Promise<InvoiceRecord> {
  const { stripeSubscriptionId } = snapshot;
  const subscription = stripeSubscriptionId === null ? null : await deps.subscriptionOf(stripeSubscriptionId);
  const { stripeCustomerId, isLive, uncollectibleAt, requiresAction, lines, createdAt, ...facts } = snapshot;
  const { stripeSubscriptionId: _reference, ...rest } = facts;
  return {
    ...rest,
    id: local?.id ?? asId('invoice', deps.ids.next()),
    subscriptionId: subscription?.id ?? null,
    family: subscription?.family ?? familyOf(lines),
    stripeCreatedAt: createdAt,
    syncedAt: readAt,
    reading,
    refundedMinor: local?.refundedMinor ?? 0n,
  };
}

function familyOf(lines: readonly InvoiceLineSnapshot[]): string | null {
  for (const { priceKey } of lines) {
    const family = priceKey === null ? undefined : parseLookupKey(priceKey)?.family;
    if (family !== undefined) return family;
  }
  return null;
}

/** Keeps our own ids and explanations of lines that are known already. */
function linesFromSnapshot(
  lines: readonly InvoiceLineSnapshot[],
  stored: readonly InvoiceLineRecord[],
  ids: IdSource,
): InvoiceLineRecord[] {
  return lines.map(({ metadata, ...line }) => {
    const known = stored.find(({ stripeLineId }) => stripeLineId === line.stripeLineId);
    return {
      ...line,
      id: known?.id ?? asId('invoiceLine', ids.next()),
      clientId: known?.clientId ?? metadata.metergate_client ?? null,
      explanation: known?.explanation ?? null,
    };
  });
}

async function auditStatus(
  deps: ApplyInvoiceDeps,
  { organizationId, actor }: ApplyInvoiceInput,
  { local, next }: { local: InvoiceRecord | null; next: InvoiceRecord },
): Promise<void> {
  await deps.audit.append({
    organizationId,
    actor,
    action: 'invoice.status_changed',
    target: { kind: 'invoice', id: next.id },
    before: { status: local?.status ?? null },
    after: {
      status: next.status,
      number: next.number,
      currency: next.currency,
      totalMinor: next.totalMinor.toString(),
      amountRemainingMinor: next.amountRemainingMinor.toString(),
    },
  });
}

async function storedLines(
  deps: ApplyInvoiceDeps,
  organizationId: OrganizationId,
  id: InvoiceId,
): Promise<ComparableFields> {
  return lineFields(await deps.invoices.listLines(organizationId, id));
}

function lineFields(
  lines: readonly Pick<InvoiceLineSnapshot, 'stripeLineId' | 'amountMinor'>[],
): ComparableFields {
  return {
    lines: lines
      .map(({ stripeLineId, amountMinor }) => `${stripeLineId} ${amountMinor}`)
      .toSorted()
      .join(', '),
  };
}

/** The fields that must equal Stripe's. The addresses of pages carry tokens that change by themselves. */
function invoiceFields(invoice: InvoiceRecord): ComparableFields {
  const { hostedUrl, pdfUrl, id, syncedAt, reading, refundedMinor, ...rest } = invoice;
  const { lastFailure, subscriptionId, family, ...fields } = rest;
  return { ...fields, subscription: subscriptionId, lastFailure: lastFailure?.code ?? null };
}
