import type { Period } from '../../shared/time/period.ts';
import type { EntitlementSnapshot, FeatureGrant } from '../entitlement-snapshot.ts';
import type { LimitDeps } from '../limit-deps.ts';
import { allocatedLevel, limitQuantityOf } from '../limit-subject.ts';
import { limitWindow, usagePeriod } from '../limit-window.ts';
import type { CounterLevels } from '../limits.ports.ts';

/** Use that reached the totals when its window may have ended: what an outage kept. */
export interface PastUse {
  feature: string;
  at: Date;
}

/** A total that has a limit, in the window it moved in. */
export interface MovedTotal {
  grant: FeatureGrant;
  window: Period;
  levels: CounterLevels;
  /** An instant within the window. */
  at: Date;
}

/** Reads the totals of the features that have a limit, all together; what has none costs nothing. */
export async function readMovedTotals(
  deps: Pick<LimitDeps, 'clock' | 'ledger' | 'gauges'>,
  snapshot: EntitlementSnapshot,
  { features, past = [] }: { features: ReadonlySet<string>; past?: readonly PastUse[] },
): Promise<MovedTotal[]> {
  const now = deps.clock.now();
  const { organizationId, timeZone } = snapshot.facts;
  // In one order, so that two processes which look at the same totals do not wait for each other in a circle.
  const limited = [...features].toSorted().flatMap((feature) => {
    const grant = snapshot.grants.get(feature);
    return grant === undefined || (limitQuantityOf(grant) ?? '0') === '0' ? [] : [grant];
  });
  const counted = limited.flatMap((grant) => {
    if (grant.meter === null) return [];
    const { aggregation } = grant.meter;
    const feature = grant.feature.key;
    const instants = past.filter((use) => use.feature === feature).map(({ at }) => at);
    const windows = new Map(
      [...instants, now].map((at) => [limitWindow(grant, timeZone, at).start.getTime(), at]),
    );
    return [...windows.values()].map((at) => {
      const window = limitWindow(grant, timeZone, at);
      return { grant, window, at, key: { organizationId, feature, window, aggregation } };
    });
  });
  const read = counted.length === 0 ? null : await deps.ledger.allLevels(counted.map(({ key }) => key));
  const moved: MovedTotal[] =
    read === null ? [] : counted.map(({ key, ...total }) => ({ ...total, levels: read(key) }));
  for (const grant of limited.filter(({ meter }) => meter === null)) {
    const reported = await deps.gauges.level(organizationId, grant.feature.key);
    const levels = { used: allocatedLevel(snapshot, grant, reported), reserved: '0' };
    moved.push({ grant, window: usagePeriod(grant.standing, now), levels, at: now });
  }
  return moved;
}
