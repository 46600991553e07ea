import pg from 'pg';

export interface Listener {
  close(): Promise<void>;
}

const reconnectMs = 1000;

/**
 * Hears one channel on a connection of its own. A broken connection is made again; `onGap` is called each time,
 * because what was said meanwhile is lost.
 */
export function listen(
  pool: pg.Pool,
  channel: 'entitlements_changed' | 'work' | 'live',
  handlers: { onMessage: (payload: string) => void; onGap: () => void },
): Listener {
  let client: pg.Client | undefined;
  let timer: NodeJS.Timeout | undefined;
  let isClosed = false;

  async function connect(): Promise<void> {
    const next = new pg.Client(pool.options);
    next.on('error', () => reconnect(next));
    next.on('end', () => reconnect(next));
    next.on('notification', ({ payload }) => handlers.onMessage(payload ?? ''));
    client = next;
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

  void connect();
  return {
    async close() {
      isClosed = true;
      clearTimeout(timer);
      await client?.end().catch(() => undefined);
    },
  };
}
