import { useComputedColorScheme, useMantineColorScheme } from '@mantine/core';
import { createSpotlight, Spotlight, type SpotlightActionGroupData } from '@mantine/spotlight';
import '@mantine/spotlight/styles.css';
import { IconSearch } from '@tabler/icons-react';
import { useParams, useRouter } from '@tanstack/react-router';
import { useEffect } from 'react';
import type { ScreenGroup } from '../app/navigation.ts';
import { paths } from '../app/paths.ts';
import { isStaff, useSession } from '../app/session.ts';
import type { Session } from '../app/views.ts';

const [store, spotlight] = createSpotlight();

interface PaletteDialogProps {
  screens: readonly ScreenGroup[];
  onHelp: () => void;
  openCount: number;
}

interface Verb {
  label: string;
  run: () => void;
  description?: string;
  keywords?: string;
}

/** Every screen, verb and organization by name; a combobox over a list box for screen readers. */
export function PaletteDialog({ screens, onHelp, openCount }: PaletteDialogProps) {
  const router = useRouter();
  const session = useSession();
  const { org } = useParams({ strict: false });
  const { setColorScheme } = useMantineColorScheme();
  const scheme = useComputedColorScheme('light');
  useEffect(() => {
    if (openCount > 0) spotlight.open();
  }, [openCount]);
  const go = (to: string) => () => router.history.push(to);
  const verbs: Verb[] = [
    ...organizationVerbs(session, org).map(({ label, to, description }) => ({
      label,
      run: go(to),
      description,
    })),
    { label: 'Copy link to this view', run: () => void navigator.clipboard?.writeText(window.location.href) },
    {
      label: scheme === 'dark' ? 'Use the light theme' : 'Use the dark theme',
      run: () => setColorScheme(scheme === 'dark' ? 'light' : 'dark'),
    },
    { label: 'Show keyboard shortcuts', run: onHelp, description: '?' },
  ];
  const actions: SpotlightActionGroupData[] = [
    ...screens.map((group) => ({
      group: group.title,
      actions: group.screens.map((screen) => ({
        id: screen.to,
        label: screen.label,
        keywords: screen.keywords ?? '',
        leftSection: <screen.icon size={18} stroke={1.75} aria-hidden />,
        rightSection: screen.jump === undefined ? null : <kbd className="mg-kbd">g {screen.jump}</kbd>,
        onClick: go(screen.to),
      })),
    })),
    {
      group: 'Do',
      actions: verbs.map((verb) => ({
        id: `do ${verb.label}`,
        label: verb.label,
        description: verb.description ?? '',
        onClick: verb.run,
      })),
    },
    {
      group: 'Organizations',
      actions: session.organizations.map((organization) => ({
        id: organization.id,
        label: organization.name,
        description: organization.slug,
        onClick: go(paths.overview(organization.slug)),
      })),
    },
  ];
  return (
    <Spotlight
      store={store}
      actions={actions}
      shortcut={null}
      nothingFound="Nothing found. Try a screen, an action or an organization."
      highlightQuery
      limit={12}
      scrollable
      maxHeight={420}
      searchProps={{
        leftSection: <IconSearch size={18} aria-hidden />,
        placeholder: 'Search screens, actions, organizations',
        'aria-label': 'Search',
      }}
    />
  );
}

function organizationVerbs(session: Session, org: string | undefined) {
  const staff = isStaff(session)
    ? [{ label: 'Open the admin console', to: paths.adminHome(), description: '' }]
    : [];
  const access = session.organizations.find((organization) => organization.slug === org);
  if (access === undefined || org === undefined) return staff;
  const whyNot = access.mayBuy ? '' : 'Only an owner can do this';
  return [
    { label: 'Change plan', to: paths.plans(org), description: whyNot },
    { label: 'Pause, cancel or resume a subscription', to: paths.cancel(org), description: whyNot },
    {
      label: 'Pay an open invoice',
      to: paths.invoices(org, { status: 'open' }),
      description: access.seesMoney ? '' : whyNot,
    },
    { label: 'Add a client', to: paths.clients(org, { add: '1' }), description: '' },
    { label: 'Invite a member', to: paths.members(org), description: '' },
    ...staff,
  ];
}
