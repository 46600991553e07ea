import type { Meter } from '../../catalog/meter.ts';
import type { PlanVersion } from '../../catalog/plan.ts';
import type { ProductFamily } from '../../catalog/product-family.ts';
import { type TermsMonth, termsMonths } from '../../rating/segments/terms-segments.ts';
import type { UsageSegment } from '../../rating/segments/usage-segments.ts';
import type { OrganizationId } from '../../shared/ids.ts';
import type { SubscriptionRecord } from '../../subscriptions/subscriptions.ports.ts';
import { firstTermsOf, type SubscriptionTerms } from '../../subscriptions/terms/subscription-terms.ts';
import type { ReportUsageTx } from '../report-usage/report-usage.ports.ts';

export interface SegmentsRequest {
  organizationId: OrganizationId;
  record: SubscriptionRecord;
  now: Date;
  reopenedFrom: Date | null;
}

type SegmentsTx = Pick<ReportUsageTx, 'subscriptionTerms' | 'planVersions' | 'overrideHistory' | 'clients'>;

/** Every part of every month of a subscription that may still be billed, by meter and in order of time. */
export async function loadSegments(
  tx: SegmentsTx,
  families: readonly ProductFamily[],
  request: SegmentsRequest,
): Promise<UsageSegment[]> {
  const months = await loadMonths(tx, families, request);
  return months.flatMap(({ segments }) => segments);
}

/** The same by month. */
export async function loadMonths(
  tx: SegmentsTx,
  families: readonly ProductFamily[],
  { organizationId, record, now, reopenedFrom }: SegmentsRequest,
): Promise<TermsMonth[]> {
  const known = await tx.subscriptionTerms.list(organizationId, record.id);
  const terms =
    known.length > 0 ? known : [firstTermsOf(record, await tx.clients.countActive(organizationId))];
  const plans = await plansOf(tx, record.family, terms);
  const overrides = await tx.overrideHistory.list(organizationId);
  const meters: readonly Meter[] = families.find(({ key }) => key === record.family)?.meters ?? [];
  const { endedAt } = record;
  return termsMonths({ terms, endedAt, now, reopenedFrom, meters, plans, overrides });
}

async function plansOf(
  { planVersions }: Pick<ReportUsageTx, 'planVersions'>,
  family: string,
  terms: readonly SubscriptionTerms[],
): Promise<PlanVersion[]> {
  const asked = new Set<string>();
  const plans: PlanVersion[] = [];
  for (const { plan, planVersion } of terms) {
    const name = `${plan}/${planVersion}`;
    if (asked.has(name)) continue;
    asked.add(name);
    const found = await planVersions.find(family, plan, planVersion);
    if (found !== null) plans.push(found);
  }
  return plans;
}
