import type { UpcomingDeps } from '@metergate/core/payments/summary/read-upcoming';
import type { Container } from '../container.ts';

/** What summaries, notices and previews need, taken from the container. */
export function summaryDeps(container: Container): UpcomingDeps {
  const { unitOfWork, metering, clock, gateway, catalog } = container;
  const families = [...catalog.values()];
  const { entitlements, reading } = metering;
  return { unitOfWork, entitlements, usage: reading.reader, clock, gateway, families };
}
