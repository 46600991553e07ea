import type { OverrideHistory } from '../../rating/segments/dated-override.ts';
import type { OrganizationId } from '../../shared/ids.ts';
import type { Quantity } from '../../shared/money/quantity.ts';
import type { Period } from '../../shared/time/period.ts';
import type { UnitOfWork } from '../../shared/unit-of-work.ts';
import type { UsageReader } from '../../usage/reading/usage-reading.ports.ts';
import type { MirrorTx } from '../mirror.ports.ts';
import type { PaymentGateway } from '../payment-gateway.ports.ts';
import type { SyncDeps } from '../sync-organization.ts';
import type { UsageReportLooks } from './usage-report-looks.ports.ts';

/**
 * What Stripe was or was not told about one meter in one hour. `withheld` records by how much an hour shrank after it
 * was told (negative): a meter takes nothing back, so the difference is settled on the invoice. `refused` was taken and
 * then not counted; it becomes `replaced` when it was told again under a new name, `settled` when its month was billed.
 */
export interface UsageReportRecord {
  id: string;
  meter: string;
  /** The closed hour, cut where a billing period begins or ends within it. */
  hour: Period;
  quantity: Quantity;
  /** Names this report for ever, at Stripe too. */
  identifier: string;
  status: 'pending' | 'sent' | 'failed' | 'withheld' | 'refused' | 'replaced' | 'settled';
  sentAt: Date | null;
  /** Stripe's code for why, and when we learnt of it; kept whatever becomes of the report. */
  refusal: string | null;
  refusedAt: Date | null;
}

export interface UsageReportRepository {
  /** Of hours that begin within the span, oldest first; of one hour in the order they were made. */
  list(
    organizationId: OrganizationId,
    reported: { meter: string; span: Period },
  ): Promise<UsageReportRecord[]>;
  insert(organizationId: OrganizationId, report: UsageReportRecord): Promise<void>;
  /** `at` null = given up. */
  settle(organizationId: OrganizationId, identifier: string, at: Date | null): Promise<void>;
  /** False when there is no such report, or its refusal was noted before: each report is refused once. */
  refuse(
    organizationId: OrganizationId,
    identifier: string,
    why: { code: string; at: Date },
  ): Promise<boolean>;
  find(organizationId: OrganizationId, id: string): Promise<UsageReportRecord | null>;
  /** Those that Stripe refused and nothing has replaced, newest hour first, at most 200. */
  listRefused(organizationId: OrganizationId): Promise<UsageReportRecord[]>;
  /** False when it is not refused any more: somebody was faster. */
  endRefusal(
    organizationId: OrganizationId,
    id: string,
    status: 'replaced' | 'sent' | 'settled',
  ): Promise<boolean>;
}

export interface ReportUsageTx extends MirrorTx {
  overrideHistory: OverrideHistory;
  usageReports: UsageReportRepository;
  usageReportLooks: UsageReportLooks;
}

export interface ReportUsageDeps extends Pick<SyncDeps, 'clock' | 'ids' | 'families'> {
  unitOfWork: UnitOfWork<ReportUsageTx>;
  gateway: Pick<PaymentGateway, 'reportMeterEvent' | 'readMeterTotal'>;
  usage: Pick<UsageReader, 'series'>;
}
