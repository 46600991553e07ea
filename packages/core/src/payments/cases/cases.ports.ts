import type { Id, InvoiceId, OrganizationId } from '../../shared/ids.ts';
import type { UnitOfWork } from '../../shared/unit-of-work.ts';
import type { MirrorTx } from '../mirror.ports.ts';
import type { SyncDeps } from '../sync-organization.ts';

/** A line of an invoice that its organization questions. */
export interface CaseRecord {
  id: Id<'dispute'>;
  invoiceId: InvoiceId;
  lineId: Id<'invoiceLine'>;
  status: 'open' | 'credited' | 'refused';
  reason: string;
  resolution: string | null;
  openedBy: string;
  openedAt: Date;
  resolvedBy: string | null;
  resolvedAt: Date | null;
  /** Fixed before Stripe is asked, so that a repeated attempt asks for the same. */
  creditedMinor: bigint | null;
  stripeCreditNoteId: string | null;
}

export interface CaseRepository {
  find(organizationId: OrganizationId, id: Id<'dispute'>): Promise<CaseRecord | null>;
  findByLine(organizationId: OrganizationId, lineId: Id<'invoiceLine'>): Promise<CaseRecord | null>;
  /** In the order they were opened. */
  listByInvoice(organizationId: OrganizationId, invoiceId: InvoiceId): Promise<CaseRecord[]>;
  save(organizationId: OrganizationId, record: CaseRecord): Promise<void>;
}

export interface CaseTx extends MirrorTx {
  cases: CaseRepository;
}

export interface CaseDeps extends Omit<SyncDeps, 'unitOfWork'> {
  unitOfWork: UnitOfWork<CaseTx>;
}
