import { notFound, type OrganizationId, toPublicId } from '@metergate/core';
import { type EntitlementSnapshot, entitlementSnapshot } from '@metergate/core/limits/entitlement-snapshot';
import type { EntitlementReader, LimitLedger } from '@metergate/core/limits/limits.ports';
import { settleReservation } from '@metergate/core/limits/settle-reservation';
import { loadEntitlementFacts } from '@metergate/db/metering';
import { ExpiringCache } from '../expiring-cache.ts';
import type { MeteringOptions } from '../metering.ts';
import type { TouchedTotals } from '../touched-totals.ts';
import type { CarryOverTarget } from './carry-over.ts';

/** Settles what was kept, past everything that believes the database to be away still. */
export function createKeptSettlement(
  {
    database,
    catalog,
    clock,
    monotonicMs,
  }: Pick<MeteringOptions, 'database' | 'catalog' | 'clock' | 'monotonicMs'>,
  { ledger, touched }: { ledger: LimitLedger; touched: TouchedTotals },
): CarryOverTarget['settle'] {
  const known = new ExpiringCache<EntitlementSnapshot>({ lifetimeMs: 1000, sizeMax: 1000, monotonicMs });
  const load = async (organizationId: OrganizationId) => {
    const facts = await loadEntitlementFacts(database.ingest, organizationId, clock.now());
    if (facts === undefined) throw notFound('organization');
    return entitlementSnapshot(facts, catalog, clock.now());
  };
  const entitlements: EntitlementReader = {
    snapshotOf: (organizationId) => known.get(organizationId, () => load(organizationId)),
  };
  const onUsage = (organizationId: OrganizationId, feature: string) => touched.add(organizationId, feature);
  return async ({ organizationId, operation, reservationId, quantity }) => {
    const id = toPublicId('reservation', reservationId);
    await settleReservation(
      { clock, entitlements, ledger, onUsage },
      { organizationId, id, quantity, operation },
    );
  };
}
