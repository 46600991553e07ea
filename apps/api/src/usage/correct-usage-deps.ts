import type { RevertBackfillDeps } from '@metergate/core/usage/backfills/revert-backfill';
import type { CorrectUsageDeps } from '@metergate/core/usage/correct-usage';
import type { Container } from '../container.ts';

export function correctUsageDeps({ clock, metering, unitOfWork }: Container): CorrectUsageDeps {
  const { aggregationOf, limits } = metering;
  return { clock, aggregationOf, unitOfWork, ...(limits.onUsage && { onUsage: limits.onUsage }) };
}

export function revertBackfillDeps(container: Container): RevertBackfillDeps {
  const { terms, reader } = container.metering.reading;
  return { ...correctUsageDeps(container), unitOfWork: container.unitOfWork, terms, reader };
}
