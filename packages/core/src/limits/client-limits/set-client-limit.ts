import type { Actor } from '../../shared/actor.ts';
import { actorText } from '../../shared/actor-text.ts';
import { authorize } from '../../shared/authorize.ts';
import { type OrganizationId, toPublicId } from '../../shared/ids.ts';
import { parseQuantity } from '../../shared/money/quantity.ts';
import type { UnitOfWork } from '../../shared/unit-of-work.ts';
import { isConsumable } from '../counter-key.ts';
import { grantOf } from '../limit-subject.ts';
import { featureNotConsumable } from '../limits.errors.ts';
import type { ClientLimit, ClientLimitTx } from './client-limits.ports.ts';
import type { ClientLimitView } from './client-limits.schemas.ts';
import { findClient } from './find-client.ts';
import { type ClientLimitReadingDeps, listClientLimits } from './list-client-limits.ts';

export interface SetClientLimitRequest {
  actor: Actor;
  organizationId: OrganizationId;
  /** `limit` null takes the ceiling away. */
  input: { client: string; feature: string; limit: unknown };
}

/**
 * Sets what one client may use of a feature, in the window of the feature's own limit and within it; counts what the
 * client has used already. Setting the same again changes nothing. Answers the view, or null when there is none.
 * @throws FEATURE_UNKNOWN, FEATURE_NOT_CONSUMABLE, QUANTITY_INVALID, NOT_FOUND (the client)
 */
export async function setClientLimit(
  deps: Omit<ClientLimitReadingDeps, 'unitOfWork'> & { unitOfWork: UnitOfWork<ClientLimitTx> },
  { actor, organizationId, input }: SetClientLimitRequest,
): Promise<ClientLimitView | null> {
  authorize(actor, { members: ['owner', 'admin'], scope: 'organizations:write' });
  const limit = input.limit === null ? null : parseQuantity(input.limit);
  const grant = grantOf(await deps.entitlements.snapshotOf(organizationId), input.feature);
  if (!isConsumable({ grant })) throw featureNotConsumable(input.feature);
  const at = deps.clock.now();
  const clientId = await deps.unitOfWork.run(organizationId, async (tx) => {
    await tx.organizations.lock(organizationId);
    const { id } = await findClient(tx, organizationId, input.client);
    const of = { clientId: id, feature: input.feature };
    const before = await tx.clientLimits.find(organizationId, of);
    if ((before?.limit ?? null) === limit) return id;
    if (limit === null) await tx.clientLimits.remove(organizationId, of);
    else await tx.clientLimits.put(organizationId, { ...of, limit, setBy: actorText(actor), setAt: at });
    await tx.audit.append({
      organizationId,
      actor,
      action: limit === null ? 'client_limit.removed' : 'client_limit.set',
      target: { kind: 'client', id: toPublicId('client', id) },
      ...(before === undefined ? {} : { before: content(before) }),
      ...(limit === null ? {} : { after: content({ ...of, limit }) }),
    });
    return id;
  });
  const filter = { clientId, feature: input.feature };
  return (await listClientLimits(deps, { organizationId, filter }))[0] ?? null;
}

function content({ feature, limit }: Pick<ClientLimit, 'feature' | 'limit'>) {
  return { feature, limit };
}
