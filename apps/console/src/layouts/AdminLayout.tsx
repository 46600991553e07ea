import { Outlet } from '@tanstack/react-router';
import { adminScreens } from '../app/navigation.ts';
import { paths } from '../app/paths.ts';
import { isStaff, useSession } from '../app/session.ts';
import { ButtonLink } from '../components/ButtonLink.tsx';
import { PageHeader } from '../components/PageHeader.tsx';
import { EmptyState } from '../ui/EmptyState.tsx';
import { PlainLayout } from './PlainLayout.tsx';
import { Shell } from './Shell.tsx';

const screens = adminScreens();
const onThePhone = ['Home', 'Organizations', 'Flags', 'Events'];

/** Staff only. Everybody else is told so and led back; the API refuses them on its own. */
export function AdminLayout() {
  const session = useSession();
  if (!isStaff(session)) {
    return (
      <PlainLayout>
        <PageHeader title="Staff only" context="Admin" />
        <EmptyState
          reason="not_in_plan"
          title="The admin console belongs to the platform’s own staff"
          action={<ButtonLink to={paths.home()}>Go to my organization</ButtonLink>}
        >
          You are signed in as {session.user.email}. If you should have access, ask a super admin of the
          platform.
        </EmptyState>
      </PlainLayout>
    );
  }
  return (
    <Shell screens={screens} home={paths.adminHome()} phoneScreens={onThePhone}>
      <Outlet />
    </Shell>
  );
}
