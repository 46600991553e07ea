import type { QueryClient } from '@tanstack/react-query';
import { paths } from './paths.ts';
import { sessionOptions } from './session.ts';
import { showError } from './show-error.ts';

interface Place {
  /** Path and query of the page that is open. */
  here: () => string;
  go: (href: string) => Promise<void>;
}

/**
 * A page whose session ended while it was open goes to sign-in, and back to where it was afterwards. A first page that
 * finds nobody signed in is led there by its route.
 */
export function leaveWhenSignedOut(client: QueryClient, { here, go }: Place): void {
  let isLeaving = false;
  client.getQueryCache().subscribe((event) => {
    if (isLeaving || event.type !== 'updated' || event.action.type !== 'error') return;
    if (showError(event.action.error).kind !== 'signed_out') return;
    if (client.getQueryData(sessionOptions().queryKey) === undefined) return;
    isLeaving = true;
    // What was read stays until its page is gone: a page without it would ask for it once more.
    void go(paths.signIn({ next: here(), ended: '1' })).finally(() => {
      client.clear();
      isLeaving = false;
    });
  });
}
