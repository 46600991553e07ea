import type { Meter } from '../../catalog/meter.ts';
import type { Actor } from '../../shared/actor.ts';
import { authorize } from '../../shared/authorize.ts';
import { type OrganizationId, toPublicId } from '../../shared/ids.ts';
import {
  addQuantities,
  compareQuantities,
  type Quantity,
  subtractQuantities,
} from '../../shared/money/quantity.ts';
import { contains, type Period } from '../../shared/time/period.ts';
import { refusalText } from '../refused-usage/refusal-codes.ts';
import type { UsageReportRecord } from '../report-usage/report-usage.ports.ts';
import type { BilledPeriod, ProveUsageDeps, UsageProof } from './prove-usage.ports.ts';
import type { UsageProofView } from './usage-proof.schemas.ts';

/**
 * Compares, for every closed period and meter, the single events, their stored totals, what Stripe was told and what
 * the invoices charge, and stores the four with a verdict. Answers what it proved now.
 * @throws STRIPE_UNAVAILABLE
 */
export async function proveUsage(
  deps: ProveUsageDeps,
  { actor, organizationId }: { actor: Actor; organizationId: OrganizationId },
): Promise<UsageProof[]> {
  authorize(actor, { jobs: true });
  const { account, unproved } = await deps.unitOfWork.run(organizationId, async (tx) => ({
    account: await tx.billingAccounts.find(organizationId),
    unproved: await tx.usageProofs.listUnproved(organizationId),
  }));
  const stripeCustomerId = account?.stripeCustomerId ?? null;
  return await proveEach(deps, { organizationId, stripeCustomerId, unproved });
}

/** The same for periods that are loaded. @throws STRIPE_UNAVAILABLE */
export async function proveEach(
  deps: ProveUsageDeps,
  subject: {
    organizationId: OrganizationId;
    stripeCustomerId: string | null;
    unproved: readonly BilledPeriod[];
  },
): Promise<UsageProof[]> {
  const { organizationId, stripeCustomerId, unproved } = subject;
  const proofs: UsageProof[] = [];
  for (const one of unproved) {
    const meters = deps.families.find(({ key }) => key === one.family)?.meters ?? [];
    const meter = meters.find(({ key }) => key === one.meter);
    if (meter === undefined) continue;
    proofs.push(await prove(deps, { organizationId, stripeCustomerId, meter, billed: one }));
  }
  if (proofs.length > 0) {
    await deps.unitOfWork.run(organizationId, async (tx) => {
      for (const proof of proofs) await tx.usageProofs.save(organizationId, proof);
    });
  }
  return proofs;
}

/**
 * Each difference once: at the second look in a row that finds it, because usage that arrives during the first is
 * billed before the second.
 */
export function differencesToTell(proofs: readonly UsageProof[]): UsageProof[] {
  return proofs.filter(({ differences }) => differences === LOOKS_BEFORE_TOLD);
}

/** The last 100 proofs, newest period first. */
export async function listUsageProofs(
  deps: Pick<ProveUsageDeps, 'unitOfWork'>,
  { organizationId }: { organizationId: OrganizationId },
): Promise<UsageProofView[]> {
  const { proofs, refused } = await deps.unitOfWork.run(organizationId, async (tx) => ({
    proofs: await tx.usageProofs.list(organizationId, 100),
    refused: await tx.usageReports.listRefused(organizationId),
  }));
  return proofs.map((proof) => ({
    subscriptionId: toPublicId('subscription', proof.subscriptionId),
    meter: proof.meter,
    period: { start: proof.period.start.toISOString(), end: proof.period.end.toISOString() },
    eventsQuantity: proof.eventsQuantity,
    bucketsQuantity: proof.bucketsQuantity,
    toldQuantity: proof.toldQuantity,
    toldSource: proof.toldSource,
    billedQuantity: proof.billedQuantity,
    billedMinor: proof.billedMinor.toString(),
    invoicedMinor: proof.invoicedMinor.toString(),
    currency: proof.currency,
    verdict: proof.verdict,
    refusals: refusalsOf(proof, refused),
    provedAt: proof.provedAt.toISOString(),
  }));
}

/** By reason, so that a difference that Stripe itself made is explained. */
function refusalsOf(
  { meter, period }: UsageProof,
  refused: readonly UsageReportRecord[],
): UsageProofView['refusals'] {
  const own = refused.filter((one) => one.meter === meter && contains(period, one.hour.start));
  const byReason = Map.groupBy(own, ({ refusal }) => refusalText(refusal ?? ''));
  return [...byReason].map(([reason, reports]) => ({
    reason,
    quantity: addQuantities(...reports.map(({ quantity }) => quantity)),
  }));
}

const LOOKS_BEFORE_TOLD = 2;

interface Subject {
  organizationId: OrganizationId;
  stripeCustomerId: string | null;
  meter: Meter;
  billed: BilledPeriod;
}

async function prove(deps: ProveUsageDeps, subject: Subject): Promise<UsageProof> {
  const { organizationId, meter, billed } = subject;
  const { family, firstQuantity, isRatedAtStripe, countedFrom, knownDifferences, ...facts } = billed;
  const span = { organizationId, meter: meter.key, aggregation: meter.aggregation };
  const measured = {
    eventsQuantity: await addedIn(billed, (period) => deps.eventTotals.total(span, period)),
    bucketsQuantity: await addedIn(billed, async (period) => {
      const { totals } = await deps.usage.totals(organizationId, [{ ...span, period }]);
      return totals[0] ?? '0';
    }),
    ...(await whatWasTold(deps, subject)),
  };
  const verdict = verdictOf(billed, measured);
  const differences = verdict === 'different' ? knownDifferences + 1 : 0;
  return { ...facts, ...measured, verdict, differences, provedAt: deps.clock.now() };
}

/** What a part of a month adds to the count that began with the month; of a sum that is the part's own total. */
async function addedIn(
  { period, countedFrom }: BilledPeriod,
  totalOf: (period: Period) => Promise<Quantity>,
): Promise<Quantity> {
  if (countedFrom === null) return totalOf(period);
  const total = await totalOf({ start: countedFrom, end: period.end });
  return subtractQuantities(total, await totalOf({ start: countedFrom, end: period.start }));
}

async function whatWasTold(
  deps: ProveUsageDeps,
  { organizationId, stripeCustomerId, meter, billed }: Subject,
): Promise<Pick<UsageProof, 'toldQuantity' | 'toldSource'>> {
  const { period } = billed;
  if (!billed.isRatedAtStripe) return { toldQuantity: billed.billedQuantity, toldSource: 'billing' };
  if (stripeCustomerId !== null && isWholeMinutes(period)) {
    const { eventName } = meter;
    const toldQuantity = await deps.gateway.readMeterTotal({ eventName, stripeCustomerId, period });
    return { toldQuantity, toldSource: 'stripe' };
  }
  const reports = await deps.unitOfWork.run(organizationId, (tx) =>
    tx.usageReports.list(organizationId, { meter: meter.key, span: period }),
  );
  const sent = reports.filter(({ status }) => status === 'sent').map(({ quantity }) => quantity);
  return { toldQuantity: addQuantities(...sent), toldSource: 'reports' };
}

/** Stripe sums its meters only between whole minutes. */
function isWholeMinutes({ start, end }: Period): boolean {
  return start.getTime() % 60_000 === 0 && end.getTime() % 60_000 === 0;
}

function verdictOf(
  billed: BilledPeriod,
  measured: Pick<UsageProof, 'eventsQuantity' | 'bucketsQuantity' | 'toldQuantity'>,
): UsageProof['verdict'] {
  const { eventsQuantity, bucketsQuantity, toldQuantity } = measured;
  const isCounted = equal(eventsQuantity, bucketsQuantity) && equal(bucketsQuantity, billed.billedQuantity);
  // What came after the freeze is told too late or not at all, and billed by an adjustment.
  const isTold = equal(toldQuantity, billed.firstQuantity) || equal(toldQuantity, billed.billedQuantity);
  if (!isCounted || !isTold) return 'different';
  return billed.billedMinor === billed.invoicedMinor ? 'equal' : 'open';
}

function equal(left: Quantity, right: Quantity): boolean {
  return compareQuantities(left, right) === 0;
}
