import { useLocation, useRouter } from '@tanstack/react-router';
import { useCallback } from 'react';

export type UrlValues<K extends string> = Readonly<Record<K, string>>;

interface UrlState<K extends string> {
  values: UrlValues<K>;
  /** Typing replaces the entry in the history; picking something adds one, so that Back undoes it. */
  set(changes: Partial<Record<K, string>>, how?: 'push' | 'replace'): void;
}

/** Filters, tabs and cursors live in the address. A value equal to its default is left out. */
export function useUrlState<K extends string>(defaults: Readonly<Record<K, string>>): UrlState<K> {
  const location = useLocation();
  const router = useRouter();
  const search = new URLSearchParams(location.searchStr);
  const values: Record<K, string> = { ...defaults };
  for (const key of keysOf(defaults)) values[key] = search.get(key) ?? defaults[key];
  const set = useCallback(
    (changes: Partial<Record<K, string>>, how: 'push' | 'replace' = 'push') => {
      const next = new URLSearchParams(window.location.search);
      for (const key of keysOf(defaults)) {
        const value = changes[key];
        if (value === undefined) continue;
        if (value === defaults[key]) next.delete(key);
        else next.set(key, value);
      }
      const text = next.toString();
      const href = `${window.location.pathname}${text === '' ? '' : `?${text}`}`;
      if (how === 'push') router.history.push(href);
      else router.history.replace(href);
    },
    [defaults, router],
  );
  return { values, set };
}

/** The value when it is one of the allowed ones, else the first of them: addresses are typed by people. */
export function oneOf<const T extends string>(value: string, allowed: readonly [T, ...T[]]): T {
  return allowed.find((candidate) => candidate === value) ?? allowed[0];
}

function keysOf<K extends string>(record: Readonly<Record<K, string>>): K[] {
  return Object.keys(record) as K[];
}
