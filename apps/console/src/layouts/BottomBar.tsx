import { Menu } from '@mantine/core';
import { IconDots } from '@tabler/icons-react';
import { useLocation, useRouter } from '@tanstack/react-router';
import { isCurrent, type ScreenGroup } from '../app/navigation.ts';
import { AppLink } from '../components/AppLink.tsx';

export function BottomBar({
  screens,
  labels,
}: {
  screens: readonly ScreenGroup[];
  labels: readonly string[];
}) {
  const { pathname } = useLocation();
  const router = useRouter();
  const all = screens.flatMap((group) => group.screens);
  const first = labels.flatMap((label) => all.filter((screen) => screen.label === label)).slice(0, 4);
  const rest = all.filter((screen) => !first.includes(screen));
  const isInRest = rest.some((screen) => isCurrent(screen, pathname));
  return (
    <nav className="mg-bottombar" aria-label="Main, short">
      {first.map((screen) => (
        <AppLink
          key={screen.to}
          to={screen.to}
          className="mg-bottom-link"
          aria-current={isCurrent(screen, pathname) ? 'page' : undefined}
        >
          <screen.icon size={20} stroke={1.75} aria-hidden />
          {screen.label === 'Organizations' ? 'Orgs' : screen.label}
        </AppLink>
      ))}
      <Menu position="top-end" width={220}>
        <Menu.Target>
          <button type="button" className="mg-bottom-link" aria-current={isInRest ? 'page' : undefined}>
            <IconDots size={20} stroke={1.75} aria-hidden />
            More
          </button>
        </Menu.Target>
        <Menu.Dropdown>
          {rest.map((screen) => (
            <Menu.Item
              key={screen.to}
              leftSection={<screen.icon size={16} aria-hidden />}
              onClick={() => router.history.push(screen.to)}
            >
              {screen.label}
            </Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
    </nav>
  );
}
