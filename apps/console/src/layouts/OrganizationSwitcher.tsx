import { Menu } from '@mantine/core';
import { IconBuildingPlus, IconCheck, IconSelector, IconShieldLock } from '@tabler/icons-react';
import { useParams, useRouter } from '@tanstack/react-router';
import { paths } from '../app/paths.ts';
import { isStaff, useSession } from '../app/session.ts';
import { initial } from './initial.ts';

export function OrganizationSwitcher() {
  const session = useSession();
  const router = useRouter();
  const { org } = useParams({ strict: false });
  const current = session.organizations.find((organization) => organization.slug === org);
  const name = current?.name ?? 'Platform admin';
  return (
    <Menu position="bottom-start" width={280}>
      <Menu.Target>
        <button type="button" className="mg-switcher">
          <span className="mg-monogram" aria-hidden>
            {initial(name)}
          </span>
          <span className="mg-switcher-name">{name}</span>
          <span className="mg-sr-only">, switch organization</span>
          <IconSelector size={16} aria-hidden />
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>Organizations</Menu.Label>
        {session.organizations
          .filter(({ viewAs }) => viewAs === null)
          .map((organization) => (
            <Menu.Item
              key={organization.id}
              leftSection={<span className="mg-monogram">{initial(organization.name)}</span>}
              rightSection={organization.slug === org ? <IconCheck size={16} aria-label="current" /> : null}
              onClick={() => router.history.push(paths.overview(organization.slug))}
            >
              {organization.name}
            </Menu.Item>
          ))}
        <Menu.Divider />
        <Menu.Item
          leftSection={<IconBuildingPlus size={16} aria-hidden />}
          onClick={() => router.history.push(paths.onboarding())}
        >
          New organization
        </Menu.Item>
        {isStaff(session) ? (
          <Menu.Item
            leftSection={<IconShieldLock size={16} aria-hidden />}
            onClick={() => router.history.push(paths.adminHome())}
          >
            Platform admin
          </Menu.Item>
        ) : null}
      </Menu.Dropdown>
    </Menu>
  );
}
