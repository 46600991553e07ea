import { useEffect, useRef } from 'react';

/** A button that works is switched off and loses the focus; whoever pressed it goes on from there when it is done. */
export function useKeptFocus(isPending: boolean) {
  const button = useRef<HTMLButtonElement>(null);
  const wasPending = useRef(false);
  useEffect(() => {
    if (wasPending.current && !isPending && document.activeElement === document.body) button.current?.focus();
    wasPending.current = isPending;
  }, [isPending]);
  return button;
}
