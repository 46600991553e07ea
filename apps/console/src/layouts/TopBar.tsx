import { ActionIcon, Menu, Tooltip, useComputedColorScheme, useMantineColorScheme } from '@mantine/core';
import {
  IconHelpCircle,
  IconLogout,
  IconMoon,
  IconSearch,
  IconShieldLock,
  IconSun,
} from '@tabler/icons-react';
import { useRouter } from '@tanstack/react-router';
import { signOut } from '../app/auth.ts';
import { paths } from '../app/paths.ts';
import { queryClient } from '../app/query-client.ts';
import { isStaff, useSession } from '../app/session.ts';
import { initial } from './initial.ts';
import { OrganizationSwitcher } from './OrganizationSwitcher.tsx';
import { openPalette } from './Palette.tsx';

const modeWords = { emulator: 'Emulator', test: 'Test mode' } as const;

export function TopBar({ onHelp }: { onHelp: () => void }) {
  const session = useSession();
  const { mode } = session.stripe;
  return (
    <header className="mg-topbar">
      <OrganizationSwitcher />
      {mode === 'live' ? null : (
        <Tooltip label="No real money moves here.">
          <span className="mg-mode">
            {modeWords[mode]}
            <span className="mg-mode-long"> – no real money</span>
          </span>
        </Tooltip>
      )}
      <span className="mg-topbar-gap" />
      <button type="button" className="mg-search" onClick={openPalette}>
        <IconSearch size={16} aria-hidden />
        <span className="mg-search-word">Search or jump to</span>
        <kbd className="mg-kbd">Ctrl K</kbd>
      </button>
      <ThemeToggle />
      <Tooltip label="Keyboard shortcuts (?)">
        <ActionIcon
          variant="subtle"
          color="gray"
          size={36}
          className="mg-desk-only"
          aria-label="Keyboard shortcuts"
          onClick={onHelp}
        >
          <IconHelpCircle size={18} stroke={1.75} aria-hidden />
        </ActionIcon>
      </Tooltip>
      <UserMenu />
    </header>
  );
}

function ThemeToggle() {
  const { setColorScheme } = useMantineColorScheme();
  const scheme = useComputedColorScheme('light');
  const next = scheme === 'dark' ? 'light' : 'dark';
  const Icon = scheme === 'dark' ? IconSun : IconMoon;
  return (
    <Tooltip label={`Use the ${next} theme`}>
      <ActionIcon
        variant="subtle"
        color="gray"
        size={36}
        className="mg-topbar-spare"
        aria-label={`Use the ${next} theme`}
        onClick={() => setColorScheme(next)}
      >
        <Icon size={18} stroke={1.75} aria-hidden />
      </ActionIcon>
    </Tooltip>
  );
}

function UserMenu() {
  const session = useSession();
  const router = useRouter();
  const { setColorScheme } = useMantineColorScheme();
  const scheme = useComputedColorScheme('light');
  async function leave() {
    await signOut();
    queryClient.clear();
    router.history.push(paths.signIn());
  }
  return (
    <Menu width={240}>
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" size={36}>
          <span className="mg-sr-only">Account of {session.user.name}</span>
          <span className="mg-monogram" data-round="true" aria-hidden>
            {initial(session.user.name)}
          </span>
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>
          {session.user.name}
          <br />
          {session.user.email}
        </Menu.Label>
        {isStaff(session) ? (
          <Menu.Item
            leftSection={<IconShieldLock size={16} aria-hidden />}
            onClick={() => router.history.push(paths.adminHome())}
          >
            Admin console
          </Menu.Item>
        ) : null}
        <Menu.Item
          leftSection={<IconMoon size={16} aria-hidden />}
          onClick={() => setColorScheme(scheme === 'dark' ? 'light' : 'dark')}
        >
          {scheme === 'dark' ? 'Light theme' : 'Dark theme'}
        </Menu.Item>
        <Menu.Item leftSection={<IconLogout size={16} aria-hidden />} onClick={leave}>
          Sign out
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
