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
import { loadMonths } from '../bill-usage/load-segments.ts';
import { planItems, recurringMinor } from '../purchase/plan-items.ts';
import type { ShadowMonth } from './shadow.schemas.ts';

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
export type ShadowedMonth = Omit<ShadowMonth, 'slug'>;

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
        planVersion: record.planVersion,
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

/** Every version of a plan has the content of the draft's. */
function draftedVersions({ planVersions }: ShadowTx, draft: ProductFamily): Versions {
  return {
    ...planVersions,
    async find(family, plan, version) {
      const drafted = planVersionOf(draft, plan);
      return drafted === undefined ? planVersions.find(family, plan, version) : { ...drafted, version };
    },
  };
}

async function billMonths(
  deps: ShadowDeps,
  { organizationId, record, draft, since }: Shadow,
  versionsOf: (tx: ShadowTx) => Versions,
): Promise<Map<string, { end: string; minor: bigint }>> {
  const request = { organizationId, record, now: deps.clock.now(), reopenedFrom: since };
  const { loaded, recurring } = await deps.unitOfWork.run(organizationId, async (tx) => {
    const planVersions = versionsOf(tx);
    const plan = await planVersions.find(record.family, record.plan, record.planVersion);
    const clients = await tx.clients.countActive(organizationId);
    return {
      loaded: await loadMonths({ ...tx, planVersions }, [draft], request),
      recurring: plan === null ? 0n : recurringOf(draft, plan, { record, clients }),
    };
  });
  const closed = loaded.filter(({ month }) => month.isClosed && month.period.start >= since);
  const months = new Map<string, { end: string; minor: bigint }>();
  for (const { month } of closed) {
    // Nothing is paid regularly for a month of a trial.
    const minor = month.terms.some(({ isBillable }) => isBillable) ? recurring : 0n;
    months.set(month.period.start.toISOString(), { end: month.period.end.toISOString(), minor });
  }
  const segments = closed.flatMap((one) => one.segments);
  for (const counted of await countSegments(deps, organizationId, segments)) {
    const month = months.get(counted.month.start.toISOString());
    if (month !== undefined) month.minor += rateSegment(counted.usagePrice.price, counted).totalMinor;
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
