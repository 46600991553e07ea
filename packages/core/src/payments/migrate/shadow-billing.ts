import { planVersionOf } from '../../catalog/define-family.ts';
import type { PlanVersion } from '../../catalog/plan.ts';
import type { ProductFamily } from '../../catalog/product-family.ts';
import { rateSegment } from '../../rating/rate-segment.ts';
import { countSegments } from '../../rating/segments/counted-segment.ts';
import type { Clock } from '../../shared/clock.ts';
import { type OrganizationId, toPublicId } from '../../shared/ids.ts';
import type { SubscriptionRecord } from '../../subscriptions/subscriptions.ports.ts';
import type { UsageReader } from '../../usage/reading/usage-reading.ports.ts';
import type { BillUsageTx } from '../bill-usage/bill-usage.ports.ts';
import { loadSegments } from '../bill-usage/load-segments.ts';
import { planItems, recurringMinor } from '../purchase/plan-items.ts';

export interface ShadowDeps {
  clock: Clock;
  usage: Pick<UsageReader, 'totals'>;
  unitOfWork: {
    run<T>(organizationId: OrganizationId, work: (tx: ShadowTx) => Promise<T>): Promise<T>;
  };
}

type ShadowTx = Pick<
  BillUsageTx,
  'subscriptions' | 'subscriptionTerms' | 'planVersions' | 'overrideHistory' | 'clients'
>;

/** What one closed month of a subscription would have cost under a draft, in minor units. */
export interface ShadowedMonth {
  organization: string;
  subscriptionId: string;
  plan: string;
  periodStart: string;
  periodEnd: string;
  currency: string;
  publishedMinor: string;
  draftMinor: string;
}

/**
 * Bills every closed month since an instant twice, under the published plans and under the draft of their family, from
 * the same usage and the same code: recurring amounts of a full month as things stand, and usage as it was. Writes
 * nothing and asks nobody. Plans that the draft does not name cost the same on both sides.
 */
export async function shadowBilling(
  deps: ShadowDeps,
  { organizationId, draft, since }: { organizationId: OrganizationId; draft: ProductFamily; since: Date },
): Promise<ShadowedMonth[]> {
  const records = await deps.unitOfWork.run(organizationId, (tx) =>
    tx.subscriptions.list(organizationId, { includeEnded: true }),
  );
  const months: ShadowedMonth[] = [];
  for (const record of records.filter(({ family }) => family === draft.key)) {
    const shadow = { organizationId, record, draft, since };
    const published = await billMonths(deps, shadow, (tx) => tx.planVersions);
    const drafted = await billMonths(deps, shadow, (tx) => draftedVersions(tx, draft));
    for (const [start, month] of drafted) {
      const before = published.get(start);
      if (before === undefined) continue;
      months.push({
        organization: toPublicId('organization', organizationId),
        subscriptionId: toPublicId('subscription', record.id),
        plan: record.plan,
        periodStart: start,
        periodEnd: month.end,
        currency: record.currency,
        publishedMinor: before.minor.toString(),
        draftMinor: month.minor.toString(),
      });
    }
  }
  return months;
}

interface Shadow {
  organizationId: OrganizationId;
  record: SubscriptionRecord;
  draft: ProductFamily;
  since: Date;
}

type Versions = ShadowTx['planVersions'];

/** Every version of a plan becomes the draft's. */
function draftedVersions({ planVersions }: ShadowTx, draft: ProductFamily): Versions {
  return {
    ...planVersions,
    find: async (family, plan, version) =>
      planVersionOf(draft, plan) ?? (await planVersions.find(family, plan, version)),
  };
}

async function billMonths(
  deps: ShadowDeps,
  { organizationId, record, draft, since }: Shadow,
  versionsOf: (tx: ShadowTx) => Versions,
): Promise<Map<string, { end: string; minor: bigint }>> {
  const request = { organizationId, record, now: deps.clock.now(), reopenedFrom: since };
  const { segments, recurring } = await deps.unitOfWork.run(organizationId, async (tx) => {
    const planVersions = versionsOf(tx);
    const plan = await planVersions.find(record.family, record.plan, record.planVersion);
    const clients = await tx.clients.countActive(organizationId);
    return {
      segments: await loadSegments({ ...tx, planVersions }, [draft], request),
      recurring: plan === null ? 0n : recurringOf(draft, plan, { record, clients }),
    };
  });
  const months = new Map<string, { end: string; minor: bigint }>();
  const closed = segments.filter(({ isClosed, month }) => isClosed && month.start >= since);
  for (const counted of await countSegments(deps, organizationId, closed)) {
    const start = counted.month.start.toISOString();
    const minor = months.get(start)?.minor ?? recurring;
    const usageMinor = rateSegment(counted.usagePrice.price, counted).totalMinor;
    months.set(start, { end: counted.month.end.toISOString(), minor: minor + usageMinor });
  }
  return months;
}

function recurringOf(
  family: ProductFamily,
  plan: PlanVersion,
  { record, clients }: { record: SubscriptionRecord; clients: number },
): bigint {
  const seats = Number(record.items.find(({ kind }) => kind === 'seat')?.quantity ?? '0');
  // An annual price is no part of a month.
  if (record.interval === 'year') return 0n;
  const { interval, currency } = record;
  return recurringMinor(planItems(family, plan, { interval, currency, counts: { clients, seats } }));
}
