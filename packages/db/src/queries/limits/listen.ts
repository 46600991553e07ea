import pg from 'pg';

export interface Listener {
  close(): Promise<void>;
}

const reconnectMs = 1000;
const pingMs = 5_000;
const unansweredMax = 2;

/**
 * Hears one channel on a connection of its own. A broken connection is made again; `onGap` is called each time,
 * because what was said meanwhile is lost. A peer that vanished without a word would never be missed by somebody who
 * only listens, so it is asked for an answer now and then.
 */
export function listen(
  pool: pg.Pool,
  channel: 'entitlements_changed' | 'work' | 'live',
  handlers: { onMessage: (payload: string) => void; onGap: () => void },
): Listener {
  let client: pg.Client | undefined;
  let timer: NodeJS.Timeout | undefined;
  let unanswered = 0;
  let isClosed = false;

  async function connect(): Promise<void> {
    const next = new pg.Client(pool.options);
    next.on('error', () => reconnect(next));
    next.on('end', () => reconnect(next));
    next.on('notification', ({ payload }) => handlers.onMessage(payload ?? ''));
    client = next;
    unanswered = 0;
    try {
      await next.connect();
      await next.query(`listen ${channel}`);
      handlers.onGap();
    } catch {
      reconnect(next);
    }
  }

  function reconnect(failed: pg.Client): void {
    if (isClosed || client !== failed) return;
    client = undefined;
    handlers.onGap();
    failed.end().catch(() => undefined);
    timer = setTimeout(() => void connect(), reconnectMs);
    timer.unref();
  }

  /** Waits behind a connection that is being made, so that this one must come about in time as well. */
  function ping(): void {
    const asked = client;
    if (asked === undefined) return;
    if (unanswered >= unansweredMax) {
      reconnect(asked);
      return;
    }
    unanswered += 1;
    asked.query(`select '${channel}' as listening`).then(
      () => {
        if (client === asked) unanswered = 0;
      },
      () => reconnect(asked),
    );
  }

  const pings = setInterval(ping, pingMs).unref();
  void connect();
  return {
    async close() {
      isClosed = true;
      clearInterval(pings);
      clearTimeout(timer);
      await client?.end().catch(() => undefined);
    },
  };
}
