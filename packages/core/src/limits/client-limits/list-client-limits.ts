import { type OrganizationId, toPublicId } from '../../shared/ids.ts';
import type { UnitOfWork } from '../../shared/unit-of-work.ts';
import { counterKeyOf, isConsumable } from '../counter-key.ts';
import type { EntitlementSnapshot } from '../entitlement-snapshot.ts';
import type { LimitDeps } from '../limit-deps.ts';
import { percentOf } from '../reading/list-limits.ts';
import type { ClientLimitFilter, ClientLimitRepository } from './client-limits.ports.ts';
import type { ClientLimitView } from './client-limits.schemas.ts';

export interface ClientLimitReadingDeps extends Pick<LimitDeps, 'clock' | 'entitlements' | 'ledger'> {
  unitOfWork: UnitOfWork<{ clientLimits: Pick<ClientLimitRepository, 'list'> }>;
}

/** Names, ceilings and totals of at most this many are read at once. */
const shownMax = 500;

/** What clients are allowed, nearest to its end first. Features that are no longer sold are left out. */
export async function listClientLimits(
  deps: ClientLimitReadingDeps,
  request: { organizationId: OrganizationId; filter?: ClientLimitFilter },
): Promise<ClientLimitView[]> {
  const { organizationId, filter } = request;
  const snapshot = await deps.entitlements.snapshotOf(organizationId);
  const limits = await deps.unitOfWork.run(organizationId, (tx) =>
    tx.clientLimits.list(organizationId, { ...filter, countMax: shownMax }),
  );
  const at = deps.clock.now();
  const counted = limits.flatMap((limit) => countedOf(snapshot, limit, at));
  if (counted.length === 0) return [];
  const read = await deps.ledger.allLevels(counted.map(({ key }) => key));
  return counted
    .map(({ limit, grant, key }) => {
      const { used, reserved } = read(key);
      return {
        client: toPublicId('client', limit.clientId),
        externalId: limit.externalId,
        clientName: limit.name,
        feature: limit.feature,
        name: grant.feature.name,
        unit: grant.feature.unit ?? '',
        limit: limit.limit,
        used,
        reserved,
        percent: percentOf({ used, reserved }, limit.limit),
        resetsAt: key.window.end.toISOString(),
      };
    })
    .toSorted((a, b) => Number(b.percent ?? -1) - Number(a.percent ?? -1));
}

type Listed = Awaited<ReturnType<ClientLimitRepository['list']>>[number];

function countedOf(snapshot: EntitlementSnapshot, limit: Listed, at: Date) {
  const grant = snapshot.grants.get(limit.feature);
  if (grant === undefined || !isConsumable({ grant })) return [];
  const key = { ...counterKeyOf({ snapshot, grant, at }), clientId: limit.clientId };
  return [{ limit, grant, key }];
}
