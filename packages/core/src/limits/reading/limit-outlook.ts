import { suggestUpgrade } from '../../catalog/suggest-upgrade.ts';
import { addQuantities, compareQuantities, type Quantity } from '../../shared/money/quantity.ts';
import type { Period } from '../../shared/time/period.ts';
import { type Forecast, forecastUsage } from '../../usage/reading/forecast.ts';
import type { EntitlementSnapshot, FeatureGrant } from '../entitlement-snapshot.ts';
import { buyerOf, isServed, limitQuantityOf } from '../limit-subject.ts';
import type { CounterLevels } from '../limits.ports.ts';
import type { LimitView } from '../limits.schemas.ts';

/** From here on a plan that has more is named. */
const nearPercent = 80;

/** When the limit will be reached if use goes on as so far, and the next plan up that would hold what is to come. */
export function limitOutlook(
  snapshot: EntitlementSnapshot,
  grant: FeatureGrant,
  state: { levels: CounterLevels; percent: string | null; window: Period | null; now: Date },
): Pick<LimitView, 'limitReachedAt' | 'upgradeTo'> {
  const { levels, percent, window, now } = state;
  const limit = limitQuantityOf(grant);
  const used = addQuantities(levels.used, levels.reserved);
  const aggregation = grant.meter?.aggregation;
  const forecast =
    window === null || aggregation === undefined || !isServed(snapshot, grant)
      ? null
      : forecastUsage({ aggregation, period: window, now, used, limit });
  const reachedAt = forecast?.limitReachedAt ?? null;
  const isNear = limit === '0' || reachedAt !== null || Number(percent ?? 0) >= nearPercent;
  return {
    limitReachedAt: reachedAt?.toISOString() ?? null,
    upgradeTo: isNear ? nextPlan(snapshot, grant, neededOf(used, forecast)) : null,
  };
}

/** The forecast total, and at least one more than now. */
function neededOf(used: Quantity, forecast: Forecast | null): Quantity {
  const next = addQuantities(used, '1');
  return forecast !== null && compareQuantities(forecast.total, next) > 0 ? forecast.total : next;
}

function nextPlan(
  snapshot: EntitlementSnapshot,
  grant: FeatureGrant,
  needed: Quantity,
): LimitView['upgradeTo'] {
  const { family } = grant.standing;
  const found = suggestUpgrade(family, {
    ...buyerOf(snapshot, grant),
    needed,
    // A plan that charges or only tells beyond the same limit would allow it as well, and includes no more.
    above: limitQuantityOf(grant),
  });
  const plan = family.plans.find(({ key }) => key === found?.plan);
  return plan === undefined ? null : { plan: plan.key, name: plan.name };
}
