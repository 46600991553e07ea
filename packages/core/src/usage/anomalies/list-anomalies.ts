import { z } from 'zod';
import type { Clock } from '../../shared/clock.ts';
import type { OrganizationId } from '../../shared/ids.ts';
import type { UnitOfWork } from '../../shared/unit-of-work.ts';
import { decimalSchema, instantSchema } from '../../shared/view.schemas.ts';
import type { AnomalyRepository } from './anomalies.ports.ts';

export const anomalyViewSchema = z.object({
  meter: z.string(),
  kind: z.enum(['spike', 'silence']),
  windowStart: instantSchema,
  windowEnd: instantSchema,
  /** Median of the same hours in the weeks before. */
  expected: decimalSchema,
  actual: decimalSchema,
  detectedAt: instantSchema,
});
export type AnomalyView = z.infer<typeof anomalyViewSchema>;

const shownMs = 30 * 86_400_000;

/** What was unusual in the last thirty days, latest first. */
export async function listAnomalies(
  deps: { clock: Clock; unitOfWork: UnitOfWork<{ anomalies: Pick<AnomalyRepository, 'list'> }> },
  { organizationId }: { organizationId: OrganizationId },
): Promise<AnomalyView[]> {
  const since = new Date(deps.clock.now().getTime() - shownMs);
  const anomalies = await deps.unitOfWork.run(organizationId, (tx) =>
    tx.anomalies.list(organizationId, since),
  );
  return anomalies.map(({ windowStart, windowEnd, detectedAt, ...anomaly }) => ({
    ...anomaly,
    windowStart: windowStart.toISOString(),
    windowEnd: windowEnd.toISOString(),
    detectedAt: detectedAt.toISOString(),
  }));
}
