import { Outlet } from '@tanstack/react-router';
import { useMemo } from 'react';
import { useLiveUpdates } from '../app/live.ts';
import { organizationScreens } from '../app/navigation.ts';
import { paths } from '../app/paths.ts';
import { useIsAdmitted, useOrganization } from '../app/session.ts';
import { NoticeSlot } from './NoticeSlot.tsx';
import { LostOrganizationPage } from './page-states.tsx';
import { Shell } from './Shell.tsx';
import { ViewAsBar } from './ViewAsBar.tsx';

const onThePhone = ['Overview', 'Usage', 'Limits', 'Invoices', 'Plans'];

/** Whoever is no longer let in while the page is open is told so; the route itself lets nobody else in. */
export function OrganizationLayout() {
  return useIsAdmitted() ? <OpenOrganization /> : <LostOrganizationPage />;
}

function OpenOrganization() {
  const organization = useOrganization();
  useLiveUpdates(organization.slug);
  const screens = useMemo(() => organizationScreens(organization), [organization]);
  return (
    <>
      {organization.viewAs === null ? null : (
        <ViewAsBar organization={organization} viewAs={organization.viewAs} />
      )}
      <Shell
        screens={screens}
        home={paths.overview(organization.slug)}
        phoneScreens={onThePhone}
        notices={<NoticeSlot key={`notices ${organization.id}`} organization={organization.slug} />}
      >
        <Outlet key={organization.id} />
      </Shell>
    </>
  );
}
