import { lazy, Suspense, useSyncExternalStore } from 'react';
import type { ScreenGroup } from '../app/navigation.ts';

const LazyPalette = lazy(async () => ({ default: (await import('./PaletteDialog.tsx')).PaletteDialog }));

let openCount = 0;
const listeners = new Set<() => void>();

/** Opens the palette; its code is loaded on the first call. */
export function openPalette(): void {
  openCount += 1;
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function Palette(props: { screens: readonly ScreenGroup[]; onHelp: () => void }) {
  const count = useSyncExternalStore(subscribe, () => openCount);
  if (count === 0) return null;
  return (
    <Suspense fallback={null}>
      <LazyPalette {...props} openCount={count} />
    </Suspense>
  );
}
