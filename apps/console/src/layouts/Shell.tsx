import { type ReactNode, useCallback, useState } from 'react';
import type { ScreenGroup } from '../app/navigation.ts';
import { useShortcuts } from '../app/shortcuts.ts';
import { BottomBar } from './BottomBar.tsx';
import { openPalette, Palette } from './Palette.tsx';
import { Rail } from './Rail.tsx';
import { ShortcutSheet } from './ShortcutSheet.tsx';
import { TopBar } from './TopBar.tsx';
import './shell.css';

interface ShellProps {
  screens: readonly ScreenGroup[];
  home: string;
  /** The four most used screens on a phone; the rest is behind "More". */
  phoneScreens: readonly string[];
  notices?: ReactNode;
  children: ReactNode;
}

/** Rail, top bar, one notice slot and the content: the frame of both consoles. */
export function Shell({ screens, home, phoneScreens, notices, children }: ShellProps) {
  const [isSheetOpen, setSheetOpen] = useState(false);
  const openSheet = useCallback(() => setSheetOpen(true), []);
  useShortcuts({ screens, openSearch: openPalette, openSheet });
  return (
    <div className="mg-shell">
      <a className="mg-skip" href="#content">
        Skip to content
      </a>
      <Rail screens={screens} home={home} />
      <TopBar onHelp={openSheet} />
      <main id="content" className="mg-main" tabIndex={-1}>
        <div className="mg-content">
          {notices}
          {children}
        </div>
      </main>
      <BottomBar screens={screens} labels={phoneScreens} />
      <Palette screens={screens} onHelp={openSheet} />
      <ShortcutSheet opened={isSheetOpen} onClose={() => setSheetOpen(false)} screens={screens} />
    </div>
  );
}
