import type { ReadCostDaysDeps, TakeCostDaysDeps } from '@metergate/core/payments/cost-days/cost-days.ports';
import type { Container } from '../container.ts';

/** What writing down the cost of a day needs, and reading it. */
export function costDayDeps({
  unitOfWork,
  metering,
  clock,
}: Pick<Container, 'unitOfWork' | 'metering' | 'clock'>): TakeCostDaysDeps & ReadCostDaysDeps {
  const { entitlements, reading } = metering;
  return { unitOfWork, entitlements, usage: reading.reader, clock };
}
