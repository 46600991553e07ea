import { notFound, type OrganizationId, toPublicId } from '@metergate/core';
import { entitlementSnapshot } from '@metergate/core/limits/entitlement-snapshot';
import type { EntitlementReader, LimitLedger } from '@metergate/core/limits/limits.ports';
import { settleReservation } from '@metergate/core/limits/settle-reservation';
import { loadEntitlementFacts } from '@metergate/db/metering';
import type { MeteringOptions } from '../metering.ts';
import type { TouchedTotals } from '../touched-totals.ts';
import type { CarryOverTarget } from './carry-over.ts';

/** Settles what was kept, past everything that believes the database to be away still. */
export function createKeptSettlement(
  { database, catalog, clock }: Pick<MeteringOptions, 'database' | 'catalog' | 'clock'>,
  { ledger, touched }: { ledger: LimitLedger; touched: TouchedTotals },
): CarryOverTarget['settle'] {
  const entitlements: EntitlementReader = {
    async snapshotOf(organizationId) {
      const facts = await loadEntitlementFacts(database.ingest, organizationId, clock.now());
      if (facts === undefined) throw notFound('organization');
      return entitlementSnapshot(facts, catalog, clock.now());
    },
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
