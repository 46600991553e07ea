import type { Meter } from '../../catalog/meter.ts';
import type { Actor } from '../../shared/actor.ts';
import { authorize } from '../../shared/authorize.ts';
import type { OrganizationId } from '../../shared/ids.ts';
import type { Period } from '../../shared/time/period.ts';
import { hasStarted, isLive } from '../../subscriptions/subscription-status.ts';
import { loadSegments } from '../bill-usage/load-segments.ts';
import { answeredBy, looksAgain, nextReportLookAt } from './next-report-look.ts';
import { closedHours, planReports } from './plan-reports.ts';
import { identifierOf } from './report-identifier.ts';
import type { ReportUsageDeps, ReportUsageTx, UsageReportRecord } from './report-usage.ports.ts';

type TellDeps = Pick<ReportUsageDeps, 'clock' | 'ids' | 'families' | 'usage'>;

export interface MeteredPeriod {
  meter: Meter;
  period: Period;
  /** The whole month that the period is a part of. */
  month: Period;
}

/**
 * Tells Stripe's meters the closed hours of usage that is rated there, one message per meter and hour, and what an
 * hour gained since it was told as a message of its own. Decided under the organization's lock and stored before
 * anything is sent, so running it often, in parallel or after days tells everything once. A period that ended is told
 * until its invoice freezes (R5); what comes later is settled by billing. Writes down when there is something to tell
 * again; a look that dies writes nothing and stays due. Answers the number of messages.
 */
export async function reportUsage(
  deps: ReportUsageDeps,
  { actor, organizationId }: { actor: Actor; organizationId: OrganizationId },
): Promise<number> {
  authorize(actor, { jobs: true });
  return deps.unitOfWork.run(organizationId, async (tx) => {
    const { stripeCustomerId } = await tx.billingAccounts.lock(organizationId);
    // An hour that closes meanwhile is left to the next look.
    const now = deps.clock.now();
    const begun = await tx.usageReportLooks.begin(organizationId);
    const { open, count } =
      stripeCustomerId === null
        ? { open: [], count: 0 }
        : await tellOpen(deps, tx, { organizationId, stripeCustomerId });
    const meters = [...new Set(open.map(({ meter }) => meter.key))];
    await tx.usageReportLooks.finish(organizationId, {
      meters,
      dueAt: nextReportLookAt(open, now),
      answered: answeredBy(begun.cues, now),
      again: looksAgain(begun, meters, now),
    });
    return count;
  });
}

async function tellOpen(
  deps: TellDeps,
  tx: ReportUsageTx,
  customer: { organizationId: OrganizationId; stripeCustomerId: string },
): Promise<{ open: MeteredPeriod[]; count: number }> {
  const open = await meteredPeriods(deps, tx, customer.organizationId);
  let count = 0;
  for (const usage of open) count += await tellPeriod(deps, tx, { ...usage, ...customer });
  return { open, count };
}

/** Stores and sends what one period still has to tell; the caller holds the organization's lock. */
export async function tellPeriod(
  deps: TellDeps,
  tx: ReportUsageTx,
  usage: MeteredPeriod & { organizationId: OrganizationId; stripeCustomerId: string },
): Promise<number> {
  const { organizationId, meter, stripeCustomerId } = usage;
  const reports = await storeReports(deps, tx, usage);
  for (const { hour, quantity, identifier } of reports) {
    await tx.outbox.add({
      organizationId,
      kind: 'stripe.meter_event',
      idempotencyKey: `usage_report:${identifier}`,
      payload: {
        eventName: meter.eventName,
        stripeCustomerId,
        value: quantity,
        identifier,
        at: hour.start.toISOString(),
        meter: meter.key,
      },
    });
  }
  return reports.length;
}

/** What Stripe rates of the running month and, until its invoice freezes, of the one before; in parts, as terms changed. */
export async function meteredPeriods(
  deps: TellDeps,
  tx: ReportUsageTx,
  organizationId: OrganizationId,
): Promise<MeteredPeriod[]> {
  const now = deps.clock.now();
  const found: MeteredPeriod[] = [];
  for (const record of await tx.subscriptions.list(organizationId)) {
    if (!isLive(record.status) || !hasStarted(record.status)) continue;
    const request = { organizationId, record, now, reopenedFrom: null };
    const segments = await loadSegments(tx, deps.families, request);
    found.push(
      ...segments.filter(({ isClosed, usagePrice }) => !isClosed && usagePrice.billing === 'stripe_meter'),
    );
  }
  return found;
}

/** Answers what has to be sent. */
async function storeReports(
  deps: TellDeps,
  tx: ReportUsageTx,
  usage: MeteredPeriod & { organizationId: OrganizationId },
): Promise<UsageReportRecord[]> {
  const { organizationId, meter, period } = usage;
  const hours = closedHours(period, deps.clock.now());
  const { key, aggregation } = meter;
  const totals = await deps.usage.series({ organizationId, meter: key, aggregation }, hours);
  const earlier = await tx.usageReports.list(organizationId, { meter: key, span: period });
  const reports = planReports(hours, totals, earlier).map(
    ({ hour, quantity, status, sequence }): UsageReportRecord => ({
      id: deps.ids.next(),
      meter: key,
      hour,
      quantity,
      identifier: identifierOf({ organizationId, meter: key, hour, sequence }),
      status,
      sentAt: null,
      refusal: null,
      refusedAt: null,
    }),
  );
  for (const report of reports) await tx.usageReports.insert(organizationId, report);
  return reports.filter(({ status }) => status === 'pending');
}
