import { Outlet } from '@tanstack/react-router';
import { useMemo } from 'react';
import { useLiveUpdates } from '../app/live.ts';
import { organizationScreens } from '../app/navigation.ts';
import { paths } from '../app/paths.ts';
import { useOrganization } from '../app/session.ts';
import { NoticeSlot } from './NoticeSlot.tsx';
import { Shell } from './Shell.tsx';
import { ViewAsBar } from './ViewAsBar.tsx';

const onThePhone = ['Overview', 'Usage', 'Limits', 'Invoices', 'Plans'];

export function OrganizationLayout() {
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
