import type { BillUsageDeps } from '@metergate/core/payments/bill-usage/bill-usage.ports';
import type { ProveUsageDeps } from '@metergate/core/payments/prove-usage/prove-usage.ports';
import { createEventTotals } from '@metergate/db';
import type { Container } from '../container.ts';
import { withClosingCrashPoints } from './closing-crash-points.ts';

/** What billing and proving usage needs, taken from the container. */
export function billUsageDeps(
  container: Pick<
    Container,
    'unitOfWork' | 'gateway' | 'clock' | 'ids' | 'catalog' | 'metering' | 'database'
  >,
): BillUsageDeps & ProveUsageDeps {
  const { unitOfWork, gateway, clock, ids, catalog, metering, database } = container;
  return {
    unitOfWork,
    gateway: withClosingCrashPoints(gateway),
    clock,
    ids,
    families: [...catalog.values()],
    usage: metering.reading.reader,
    eventTotals: createEventTotals(database.app),
  };
}
