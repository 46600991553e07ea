import type { InvoiceSnapshot } from './invoice-snapshot.ts';
import type { InvoiceEventRecord } from './invoices.ports.ts';

type HistoryEntry = Omit<InvoiceEventRecord, 'id'>;

/**
 * What happened to an invoice, read off its state, without what is known already. Events arrive in any order and
 * more than once; the state has each moment once.
 */
export function invoiceHistory(
  snapshot: InvoiceSnapshot,
  known: readonly Pick<InvoiceEventRecord, 'kind' | 'detail'>[],
  readAt: Date,
): HistoryEntry[] {
  const happened: (HistoryEntry | null)[] = [
    entry('created', snapshot.createdAt),
    entry('finalized', snapshot.issuedAt, { totalMinor: snapshot.totalMinor.toString() }),
    failedAttempt(snapshot, readAt),
    snapshot.requiresAction ? entry('action_required', snapshot.issuedAt) : null,
    entry('paid', snapshot.paidAt, { amountMinor: snapshot.amountPaidMinor.toString() }),
    entry('voided', snapshot.voidedAt),
    entry('marked_uncollectible', snapshot.uncollectibleAt),
  ];
  return happened.filter((candidate) => candidate !== null).filter((candidate) => !isKnown(candidate, known));
}

function entry(
  kind: HistoryEntry['kind'],
  at: Date | null,
  detail: HistoryEntry['detail'] = {},
): HistoryEntry | null {
  return at === null ? null : { kind, at, detail };
}

/** One entry per attempt. Stripe keeps no instants of them: the first follows finalization, others when seen. */
function failedAttempt(snapshot: InvoiceSnapshot, readAt: Date): HistoryEntry | null {
  const { attemptCount, lastFailure, status, issuedAt } = snapshot;
  if (status !== 'open' || attemptCount === 0) return null;
  return entry('attempt_failed', attemptCount === 1 ? issuedAt : readAt, {
    attempt: attemptCount,
    code: lastFailure?.code ?? null,
  });
}

function isKnown(
  candidate: HistoryEntry,
  known: readonly Pick<InvoiceEventRecord, 'kind' | 'detail'>[],
): boolean {
  return known.some(
    ({ kind, detail }) => kind === candidate.kind && detail.attempt === candidate.detail.attempt,
  );
}
