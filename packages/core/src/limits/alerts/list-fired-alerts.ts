import type { OrganizationId } from '../../shared/ids.ts';
import type { UnitOfWork } from '../../shared/unit-of-work.ts';
import type { AlertTx } from './alerts.ports.ts';

const shownMax = 100;

/** The latest thresholds that were reached. */
export async function listFiredAlerts(
  deps: { unitOfWork: UnitOfWork<Pick<AlertTx, 'alerts'>> },
  { organizationId }: { organizationId: OrganizationId },
): Promise<{ feature: string; threshold: number; firedAt: string }[]> {
  const fired = await deps.unitOfWork.run(organizationId, ({ alerts }) =>
    alerts.listFired(organizationId, shownMax),
  );
  return fired.map(({ feature, threshold, firedAt }) => ({
    feature,
    threshold,
    firedAt: firedAt.toISOString(),
  }));
}
