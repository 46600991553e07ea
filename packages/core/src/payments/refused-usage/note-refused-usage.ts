import type { Clock } from '../../shared/clock.ts';
import type { OrganizationId } from '../../shared/ids.ts';
import type { UnitOfWork } from '../../shared/unit-of-work.ts';
import type { MeterError, PaymentGateway } from '../payment-gateway.ports.ts';
import { organizationOf } from '../report-usage/report-identifier.ts';
import type { ReportUsageTx } from '../report-usage/report-usage.ports.ts';

export interface NoteRefusedDeps {
  unitOfWork: UnitOfWork<Pick<ReportUsageTx, 'usageReports'>>;
  gateway: Pick<PaymentGateway, 'readMeterErrors'>;
  clock: Clock;
}

interface RefusedReport extends MeterError {
  organizationId: OrganizationId;
}

/**
 * Marks the reports that an event about refused usage names, each once however often and in how many events it is
 * named. The event is read at Stripe, because its notice says nothing and might be anybody's. Answers what was marked
 * now. @throws STRIPE_UNAVAILABLE
 */
export async function noteRefusedUsage(deps: NoteRefusedDeps, eventId: string): Promise<RefusedReport[]> {
  const errors = (await deps.gateway.readMeterErrors(eventId)) ?? [];
  const refusedAt = deps.clock.now();
  const noted: RefusedReport[] = [];
  for (const { identifier, code } of errors) {
    const organizationId = organizationOf(identifier);
    if (organizationId === undefined) continue;
    const isNoted = await deps.unitOfWork.run(organizationId, (tx) =>
      tx.usageReports.refuse(organizationId, identifier, { code, at: refusedAt }),
    );
    if (isNoted) noted.push({ organizationId, identifier, code });
  }
  return noted;
}
