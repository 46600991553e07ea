import { mayBuy, seesMoney, toPublicId } from '@metergate/core';
import type { SessionView } from '@metergate/core/organizations/organizations.schemas';
import { listMemberships, type MembershipListRow, type RunningViewAs } from '@metergate/db';
import type { Container } from '../container.ts';
import type { SessionUser } from '../trpc/context.ts';
import { stripeStatusOf } from './stripe-status.ts';

/** Who is signed in, where they belong and what they see there: one query beside the session itself. */
export async function readSessionView(container: Container, user: SessionUser): Promise<SessionView> {
  const memberships = await listMemberships(container.database.auth, user.id);
  const viewed =
    user.staffRole === null ? [] : await container.viewAsSessions.list(user.id, container.clock.now());
  const { id, name, email, staffRole } = user;
  return {
    user: { id, name, email, staffRole },
    organizations: [...memberships.map(memberOf), ...viewed.map(viewerOf)],
    lastOrganizationSlug: memberships[0]?.slug ?? null,
    stripe: stripeStatusOf(container),
  };
}

type OrganizationEntry = SessionView['organizations'][number];

function memberOf(membership: MembershipListRow): OrganizationEntry {
  return {
    id: toPublicId('organization', membership.organizationId),
    slug: membership.slug,
    name: membership.name,
    role: membership.role,
    seesMoney: seesMoney(membership.role, membership),
    mayBuy: mayBuy(membership.role, membership),
    currency: membership.currency,
    timeZone: membership.timeZone,
    viewAs: null,
  };
}

/** An owner's sight without an owner's rights. */
function viewerOf({ organizationId, reason, expiresAt, ...rest }: RunningViewAs): OrganizationEntry {
  const { slug, name, currency, timeZone } = rest;
  return {
    id: toPublicId('organization', organizationId),
    slug,
    name,
    role: 'owner',
    seesMoney: true,
    mayBuy: false,
    currency,
    timeZone,
    viewAs: { reason, expiresAt: expiresAt.toISOString() },
  };
}
