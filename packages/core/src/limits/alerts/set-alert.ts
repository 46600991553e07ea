import type { Actor } from '../../shared/actor.ts';
import { authorize } from '../../shared/authorize.ts';
import type { OrganizationId } from '../../shared/ids.ts';
import type { UnitOfWork } from '../../shared/unit-of-work.ts';
import { featureUnknown } from '../limits.errors.ts';
import type { LimitView } from '../limits.schemas.ts';
import { type ListLimitsDeps, listLimits } from '../reading/list-limits.ts';
import type { AlertTx } from './alerts.ports.ts';

/** Sets the organization's own thresholds of a feature; they replace those of the plan. @throws FEATURE_UNKNOWN */
export async function setAlert(
  deps: ListLimitsDeps & { unitOfWork: UnitOfWork<AlertTx> },
  request: {
    actor: Actor;
    organizationId: OrganizationId;
    input: { feature: string; thresholds: readonly number[] };
  },
): Promise<LimitView> {
  const { actor, organizationId, input } = request;
  authorize(actor, { members: ['owner', 'admin'] });
  const thresholds = [...new Set(input.thresholds)].toSorted((a, b) => a - b);
  const before = (await listLimits(deps, { organizationId })).find(
    ({ feature }) => feature === input.feature,
  );
  if (before === undefined) throw featureUnknown(input.feature);
  await deps.unitOfWork.run(organizationId, async ({ alerts, audit }) => {
    const known = (await alerts.rules(organizationId)).get(input.feature);
    await alerts.putRule(organizationId, {
      feature: input.feature,
      thresholds,
      recipients: known?.recipients ?? [],
    });
    await audit.append({
      organizationId,
      actor,
      action: 'limit_alert.changed',
      target: { kind: 'feature', id: input.feature },
      before: { thresholds: before.thresholds },
      after: { thresholds },
    });
  });
  return { ...before, thresholds };
}
