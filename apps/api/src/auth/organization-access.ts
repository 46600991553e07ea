import type { StaffRole } from '@metergate/core';
import type { Container } from '../container.ts';
import type { Membership } from './identity.ts';

export interface OrganizationAccessFound {
  membership: Membership;
  /** Set when staff look at the organization without belonging to it: read-only, until its time is over. */
  viewAs: { staffUserId: string; sessionId: string } | null;
}

interface Visitor {
  id: string;
  staffRole: StaffRole | null;
}

/** How somebody may enter an organization: as its member, or as staff with a running view-as session; null = not. */
export async function findOrganizationAccess(
  { identity, viewAsSessions, clock }: Pick<Container, 'identity' | 'viewAsSessions' | 'clock'>,
  user: Visitor,
  organization: string,
): Promise<OrganizationAccessFound | null> {
  const membership = await identity.findMembership(user.id, organization);
  if (membership !== null) return { membership, viewAs: null };
  if (user.staffRole === null) return null;
  const session = await viewAsSessions.find(user.id, organization, clock.now());
  if (session === null) return null;
  return {
    membership: {
      organizationId: session.organizationId,
      role: 'owner',
      adminsSeeMoney: true,
      adminsMayBuy: false,
    },
    viewAs: { staffUserId: user.id, sessionId: session.id },
  };
}
