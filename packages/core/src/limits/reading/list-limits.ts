import { usagePriceOf } from '../../catalog/usage-price.ts';
import type { OrganizationId } from '../../shared/ids.ts';
import { formatFixed } from '../../shared/money/decimal.ts';
import { addQuantities, type Quantity, quantityToScaled } from '../../shared/money/quantity.ts';
import type { Period } from '../../shared/time/period.ts';
import type { AlertRule, FiredAlert } from '../alerts/alerts.ports.ts';
import type { EntitlementSnapshot, FeatureGrant } from '../entitlement-snapshot.ts';
import type { LimitDeps } from '../limit-deps.ts';
import { limitQuantityOf } from '../limit-subject.ts';
import { limitWindow, usagePeriod } from '../limit-window.ts';
import { type CounterLevels, noLevels } from '../limits.ports.ts';
import type { LimitView } from '../limits.schemas.ts';
import { limitOutlook } from './limit-outlook.ts';
import { readAllLevels } from './read-all-levels.ts';

export interface ListLimitsDeps extends Pick<LimitDeps, 'clock' | 'entitlements' | 'ledger' | 'gauges'> {
  alerts: (
    organizationId: OrganizationId,
  ) => Promise<{ rules: ReadonlyMap<string, AlertRule>; fired: ReadonlyMap<string, FiredAlert> }>;
}

/** Every limit of the organization with how much is used: nearest to its end first, what the plan lacks last. */
export async function listLimits(
  deps: ListLimitsDeps,
  { organizationId }: { organizationId: OrganizationId },
): Promise<LimitView[]> {
  const now = deps.clock.now();
  const snapshot = await deps.entitlements.snapshotOf(organizationId);
  const { rules, fired } = await deps.alerts(organizationId);
  const levelsOf = await readAllLevels(deps, snapshot, now);
  const views = [...snapshot.grants.values()].flatMap((grant) => {
    const levels = levelsOf(grant) ?? noLevels;
    const { key } = grant.feature;
    return toLimitView(snapshot, grant, { levels, rule: rules.get(key), fired: fired.get(key), now }) ?? [];
  });
  return views.toSorted((a, b) => rank(b) - rank(a));
}

function rank({ percent, notInPlan }: LimitView): number {
  return notInPlan ? -2 : Number(percent ?? -1);
}

/** `undefined` for what has no limit to show: switches, settings, and what the plan does not mention. */
export function toLimitView(
  snapshot: EntitlementSnapshot,
  grant: FeatureGrant,
  state: { levels: CounterLevels; rule: AlertRule | undefined; fired?: FiredAlert | undefined; now: Date },
): LimitView | undefined {
  const { entitlement, feature, standing } = grant;
  if (entitlement === null || !('limit' in entitlement)) return undefined;
  const { facts } = snapshot;
  const limit = limitQuantityOf(grant);
  const overagePrice = unitPriceOf(snapshot, grant);
  const override = facts.overrides.findLast(
    ({ id, limit: own }) => own !== undefined && entitlement.overrideIds.includes(id),
  );
  // A limit that grows with clients or seats is in the plan; there are none of them yet.
  const notInPlan = limit === '0' && isUntouched(state.levels) && !entitlement.isPerUnit;
  const window = entitlement.kind === 'metered' ? limitWindow(grant, facts.timeZone, state.now) : null;
  const percent = percentOf(state.levels, limit);
  return {
    feature: feature.key,
    family: standing.family.key,
    name: feature.name,
    kind: entitlement.kind,
    unit: feature.unit ?? '',
    ...state.levels,
    limit,
    percent,
    notInPlan,
    onLimit: entitlement.onLimit,
    overagePrice,
    currency: facts.currency,
    thresholds: [...(state.rule?.thresholds ?? entitlement.thresholds)],
    lastAlert: lastAlertOf(state.fired, window ?? usagePeriod(standing, state.now)),
    resetsAt: window?.end.toISOString() ?? null,
    override:
      override === undefined
        ? null
        : { reason: override.reason, expiresAt: override.expiresAt?.toISOString() ?? null },
    ...limitOutlook(snapshot, grant, { ...state, percent, window }),
    consequence: consequenceOf(entitlement.onLimit, {
      limit,
      unit: feature.unit ?? 'unit',
      overagePrice,
      currency: facts.currency,
    }),
  };
}

function lastAlertOf(fired: FiredAlert | undefined, window: Period): LimitView['lastAlert'] {
  if (fired === undefined) return null;
  const { threshold, windowStart, firedAt } = fired;
  const isOfThisWindow = windowStart.getTime() === window.start.getTime();
  // Use that an outage kept may reach a window that has ended: then it is told in the one that runs.
  if (!isOfThisWindow && firedAt < window.start) return null;
  return {
    threshold,
    firedAt: firedAt.toISOString(),
    endedWindowStart: isOfThisWindow ? null : windowStart.toISOString(),
  };
}

/**
 * used + reserved in percent of the limit, two decimals, cut. A limit of zero is full when something is used, and
 * has no percentage otherwise: nothing of nothing is not "used up".
 */
export function percentOf(levels: CounterLevels, limit: Quantity | null): string | null {
  if (limit === null) return null;
  const ceiling = quantityToScaled(limit);
  if (ceiling === 0n) return isUntouched(levels) ? null : '100.00';
  const taken = quantityToScaled(addQuantities(levels.used, levels.reserved));
  return formatFixed((taken * 10_000n) / ceiling, 2);
}

function isUntouched({ used, reserved }: CounterLevels): boolean {
  return addQuantities(used, reserved) === '0';
}

function unitPriceOf(snapshot: EntitlementSnapshot, grant: FeatureGrant): string | null {
  const { entitlement, standing } = grant;
  if (standing.planVersion === null || entitlement === null || !('limit' in entitlement)) return null;
  const found = usagePriceOf(standing.planVersion, entitlement, snapshot.facts.currency);
  return found !== undefined && 'unitPrice' in found.price ? found.price.unitPrice : null;
}

function consequenceOf(
  onLimit: 'block' | 'overage' | 'warn',
  terms: { limit: Quantity | null; unit: string; overagePrice: string | null; currency: string },
): string {
  if (terms.limit === null) return 'No limit.';
  if (terms.limit === '0') return 'Not in your plan.';
  if (onLimit === 'block') return 'At the limit further use is refused.';
  if (onLimit === 'warn') return 'Beyond the limit work goes on, and you are told.';
  return terms.overagePrice === null
    ? 'Beyond the limit work goes on and is charged.'
    : `Beyond the limit each ${terms.unit} costs ${terms.overagePrice} ${terms.currency}.`;
}
