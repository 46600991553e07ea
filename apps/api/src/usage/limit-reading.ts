import type { ListLimitsDeps } from '@metergate/core/limits/reading/list-limits';
import type { Container } from '../container.ts';

/** What the limits screen reads. */
export function limitReadingOf({
  metering,
  unitOfWork,
}: Pick<Container, 'metering' | 'unitOfWork'>): ListLimitsDeps {
  return {
    ...metering.limits,
    alertRules: (organizationId) =>
      unitOfWork.run(organizationId, ({ alerts }) => alerts.rules(organizationId)),
  };
}
