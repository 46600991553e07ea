import type { Container } from '../../container.ts';

const key = 'demo';

/** `started` without `done` is what an interruption leaves behind. */
export type DemoMarker = 'absent' | 'started' | 'done';

export async function readDemoMarker({ database }: Pick<Container, 'database'>): Promise<DemoMarker> {
  const { rows } = await database.platform.query<{ state: string }>(
    `select value->>'state' as state from settings where key = $1`,
    [key],
  );
  const [row] = rows;
  if (row === undefined) return 'absent';
  return row.state === 'done' ? 'done' : 'started';
}

/** On the disk when it resolves, together with everything that this server was told before. */
export async function writeDemoMarker(
  { database }: Pick<Container, 'database'>,
  state: 'started' | 'done',
): Promise<void> {
  const client = await database.platform.connect();
  try {
    await client.query('begin');
    await client.query('set local synchronous_commit = on');
    await client.query(
      `insert into settings (key, value) values ($1, $2::jsonb)
       on conflict (key) do update set value = excluded.value`,
      [key, JSON.stringify({ state })],
    );
    await client.query('commit');
  } finally {
    // Thrown away: half a transaction must not meet the next user of a connection.
    client.release(true);
  }
}
