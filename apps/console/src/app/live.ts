import { useEffect } from 'react';
import { setLive } from './live-state.ts';
import { queryClient } from './query-client.ts';
import { sessionOptions } from './session.ts';
import { throttled } from './throttled.ts';

/** What the stream says is different, and which routers of the API are read again because of it. */
const readAgain: Readonly<Record<string, { routers: readonly string[]; everyMs: number }>> = {
  // Reading usage is limited to 60 calls a minute; a page that shows all of it makes about five.
  usage: {
    routers: ['usage', 'limits', 'alerts', 'budgets', 'invoices.billingSummary', 'invoices.notices'],
    everyMs: 10_000,
  },
  billing: { routers: ['subscriptions', 'invoices', 'payments', 'limits', 'catalog'], everyMs: 2_000 },
  organization: {
    routers: ['organizations', 'members', 'clients', 'limits', 'audit', 'invoices.notices'],
    everyMs: 2_000,
  },
};

/** After the server refused a stream: the pages poll meanwhile. */
const refusedPauseMs = 30_000;

/**
 * Keeps a stream of changes open while the page is visible. Without one, and in browsers that cannot have one, the
 * screens ask every 15 seconds as if it did not exist.
 */
export function useLiveUpdates(organization: string): void {
  useEffect(() => {
    if (typeof EventSource === 'undefined') return;
    const connection = connect(organization);
    const onVisibility = () => (document.hidden ? connection.pause() : connection.resume());
    document.addEventListener('visibilitychange', onVisibility);
    onVisibility();
    return () => {
      document.removeEventListener('visibilitychange', onVisibility);
      connection.pause();
    };
  }, [organization]);
}

function connect(organization: string) {
  const refreshers = new Map(
    Object.entries(readAgain).map(([topic, { routers, everyMs }]) => [
      topic,
      throttled(() => void invalidate(routers), everyMs),
    ]),
  );
  let source: EventSource | undefined;
  let retry: ReturnType<typeof setTimeout> | undefined;
  let wasOpen = false;

  function tell(topics: Iterable<string>): void {
    for (const topic of topics) refreshers.get(topic)?.();
  }

  function open(): void {
    const next = new EventSource(`/api/live?organization=${encodeURIComponent(organization)}`);
    let isFirst = true;
    source = next;
    next.addEventListener('open', () => {
      setLive(true);
      // A hidden page closes its stream and remembers no id, so it reads everything again when it is back. A stream that
      // broke and was made again by the browser is told so by the server.
      if (wasOpen && isFirst) tell(refreshers.keys());
      wasOpen = true;
      isFirst = false;
    });
    next.addEventListener('changed', ({ data }) => tell(topicsOf(data)));
    next.addEventListener('error', () => {
      setLive(false);
      if (next.readyState !== EventSource.CLOSED) return;
      // Refused, and a stream cannot say why: perhaps nobody is signed in any more, or this is no longer their place.
      void queryClient.invalidateQueries({ queryKey: sessionOptions().queryKey });
      retry = setTimeout(open, refusedPauseMs);
    });
  }

  return {
    resume(): void {
      if (source === undefined) open();
    },
    pause(): void {
      clearTimeout(retry);
      source?.close();
      source = undefined;
      setLive(false);
    },
  };
}

function topicsOf(data: unknown): string[] {
  const message: unknown = JSON.parse(String(data));
  if (typeof message !== 'object' || message === null || !('topics' in message)) return [];
  return Array.isArray(message.topics) ? message.topics.map(String) : [];
}

/** Only what is on the screen is fetched; the rest is marked as old. */
async function invalidate(routers: readonly string[]): Promise<void> {
  await queryClient.invalidateQueries({
    predicate: ({ queryKey: [path] }) => {
      if (!Array.isArray(path)) return false;
      const [router, procedure] = path.map(String);
      return routers.some((name) => name === router || name === `${router}.${procedure}`);
    },
  });
}
