import type { Actor } from '../../shared/actor.ts';
import { authorize } from '../../shared/authorize.ts';
import { type OrganizationId, toPublicId } from '../../shared/ids.ts';
import type { UnitOfWork } from '../../shared/unit-of-work.ts';
import type { ReportUsageTx, UsageReportRecord } from '../report-usage/report-usage.ports.ts';
import { refusalText } from './refusal-codes.ts';
import type { RefusedUsageView } from './refused-usage.schemas.ts';

/** What Stripe took and then refused, newest hour first, at most 200. */
export async function listRefusedUsage(
  deps: { unitOfWork: UnitOfWork<Pick<ReportUsageTx, 'usageReports'>> },
  { actor, organizationId }: { actor: Actor; organizationId: OrganizationId },
): Promise<RefusedUsageView[]> {
  authorize(actor, { staff: 'support' });
  const reports = await deps.unitOfWork.run(organizationId, (tx) =>
    tx.usageReports.listRefused(organizationId),
  );
  return reports.flatMap(toView);
}

function toView({
  id,
  meter,
  hour,
  quantity,
  refusal,
  refusedAt,
  status,
}: UsageReportRecord): RefusedUsageView[] {
  if (refusal === null || refusedAt === null) return [];
  return [
    {
      id: toPublicId('usageReport', id),
      meter,
      hour: { start: hour.start.toISOString(), end: hour.end.toISOString() },
      quantity,
      code: refusal,
      reason: refusalText(refusal),
      refusedAt: refusedAt.toISOString(),
      state: status === 'refused' ? 'waiting' : 'settled',
    },
  ];
}
