import type { z } from 'zod';
import { type OrganizationId, toPublicId } from '../../shared/ids.ts';
import {
  addQuantities,
  compareQuantities,
  type Quantity,
  subtractQuantities,
} from '../../shared/money/quantity.ts';
import type { EntitlementSnapshot, FeatureGrant } from '../entitlement-snapshot.ts';
import type { LimitDeps } from '../limit-deps.ts';
import { accessOf, limitQuantityOf } from '../limit-subject.ts';
import { limitWindow } from '../limit-window.ts';
import type { CounterLevels } from '../limits.ports.ts';
import type { entitlementsViewSchema } from '../limits.schemas.ts';
import { readAllLevels } from './read-all-levels.ts';

export type EntitlementsView = z.infer<typeof entitlementsViewSchema>;
type FeatureView = EntitlementsView['features'][string];

/** Everything an organization may use, with what is left of it, in one answer. */
export async function readEntitlements(
  deps: Pick<LimitDeps, 'clock' | 'entitlements' | 'ledger' | 'gauges'>,
  { organizationId }: { organizationId: OrganizationId },
): Promise<EntitlementsView> {
  const now = deps.clock.now();
  const snapshot = await deps.entitlements.snapshotOf(organizationId);
  const levelsOf = await readAllLevels(deps, snapshot, now);
  const features = [...snapshot.grants.values()].map((grant) => {
    const view = toFeatureView(snapshot, grant, { levels: levelsOf(grant), now });
    return [grant.feature.key, view] as const;
  });
  return toView(snapshot, features);
}

/** The same as far as it is known without a database: what may be used, not how much of it is left. */
export async function readRights(
  deps: Pick<LimitDeps, 'clock' | 'entitlements'>,
  { organizationId }: { organizationId: OrganizationId },
): Promise<EntitlementsView> {
  const now = deps.clock.now();
  const snapshot = await deps.entitlements.snapshotOf(organizationId);
  const features = [...snapshot.grants.values()].map(
    (grant) => [grant.feature.key, toFeatureView(snapshot, grant, { levels: null, now })] as const,
  );
  return toView(snapshot, features);
}

function toView(
  snapshot: EntitlementSnapshot,
  features: readonly (readonly [string, FeatureView])[],
): EntitlementsView {
  return {
    organization: toPublicId('organization', snapshot.facts.organizationId),
    plans: snapshot.standings.flatMap(({ family, planVersion, subscription, access }) =>
      planVersion === null
        ? []
        : [
            {
              family: family.key,
              plan: planVersion.key,
              version: planVersion.version,
              access,
              status: subscription?.status ?? 'free',
            },
          ],
    ),
    features: Object.fromEntries(features),
    // The answer changes when something in it does, not with every second: callers compare ETags.
    asOf: snapshot.asOf.toISOString(),
  };
}

function toFeatureView(
  snapshot: EntitlementSnapshot,
  grant: FeatureGrant,
  { levels, now }: { levels: CounterLevels | null; now: Date },
): FeatureView {
  const { entitlement, feature, standing } = grant;
  const limit = limitQuantityOf(grant);
  const isOpen = ['full', 'restricted'].includes(accessOf(snapshot, grant));
  return {
    family: standing.family.key,
    kind: feature.kind,
    enabled: isOpen && isGranted(grant, limit),
    limit,
    used: levels?.used ?? null,
    remaining: limit === null || levels === null ? null : remainingOf(limit, levels),
    onLimit: entitlement !== null && 'onLimit' in entitlement ? entitlement.onLimit : null,
    onUnavailable: entitlement?.onUnavailable ?? standing.family.onUnavailable ?? 'closed',
    ...(entitlement?.kind === 'config' ? { value: entitlement.value } : {}),
    resetsAt:
      feature.kind === 'metered' ? limitWindow(grant, snapshot.facts.timeZone, now).end.toISOString() : null,
  };
}

function isGranted({ entitlement }: FeatureGrant, limit: Quantity | null): boolean {
  if (entitlement === null) return false;
  if (entitlement.kind === 'boolean') return entitlement.isEnabled;
  return entitlement.kind === 'config' || limit !== '0';
}

function remainingOf(limit: Quantity, { used, reserved }: CounterLevels): Quantity {
  const left = subtractQuantities(limit, addQuantities(used, reserved));
  return compareQuantities(left, '0') < 0 ? '0' : left;
}
