import pg from 'pg';

export interface DatabaseProbe {
  /** Resolves when the database answered a question asked after this call began, or one that still waits. */
  ask(): Promise<void>;
  close(): Promise<void>;
}

/** A connection is given up when it says nothing for so long; until then a late answer is still heard at once. */
const silenceMs = 2000;

/** Asks the database whether it answers, on a connection of its own: full pools and long statements say nothing. */
export function createDatabaseProbe(pool: pg.Pool): DatabaseProbe {
  let client: pg.Client | undefined;
  let asking: Promise<void> | undefined;

  async function connected(): Promise<pg.Client> {
    if (client !== undefined) return client;
    const next = new pg.Client({
      ...pool.options,
      application_name: 'metergate-probe',
      connectionTimeoutMillis: silenceMs,
      query_timeout: silenceMs,
    });
    next.on('error', () => drop(next));
    next.on('end', () => drop(next));
    try {
      await next.connect();
    } catch (error) {
      drop(next);
      throw error;
    }
    client = next;
    return next;
  }

  function drop(failed: pg.Client): void {
    if (client === failed) client = undefined;
    failed.end().catch(() => undefined);
  }

  async function askOnce(): Promise<void> {
    const asked = await connected();
    try {
      await asked.query('select 1');
    } catch (error) {
      drop(asked);
      throw error;
    }
  }

  return {
    ask() {
      asking ??= askOnce().finally(() => {
        asking = undefined;
      });
      return asking;
    },
    async close() {
      await client?.end().catch(() => undefined);
    },
  };
}
