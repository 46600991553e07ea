import type { OrganizationId } from '../shared/ids.ts';
import type { MeterTerms, UsageTerms, UsageTermsReader } from '../usage/reading/usage-terms.ts';
import type { EntitlementSnapshot, FeatureGrant } from './entitlement-snapshot.ts';
import { isServed, limitQuantityOf } from './limit-subject.ts';
import { limitWindow } from './limit-window.ts';
import type { EntitlementReader } from './limits.ports.ts';

/** What usage is shown against: every metered feature with its running period and limit. */
export function createUsageTermsReader(entitlements: EntitlementReader): UsageTermsReader {
  return {
    async termsOf(organizationId: OrganizationId, at: Date): Promise<UsageTerms> {
      const snapshot = await entitlements.snapshotOf(organizationId);
      return {
        timeZone: snapshot.facts.timeZone,
        meters: [...snapshot.grants.values()].flatMap((grant) => termsOf(snapshot, grant, at) ?? []),
      };
    },
  };
}

function termsOf(snapshot: EntitlementSnapshot, grant: FeatureGrant, at: Date): MeterTerms | undefined {
  if (grant.meter === null) return undefined;
  const period = limitWindow(grant, snapshot.facts.timeZone, at);
  const { entitlement } = grant;
  return {
    meter: grant.meter,
    family: grant.standing.family.key,
    period,
    previousPeriod: limitWindow(grant, snapshot.facts.timeZone, new Date(period.start.getTime() - 1)),
    included: limitQuantityOf(grant),
    onLimit: entitlement !== null && 'onLimit' in entitlement ? entitlement.onLimit : null,
    isServed: isServed(snapshot, grant),
  };
}
