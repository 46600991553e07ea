import type { InvoiceId, OrganizationId } from '../../shared/ids.ts';
import type { CaseView } from './case.schemas.ts';
import { toCaseView } from './case-view.ts';
import type { CaseDeps } from './cases.ports.ts';

/** What the organization has questioned on one invoice, and the answers; empty for an invoice of somebody else. */
export async function listInvoiceCases(
  deps: Pick<CaseDeps, 'unitOfWork'>,
  { organizationId, invoiceId }: { organizationId: OrganizationId; invoiceId: InvoiceId },
): Promise<CaseView[]> {
  const records = await deps.unitOfWork.run(organizationId, (tx) =>
    tx.cases.listByInvoice(organizationId, invoiceId),
  );
  return records.map(toCaseView);
}
