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
export function useShortcuts(actions: ShortcutActions): void {
  const { screens, openSearch, openSheet } = actions;
  const router = useRouter();
  useEffect(() => {
    const jump = (path: string) => router.history.push(path);
    const onKey = keyHandler({ screens, openSearch, openSheet }, jump);
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, [screens, openSearch, openSheet, router]);
}

function keyHandler(
  { screens, openSearch, openSheet }: ShortcutActions,
  jump: (path: string) => void,
): (event: KeyboardEvent) => void {
  let goPressedAt = 0;
  const search = (event: KeyboardEvent) => {
    event.preventDefault();
    openSearch();
  };
  const single: Readonly<Record<string, (event: KeyboardEvent) => void>> = {
    '/': search,
    '?': openSheet,
    g: () => {
      goPressedAt = now().getTime();
    },
  };
  return (event) => {
    if (isPaletteKey(event)) return search(event);
    if (hasModifier(event) || isTyping(event.target) || !shortcutsEnabled()) return;
    const wasGo = now().getTime() - goPressedAt < chordMs;
    goPressedAt = 0;
    if (!wasGo) return single[event.key]?.(event);
    const all = screens.flatMap((group) => group.screens);
    const target = all.find((screen) => screen.jump === event.key);
    if (target !== undefined) jump(target.to);
  };
}

function isPaletteKey({ metaKey, ctrlKey, key }: KeyboardEvent): boolean {
  return (metaKey || ctrlKey) && key.toLowerCase() === 'k';
}

function hasModifier({ metaKey, ctrlKey, altKey }: KeyboardEvent): boolean {
  return metaKey || ctrlKey || altKey;
}

function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  return target.isContentEditable || target.closest('input, textarea, select, [role="dialog"]') !== null;
}
