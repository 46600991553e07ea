import { Switch } from '@mantine/core';
import { useState } from 'react';
import type { ScreenGroup } from '../app/navigation.ts';
import { setShortcutsEnabled, shortcutsEnabled } from '../app/shortcuts.ts';
import { Dialog } from '../ui/Dialog.tsx';
import { Facts } from '../ui/Facts.tsx';

interface ShortcutSheetProps {
  opened: boolean;
  onClose: () => void;
  screens: readonly ScreenGroup[];
}

const fixed = [
  ['Search or jump', ['Ctrl K', '/']],
  ['This sheet', ['?']],
  ['Next and previous row', ['j', 'k']],
  ['Open the row', ['Enter']],
  ['Step through a chart', ['←', '→']],
  ['Chart as a table', ['t']],
  ['Close', ['Esc']],
] as const;

export function ShortcutSheet({ opened, onClose, screens }: ShortcutSheetProps) {
  const [isOn, setOn] = useState(shortcutsEnabled);
  const jumps = screens
    .flatMap((group) => group.screens)
    .filter((screen) => screen.jump !== undefined)
    .map((screen) => [screen.label, ['g', screen.jump ?? '']] as const);
  return (
    <Dialog title="Keyboard shortcuts" opened={opened} onClose={onClose}>
      <div className="mg-stack">
        <Facts
          facts={[...fixed, ...jumps].map(([label, keys]) => [
            label,
            <span key={label} className="mg-row">
              {keys.map((key) => (
                <kbd key={key} className="mg-kbd">
                  {key}
                </kbd>
              ))}
            </span>,
          ])}
        />
        <Switch
          label="Single-key shortcuts"
          description="Off: letters do nothing outside fields; Ctrl K still searches."
          checked={isOn}
          onChange={(event) => {
            setShortcutsEnabled(event.currentTarget.checked);
            setOn(event.currentTarget.checked);
          }}
        />
      </div>
    </Dialog>
  );
}
