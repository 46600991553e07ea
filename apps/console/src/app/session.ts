import { useSuspenseQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { trpc } from './trpc.ts';
import type { OrganizationAccess, Session } from './views.ts';

export const sessionOptions = () => trpc.organizations.session.queryOptions(undefined, { staleTime: 60_000 });

/** Who is signed in; loaded by the route before any screen renders. */
export function useSession(): Session {
  return useSuspenseQuery(sessionOptions()).data;
}

/** The organization of the address with what the signed-in person may do there. */
export function useOrganization(): OrganizationAccess {
  const found = useFoundOrganization();
  if (found === undefined) throw new Error('the route lets nobody in without an organization');
  return found;
}

/** False once a membership, or staff's time to look at an organization, ended while its page was open. */
export function useIsAdmitted(): boolean {
  return useFoundOrganization() !== undefined;
}

function useFoundOrganization(): OrganizationAccess | undefined {
  const { org } = useParams({ strict: false });
  const { organizations } = useSession();
  return organizations.find(({ slug, id }) => slug === org || id === org);
}

export function isStaff(session: Session | undefined): boolean {
  return session?.user.staffRole !== undefined && session.user.staffRole !== null;
}

const staffRank = { support: 0, billing_ops: 1, super_admin: 2 } as const;

/** Why the signed-in staff member may not do something, or null when they may. */
export function staffRefusal(session: Session, needed: keyof typeof staffRank): string | null {
  const role = session.user.staffRole;
  if (role !== null && staffRank[role] >= staffRank[needed]) return null;
  return needed === 'super_admin'
    ? 'Only super admins can do this.'
    : 'Only billing operations and super admins can do this.';
}
