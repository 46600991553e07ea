import type { Actor } from '../../shared/actor.ts';
import { AppError } from '../../shared/app-error.ts';
import { authorize } from '../../shared/authorize.ts';
import type { OrganizationId } from '../../shared/ids.ts';
import type { ReportUsageDeps, UsageReportRecord } from '../report-usage/report-usage.ports.ts';
import { meteredPeriods } from '../report-usage/report-usage.ts';
import { mayPass } from './refusal-codes.ts';
import { findPeriod, replaceReport } from './report-again.ts';

/** How often an hour is told again without a person. */
const ATTEMPTS_MAX = 3;
/** A meter or customer that is away for minutes does not use up the attempts. */
const WAIT_MS = 3_600_000;

interface Request {
  actor: Actor;
  organizationId: OrganizationId;
}

/**
 * Has usage told again that was refused for a cause that may have passed, an hour after its refusal and a few times
 * at most; other causes wait for a person. What was refused in a month that is billed is given up: billing charged it.
 * Answers how many were told again. @throws STRIPE_UNAVAILABLE
 */
export async function retryRefusedUsage(deps: ReportUsageDeps, request: Request): Promise<number> {
  authorize(request.actor, { jobs: true });
  let count = 0;
  for (const report of await stillOpen(deps, request)) {
    if ((await isDue(deps, request, report)) && (await retry(deps, request, report))) count += 1;
  }
  return count;
}

/** Gives up what no report can change any more and answers the rest. */
async function stillOpen(
  deps: ReportUsageDeps,
  { organizationId }: Request,
): Promise<readonly UsageReportRecord[]> {
  return deps.unitOfWork.run(organizationId, async (tx) => {
    await tx.billingAccounts.lock(organizationId);
    const listed = await tx.usageReports.listRefused(organizationId);
    const refused = listed.filter(({ status }) => status === 'refused');
    const open = await meteredPeriods(deps, tx, organizationId);
    const isOpen = (report: UsageReportRecord) => findPeriod(open, report) !== undefined;
    for (const report of refused.filter((one) => !isOpen(one))) {
      await tx.usageReports.endRefusal(organizationId, report.id, 'settled');
    }
    return refused.filter(isOpen);
  });
}

async function retry(deps: ReportUsageDeps, request: Request, report: UsageReportRecord): Promise<boolean> {
  const reason = 'the cause of the refusal may have passed';
  try {
    return (await replaceReport(deps, { ...request, reason }, report)).result === 'again';
  } catch (error) {
    if (error instanceof AppError && error.kind === 'conflict') return false;
    throw error;
  }
}

async function isDue(
  deps: ReportUsageDeps,
  { organizationId }: Request,
  { meter, hour, refusal, refusedAt }: UsageReportRecord,
): Promise<boolean> {
  if (refusal === null || refusedAt === null || !mayPass(refusal)) return false;
  if (deps.clock.now().getTime() - refusedAt.getTime() < WAIT_MS) return false;
  const ofHour = await deps.unitOfWork.run(organizationId, (tx) =>
    tx.usageReports.list(organizationId, { meter, span: hour }),
  );
  return ofHour.filter(({ status }) => status === 'replaced').length < ATTEMPTS_MAX;
}
