import type { BillUsageDeps } from '@metergate/core/payments/bill-usage/bill-usage.ports';
import type { Container } from '../container.ts';

/** What billing usage needs, taken from the container. */
export function billUsageDeps(
  container: Pick<Container, 'unitOfWork' | 'gateway' | 'clock' | 'ids' | 'catalog' | 'metering'>,
): BillUsageDeps {
  const { unitOfWork, gateway, clock, ids, catalog, metering } = container;
  return {
    unitOfWork,
    gateway,
    clock,
    ids,
    families: [...catalog.values()],
    entitlements: metering.entitlements,
    usage: metering.reading.reader,
  };
}
