import { Tooltip } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { useLocation } from '@tanstack/react-router';
import { isCurrent, type ScreenGroup } from '../app/navigation.ts';
import { AppLink } from '../components/AppLink.tsx';
import { Mark } from '../components/Mark.tsx';

export function Rail({ screens, home }: { screens: readonly ScreenGroup[]; home: string }) {
  const { pathname } = useLocation();
  const isNarrow = useMediaQuery('(max-width: 1023px)');
  return (
    <nav className="mg-rail" aria-label="Main">
      <AppLink to={home} className="mg-brand">
        <Mark />
        <span className="mg-brand-word">Metergate</span>
      </AppLink>
      {screens.map((group) => (
        <div key={group.title} className="mg-rail-group">
          <h2 className="mg-rail-title">{group.title}</h2>
          {group.screens.map((screen) => (
            <Tooltip key={screen.to} label={screen.label} position="right" disabled={isNarrow !== true}>
              <AppLink
                to={screen.to}
                className="mg-rail-link"
                aria-current={isCurrent(screen, pathname) ? 'page' : undefined}
              >
                <screen.icon size={18} stroke={1.75} aria-hidden />
                <span className="mg-rail-word">{screen.label}</span>
              </AppLink>
            </Tooltip>
          ))}
        </div>
      ))}
    </nav>
  );
}
