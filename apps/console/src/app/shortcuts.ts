import { useRouter } from '@tanstack/react-router';
import { useEffect } from 'react';
import type { ScreenGroup } from './navigation.ts';
import { now } from './now.ts';

const switchKey = 'mg-shortcuts';
const chordMs = 1200;

/** Single-key shortcuts can be switched off: speech input and shaky hands press letters by accident. */
export function shortcutsEnabled(): boolean {
  return window.localStorage.getItem(switchKey) !== 'off';
}

export function setShortcutsEnabled(isOn: boolean): void {
  window.localStorage.setItem(switchKey, isOn ? 'on' : 'off');
}

interface ShortcutActions {
  screens: readonly ScreenGroup[];
  openSearch: () => void;
  openSheet: () => void;
}

/** `/` search, `?` sheet, `g` then a letter jumps. Ignored while typing and under an open dialog. */
export function useShortcuts({ screens, openSearch, openSheet }: ShortcutActions): void {
  const router = useRouter();
  useEffect(() => {
    let goPressedAt = 0;
    function onKey(event: KeyboardEvent) {
      if ((event.metaKey || event.ctrlKey) && event.key.toLowerCase() === 'k') {
        event.preventDefault();
        return openSearch();
      }
      if (event.metaKey || event.ctrlKey || event.altKey || isTyping(event.target) || !shortcutsEnabled())
        return;
      const wasGo = now().getTime() - goPressedAt < chordMs;
      goPressedAt = 0;
      if (wasGo) {
        const target = screens.flatMap((group) => group.screens).find((screen) => screen.jump === event.key);
        if (target !== undefined) router.history.push(target.to);
      } else if (event.key === 'g') goPressedAt = now().getTime();
      else if (event.key === '/') {
        event.preventDefault();
        openSearch();
      } else if (event.key === '?') openSheet();
    }
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, [screens, openSearch, openSheet, router]);
}

function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  return target.isContentEditable || target.closest('input, textarea, select, [role="dialog"]') !== null;
}
