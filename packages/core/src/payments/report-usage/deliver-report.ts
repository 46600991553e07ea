import { AppError } from '../../shared/app-error.ts';
import type { OrganizationId } from '../../shared/ids.ts';
import { addQuantities, compareQuantities } from '../../shared/money/quantity.ts';
import { hourWindow } from '../../shared/time/usage-bucket.ts';
import type { MeterEventReport } from '../payment-gateway.ports.ts';
import type { ReportUsageDeps } from './report-usage.ports.ts';

export interface DeliverReportRequest {
  organizationId: OrganizationId;
  report: MeterEventReport & { meter: string };
  /** It may have been received before, so long ago that Stripe no longer knows its identifier. */
  isOutcomeForgotten: boolean;
}

/**
 * Sends one report and notes it. Stripe refuses a known identifier for a day; after that the same report would count
 * twice, so the meter's own total decides whether it was received.
 * @throws STRIPE_UNAVAILABLE; STRIPE_REQUEST_REFUSED after which the report is given up and billing settles it
 */
export async function deliverReport(
  deps: Omit<ReportUsageDeps, 'usage'>,
  { organizationId, report, isOutcomeForgotten }: DeliverReportRequest,
): Promise<{ outcome: 'sent' | 'received_before' }> {
  const settle = (at: Date | null) =>
    deps.unitOfWork.run(organizationId, (tx) =>
      tx.usageReports.settle(organizationId, report.identifier, at),
    );
  const wasReceived = isOutcomeForgotten && (await isCounted(deps, organizationId, report));
  let outcome: 'sent' | 'received_before' = 'received_before';
  if (!wasReceived) {
    try {
      await deps.gateway.reportMeterEvent(report);
      outcome = 'sent';
    } catch (error) {
      if (error instanceof AppError && !error.retriable && !isKnownIdentifier(error)) await settle(null);
      if (!isKnownIdentifier(error)) throw error;
    }
  }
  await settle(deps.clock.now());
  return { outcome };
}

/** The outbox sends one message of an organization at a time, so whatever is beyond the noted ones is this one. */
async function isCounted(
  deps: Omit<ReportUsageDeps, 'usage'>,
  organizationId: OrganizationId,
  report: DeliverReportRequest['report'],
): Promise<boolean> {
  const hour = hourWindow(report.at);
  const { eventName, stripeCustomerId, meter } = report;
  const counted = await deps.gateway.readMeterTotal({ eventName, stripeCustomerId, period: hour });
  const reports = await deps.unitOfWork.run(organizationId, (tx) =>
    tx.usageReports.list(organizationId, { meter, span: hour }),
  );
  // Refused, and perhaps told again under another name, while its answer was lost.
  const own = reports.find(({ identifier }) => identifier === report.identifier);
  if (own !== undefined && own.status !== 'pending') return true;
  const sent = reports.filter(({ status }) => status === 'sent').map(({ quantity }) => quantity);
  return compareQuantities(counted, addQuantities(...sent, report.value)) >= 0;
}

function isKnownIdentifier(error: unknown): boolean {
  return error instanceof AppError && error.context?.stripeCode === 'duplicate_meter_event';
}
