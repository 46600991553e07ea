import type { OrganizationId } from '@metergate/core';
import type { LimitDeps } from '@metergate/core/limits/limit-deps';
import { isDatabaseAway } from '@metergate/core/limits/outage/decide-in-outage';
import {
  type EntitlementsView,
  readEntitlements,
  readRights,
} from '@metergate/core/limits/reading/read-entitlements';
import { LastKnown } from './last-known.ts';

const organizationsMax = 5_000;

/** Reads what an organization may use; while the database is away, as it was last known, if that is recent. */
export function createEntitlementsReading(options: {
  limits: LimitDeps;
  monotonicMs: () => number;
}): (organizationId: OrganizationId) => Promise<EntitlementsView> {
  const { limits, monotonicMs } = options;
  const lastKnown = new LastKnown<EntitlementsView>({ sizeMax: organizationsMax, monotonicMs });
  return async (organizationId) => {
    try {
      return lastKnown.remember(organizationId, await readEntitlements(limits, { organizationId }));
    } catch (error) {
      if (!isDatabaseAway(error)) throw error;
      return lastKnown.recall(organizationId) ?? (await readRights(limits, { organizationId }));
    }
  };
}
