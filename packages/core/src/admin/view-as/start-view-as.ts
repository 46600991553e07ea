import type { Actor } from '../../shared/actor.ts';
import { authorize } from '../../shared/authorize.ts';
import type { Clock } from '../../shared/clock.ts';
import { asId, type IdSource, type OrganizationId } from '../../shared/ids.ts';
import type { UnitOfWork } from '../../shared/unit-of-work.ts';
import { viewAsMember } from './view-as.errors.ts';
import type { ViewAsSession, ViewAsTx } from './view-as.ports.ts';
import type { StartViewAsInput } from './view-as.schemas.ts';

interface Deps {
  clock: Clock;
  ids: IdSource;
  unitOfWork: UnitOfWork<ViewAsTx>;
}

const minuteMs = 60_000;

/**
 * Lets one staff member read an organization for a limited time; nothing can be changed meanwhile. A session that is
 * still running is replaced. The organization finds both in its own audit log. @throws VIEW_AS_MEMBER
 */
export async function startViewAs(
  { clock, ids, unitOfWork }: Deps,
  request: {
    actor: Extract<Actor, { kind: 'staff' }>;
    organizationId: OrganizationId;
    input: StartViewAsInput;
  },
): Promise<ViewAsSession> {
  const { actor, organizationId, input } = request;
  authorize(actor, { staff: 'support' });
  const now = clock.now();
  return unitOfWork.run(organizationId, async (tx) => {
    if ((await tx.members.find(organizationId, actor.userId)) !== undefined) throw viewAsMember();
    await tx.viewAsSessions.endRunning(organizationId, actor.userId, now);
    const session: ViewAsSession = {
      id: asId('viewAs', ids.next()),
      organizationId,
      staffUserId: actor.userId,
      reason: input.reason,
      ticket: input.ticket === undefined || input.ticket === '' ? null : input.ticket,
      createdAt: now,
      expiresAt: new Date(now.getTime() + input.minutes * minuteMs),
      endedAt: null,
    };
    await tx.viewAsSessions.insert(session);
    await tx.audit.append({
      organizationId,
      actor,
      action: 'view_as.started',
      target: { kind: 'organization', id: organizationId },
      reason: session.reason,
      after: { session: session.id, ticket: session.ticket, expiresAt: session.expiresAt },
    });
    return session;
  });
}

/** Ends what is running. Ending twice, or after the time is over, changes nothing. */
export async function endViewAs(
  { clock, unitOfWork }: Omit<Deps, 'ids'>,
  request: { actor: Extract<Actor, { kind: 'staff' }>; organizationId: OrganizationId },
): Promise<void> {
  const { actor, organizationId } = request;
  authorize(actor, { staff: 'support' });
  const now = clock.now();
  await unitOfWork.run(organizationId, async (tx) => {
    const ended = await tx.viewAsSessions.endRunning(organizationId, actor.userId, now);
    for (const session of ended) {
      await tx.audit.append({
        organizationId,
        actor,
        action: 'view_as.ended',
        target: { kind: 'organization', id: organizationId },
        after: { session: session.id },
      });
    }
  });
}
