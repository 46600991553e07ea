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

export async function writeDemoMarker(
  { database }: Pick<Container, 'database'>,
  state: 'started' | 'done',
): Promise<void> {
  await database.platform.query(
    `insert into settings (key, value) values ($1, $2::jsonb)
     on conflict (key) do update set value = excluded.value`,
    [key, JSON.stringify({ state })],
  );
}
