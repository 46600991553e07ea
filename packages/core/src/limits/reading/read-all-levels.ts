import { counterKeyOf } from '../counter-key.ts';
import type { EntitlementSnapshot, FeatureGrant } from '../entitlement-snapshot.ts';
import type { LimitDeps } from '../limit-deps.ts';
import { allocatedLevel } from '../limit-subject.ts';
import { type CounterLevels, noLevels } from '../limits.ports.ts';

/**
 * What is used of every feature, all totals as of one moment: two questions to the database, however many features
 * there are. Answers null for what is switched or set and not counted.
 */
export async function readAllLevels(
  deps: Pick<LimitDeps, 'ledger' | 'gauges'>,
  snapshot: EntitlementSnapshot,
  at: Date,
): Promise<(grant: FeatureGrant) => CounterLevels | null> {
  const metered = [...snapshot.grants.values()].filter((grant) => isMetered(grant));
  const keys = metered.map((grant) => counterKeyOf({ snapshot, grant, at }));
  const [gauges, read] = await Promise.all([
    deps.gauges.levels(snapshot.facts.organizationId),
    keys.length === 0 ? () => noLevels : deps.ledger.allLevels(keys),
  ]);
  return (grant) => {
    if (grant.feature.kind === 'allocated') {
      const reported = gauges.get(grant.feature.key) ?? '0';
      return { used: allocatedLevel(snapshot, grant, reported), reserved: '0' };
    }
    return isMetered(grant) ? read(counterKeyOf({ snapshot, grant, at })) : null;
  };
}

function isMetered({ feature, meter }: FeatureGrant): boolean {
  return feature.kind !== 'allocated' && meter !== null;
}
