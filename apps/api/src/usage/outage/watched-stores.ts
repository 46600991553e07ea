import type { GaugeStore, LimitLedger } from '@metergate/core/limits/limits.ports';
import type { DatabaseWatch } from './database-watch.ts';

/**
 * The same ledger that throws DATABASE_UNAVAILABLE instead of waiting for a database that is away. Reads and consumes
 * that the ledger joins are watched there, once for all who share them.
 */
export function watchedLedger(ledger: LimitLedger, watch: DatabaseWatch): LimitLedger {
  return {
    ...ledger,
    reserve: (command) => watch.during(() => ledger.reserve(command)),
    findReservation: (organizationId, id) => watch.during(() => ledger.findReservation(organizationId, id)),
    settle: (command) => watch.during(() => ledger.settle(command)),
  };
}

/** The same for levels; reads are joined and watched by the store. */
export function watchedGauges(gauges: GaugeStore, watch: DatabaseWatch): GaugeStore {
  return {
    ...gauges,
    apply: (command) => watch.during(() => gauges.apply(command)),
  };
}
