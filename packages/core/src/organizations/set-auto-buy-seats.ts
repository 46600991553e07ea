import type { Actor } from '../shared/actor.ts';
import { authorize } from '../shared/authorize.ts';
import type { Clock } from '../shared/clock.ts';
import { notFound, type OrganizationId } from '../shared/ids.ts';
import { entitlementsChanged } from '../shared/outgoing-messages.ts';
import type { UnitOfWork } from '../shared/unit-of-work.ts';
import type { Organization } from './organization.ts';
import { organizationClosed } from './organizations.errors.ts';
import type { OrganizationTx } from './organizations.ports.ts';

export interface AutoBuyDeps {
  clock: Clock;
  unitOfWork: UnitOfWork<Pick<OrganizationTx, 'organizations' | 'audit' | 'messages'>>;
}

/**
 * The owner's consent that seats are bought when people join and none is free, up to `max` seats of each plan; null
 * takes it back. Only an owner gives it: it commits to charges that nobody confirms one by one. The same again
 * changes nothing.
 */
export async function setAutoBuySeats(
  deps: AutoBuyDeps,
  request: { actor: Actor; organizationId: OrganizationId; max: number | null },
): Promise<Organization> {
  authorize(request.actor, { members: ['owner'] });
  const { unitOfWork, clock } = deps;
  return unitOfWork.run(request.organizationId, (tx) =>
    changeAutoBuy(tx, { ...request, at: clock.now(), reason: null }),
  );
}

/** Inside a transaction that also says why, to whom it has to be said. */
export async function changeAutoBuy(
  tx: Pick<OrganizationTx, 'organizations' | 'audit' | 'messages'>,
  change: {
    actor: Actor;
    organizationId: OrganizationId;
    max: number | null;
    at: Date;
    reason: string | null;
  },
): Promise<Organization> {
  const { actor, organizationId, max, at, reason } = change;
  const before = await tx.organizations.lock(organizationId);
  if (before === undefined) throw notFound('organization');
  if (before.autoBuySeatsMax === max) return before;
  if (before.status === 'closed') throw organizationClosed();
  const after = await tx.organizations.update(organizationId, { autoBuySeatsMax: max });
  await tx.audit.append({
    organizationId,
    actor,
    action: max === null ? 'seats.auto_buy_stopped' : 'seats.auto_buy_allowed',
    target: { kind: 'organization', id: organizationId },
    ...(reason === null ? {} : { reason }),
    before: { max: before.autoBuySeatsMax },
    after: { max },
  });
  const fact = `auto_buy_seats:${at.getTime()}:${max ?? 'off'}`;
  await tx.messages.add(entitlementsChanged(organizationId, { fact, at, reason: 'auto_buy_seats' }));
  return after;
}
