import type { OrganizationId } from '../../shared/ids.ts';
import type { UnitOfWork } from '../../shared/unit-of-work.ts';
import type { EntitlementSnapshot } from '../entitlement-snapshot.ts';
import type { LimitDeps } from '../limit-deps.ts';
import { limitQuantityOf } from '../limit-subject.ts';
import { percentOf, toLimitView } from '../reading/list-limits.ts';
import type { AlertReader, AlertRule, AlertStanding, AlertTx } from './alerts.ports.ts';
import { type MovedTotal, type PastUse, readMovedTotals } from './moved-totals.ts';
import { reachedOf } from './reached-thresholds.ts';
import { tellReached } from './tell-reached.ts';

export interface FireAlertsDeps extends Pick<LimitDeps, 'clock' | 'entitlements' | 'ledger' | 'gauges'> {
  alertReader: AlertReader;
  unitOfWork: UnitOfWork<AlertTx>;
}

/** Percent; those of plans and of organizations are whole numbers from here on. */
const thresholdMin = 1;

/**
 * Looks at totals that moved and records each threshold reached, once per window, with its mails in the same
 * transaction. Safe to repeat and to run in several processes. Answers how many were new. What has no limit costs
 * nothing; all others of the organization are read together, and a transaction is opened only for what was not told
 * yet. A window of `past` that has ended is told with its name, by what is granted now.
 */
export async function fireAlerts(
  deps: FireAlertsDeps,
  request: { organizationId: OrganizationId; features: ReadonlySet<string>; past?: readonly PastUse[] },
): Promise<number> {
  const { organizationId } = request;
  const snapshot = await deps.entitlements.snapshotOf(organizationId);
  const totals = await readMovedTotals(deps, snapshot, request);
  const taken = totals.map(measured).filter(({ percent }) => percent >= thresholdMin);
  if (taken.length === 0) return 0;
  const windows = taken.map(({ grant, window }) => ({
    feature: grant.feature.key,
    windowStart: window.start,
  }));
  const standing = await deps.alertReader.standing(organizationId, windows);
  const untold = taken.flatMap((total) => untoldOf(total, standing));
  if (untold.length === 0) return 0;
  const now = deps.clock.now();
  return await deps.unitOfWork.run(organizationId, async (tx) => {
    let count = 0;
    for (const one of untold) count += await recordUntold(tx, { ...one, snapshot, now });
    return count;
  });
}

interface MeasuredTotal extends MovedTotal {
  /** Of the limit. */
  percent: number;
}

function measured(total: MovedTotal): MeasuredTotal {
  return { ...total, percent: Number(percentOf(total.levels, limitQuantityOf(total.grant)) ?? 0) };
}

interface Untold extends MovedTotal {
  rule: AlertRule | undefined;
  /** Percent, lowest first. */
  thresholds: readonly number[];
}

function untoldOf(total: MeasuredTotal, { rules, isTold }: AlertStanding): Untold[] {
  const { grant, window, percent } = total;
  const { entitlement, feature } = grant;
  if (entitlement === null || !('limit' in entitlement)) return [];
  const rule = rules.get(feature.key);
  const thresholds = reachedOf(rule?.thresholds ?? entitlement.thresholds, percent).filter(
    (threshold) => !isTold({ feature: feature.key, windowStart: window.start, threshold }),
  );
  return thresholds.length === 0 ? [] : [{ ...total, rule, thresholds }];
}

async function recordUntold(
  tx: AlertTx,
  untold: Untold & { snapshot: EntitlementSnapshot; now: Date },
): Promise<number> {
  const { snapshot, grant, levels, rule, at, window, thresholds, now } = untold;
  const view = toLimitView(snapshot, grant, { levels, rule, now: at });
  if (view === undefined) return 0;
  return await tellReached(tx, { snapshot, rule, view, window, thresholds, now });
}
