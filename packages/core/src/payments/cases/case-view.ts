import { toPublicId } from '../../shared/ids.ts';
import type { CaseView } from './case.schemas.ts';
import type { CaseRecord } from './cases.ports.ts';

export function toCaseView(record: CaseRecord): CaseView {
  return {
    id: toPublicId('dispute', record.id),
    invoiceId: toPublicId('invoice', record.invoiceId),
    lineId: toPublicId('invoiceLine', record.lineId),
    status: record.status,
    reason: record.reason,
    resolution: record.resolution,
    creditedMinor: record.status === 'credited' ? (record.creditedMinor?.toString() ?? null) : null,
    openedBy: record.openedBy,
    openedAt: record.openedAt.toISOString(),
    resolvedAt: record.resolvedAt?.toISOString() ?? null,
  };
}
