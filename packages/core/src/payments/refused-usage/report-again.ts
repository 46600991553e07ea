import type { Actor } from '../../shared/actor.ts';
import { AppError } from '../../shared/app-error.ts';
import { authorize } from '../../shared/authorize.ts';
import { notFound, type OrganizationId, requirePublicId } from '../../shared/ids.ts';
import { addQuantities, compareQuantities } from '../../shared/money/quantity.ts';
import { contains } from '../../shared/time/period.ts';
import { hourWindow } from '../../shared/time/usage-bucket.ts';
import type {
  ReportUsageDeps,
  ReportUsageTx,
  UsageReportRecord,
} from '../report-usage/report-usage.ports.ts';
import { type MeteredPeriod, meteredPeriods, tellPeriod } from '../report-usage/report-usage.ts';
import type { ReportAgainAnswer } from './refused-usage.schemas.ts';
import { reportStillSent, usageAlreadyBilled, usageCauseRemains } from './report-again.errors.ts';

interface Request {
  actor: Actor;
  organizationId: OrganizationId;
  reason: string;
}

/**
 * Staff have an hour that Stripe refused told again, after its cause is gone. Twice is once.
 * @throws NOT_FOUND, USAGE_ALREADY_BILLED, USAGE_REPORT_UNDER_WAY, USAGE_CAUSE_REMAINS, STRIPE_UNAVAILABLE
 */
export async function reportAgain(
  deps: ReportUsageDeps,
  { actor, organizationId, input }: Omit<Request, 'reason'> & { input: { id: string; reason: string } },
): Promise<ReportAgainAnswer> {
  authorize(actor, { staff: 'billing_ops' });
  const id = requirePublicId('usageReport', input.id);
  const report = await deps.unitOfWork.run(organizationId, (tx) => tx.usageReports.find(organizationId, id));
  if (report === null || report.refusal === null) throw notFound('usageReport');
  return replaceReport(deps, { actor, organizationId, reason: input.reason }, report);
}

/**
 * The refused report counts as never told, and its hour is told anew under the organization's lock: what the hour
 * holds now, under the next name of the hour, because Stripe remembers names. Nothing is told when the meter has the
 * quantity after all, nor when the invoice of its month is closed: then billing has charged what was missing.
 */
export async function replaceReport(
  deps: ReportUsageDeps,
  request: Request,
  report: UsageReportRecord,
): Promise<ReportAgainAnswer> {
  const { organizationId } = request;
  const { stripeCustomerId } = await deps.unitOfWork.run(organizationId, async (tx) => {
    const account = await tx.billingAccounts.find(organizationId);
    await openPeriodOf(deps, tx, { organizationId, report });
    return { stripeCustomerId: account?.stripeCustomerId ?? null };
  });
  if (stripeCustomerId === null) throw usageCauseRemains();
  const status = (await isCounted(deps, { organizationId, stripeCustomerId, report })) ? 'sent' : 'replaced';
  return deps.unitOfWork.run(organizationId, async (tx) => {
    const account = await tx.billingAccounts.lock(organizationId);
    // What was counted was asked for this customer.
    if (account.stripeCustomerId !== stripeCustomerId) throw usageCauseRemains();
    const usage = await openPeriodOf(deps, tx, { organizationId, report });
    if (!(await tx.usageReports.endRefusal(organizationId, report.id, status))) return { result: 'before' };
    await tellPeriod(deps, tx, { ...usage, organizationId, stripeCustomerId });
    await tx.audit.append({
      organizationId,
      actor: request.actor,
      action: 'usage.reported_again',
      target: { kind: 'usage_report', id: report.id },
      reason: request.reason,
      before: {
        meter: report.meter,
        hour: report.hour.start,
        quantity: report.quantity,
        refusal: report.refusal,
      },
      after: { status },
    });
    return { result: status === 'sent' ? 'counted' : 'again' };
  });
}

async function openPeriodOf(
  deps: ReportUsageDeps,
  tx: ReportUsageTx,
  { organizationId, report }: { organizationId: OrganizationId; report: UsageReportRecord },
) {
  const usage = findPeriod(await meteredPeriods(deps, tx, organizationId), report);
  if (usage === undefined) throw usageAlreadyBilled();
  return usage;
}

/** The period that the hour of the report belongs to, when it still takes reports. */
export function findPeriod(
  open: readonly MeteredPeriod[],
  { meter, hour }: Pick<UsageReportRecord, 'meter' | 'hour'>,
): MeteredPeriod | undefined {
  return open.find((one) => one.meter.key === meter && contains(one.period, hour.start));
}

/** What the meter has beyond the reports that were sent can only be this one, unless another is under way. */
async function isCounted(
  deps: ReportUsageDeps,
  subject: { organizationId: OrganizationId; stripeCustomerId: string; report: UsageReportRecord },
): Promise<boolean> {
  const { organizationId, stripeCustomerId, report } = subject;
  const hour = hourWindow(report.hour.start);
  const meters = deps.families.flatMap((family) => family.meters);
  const eventName = meters.find(({ key }) => key === report.meter)?.eventName;
  if (eventName === undefined) throw usageCauseRemains();
  const reports = await deps.unitOfWork.run(organizationId, (tx) =>
    tx.usageReports.list(organizationId, { meter: report.meter, span: hour }),
  );
  if (reports.some(({ status }) => status === 'pending')) throw reportStillSent();
  const counted = await readTotal(deps, { eventName, stripeCustomerId, period: hour });
  const sent = reports.filter(({ status }) => status === 'sent').map(({ quantity }) => quantity);
  return compareQuantities(counted, addQuantities(...sent, report.quantity)) >= 0;
}

/** A meter or a customer that is not there counts nothing and would refuse the report again. */
async function readTotal(
  { gateway }: ReportUsageDeps,
  asked: Parameters<ReportUsageDeps['gateway']['readMeterTotal']>[0],
): Promise<string> {
  try {
    return await gateway.readMeterTotal(asked);
  } catch (error) {
    if (error instanceof AppError && !error.retriable) throw usageCauseRemains(error);
    throw error;
  }
}
