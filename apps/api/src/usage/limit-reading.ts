import type { ListLimitsDeps } from '@metergate/core/limits/reading/list-limits';
import type { Container } from '../container.ts';

/** What the limits screen reads. */
export function limitReadingOf({
  metering,
  unitOfWork,
}: Pick<Container, 'metering' | 'unitOfWork'>): ListLimitsDeps {
  return {
    ...metering.limits,
    alerts: (organizationId) =>
      unitOfWork.run(organizationId, async ({ alerts }) => ({
        rules: await alerts.rules(organizationId),
        fired: await alerts.latestFired(organizationId),
      })),
  };
}

/** What budgets are read and set with. */
export function budgetDepsOf({ metering, unitOfWork }: Pick<Container, 'metering' | 'unitOfWork'>) {
  const { clock, entitlements, ledger } = metering.limits;
  return { clock, entitlements, ledger, unitOfWork };
}
