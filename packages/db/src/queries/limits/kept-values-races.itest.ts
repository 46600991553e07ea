import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { consumeOne } from '../../../test/ledger-scene.ts';
import { day, meter, month, startValuesScene, type ValuesScene } from '../../../test/values-scene.ts';
import { createDatabase } from '../../index.ts';
import { createLimitLedger } from './limit-ledger.ts';

let scene: ValuesScene;

beforeAll(async () => {
  scene = await startValuesScene();
});
afterAll(() => scene.test.dispose());

async function deadlocks(): Promise<number> {
  const { rows } = await scene.test.owner.query(
    'select deadlocks::int as count from pg_stat_database where datname = current_database()',
  );
  return rows[0].count;
}

it('is what the events say after writers, correctors and readers of two processes in any order', async () => {
  const { test } = scene;
  const { organizationId, clients, keyOf, used, store, correct, level, counters } =
    await scene.addOrganization();
  const open = () => createDatabase(test.urls === undefined ? { url: test.ownerUrl } : { urls: test.urls });
  const processes = [open(), open()] as const;
  const roll = (sides: number) => Math.floor(Math.random() * sides);
  const windows = [month, { start: day(5), end: day(15) }, { start: day(10), end: day(11) }];
  const known: string[] = [];
  const before = await deadlocks();
  const messages = { ...keyOf(month), feature: 'message', aggregation: 'sum' } as const;
  /** A decision about messages that reads the users as well, as for a budget. */
  const consume = ({ ingest: pool, worker: finder }: (typeof processes)[number]) =>
    createLimitLedger({ pool, finder, nextId: randomUUID }).consume(
      consumeOne(messages, randomUUID(), {
        others: [keyOf(month)],
        decide: (_levels, _quantity, read) => ({
          decision: Number(read(keyOf(month)).used) < 100 ? 'allowed' : 'blocked',
          reason: null,
        }),
      }),
    );
  const work = async (database: (typeof processes)[number], writer: number) => {
    for (let round = 0; round < 8; round += 1) {
      const rows = Array.from({ length: 12 }, (_, n) =>
        used(
          roll(4) === 0 ? `shared-${roll(60)}` : `w${writer}-${round}-${n}`,
          roll(8) === 0 ? null : `u${roll(9)}`,
          {
            at: new Date(day(4).getTime() + roll(10) * 86_400_000),
            client: clients[roll(3)] ?? null,
            ...(roll(4) === 0 && { meter: 'message' }),
          },
        ),
      );
      await store(rows, database);
      known.push(...rows.map(({ id }) => id));
      for (let n = 0; n < 5; n += 1) await correct(known[roll(known.length)] ?? '', null, database);
      const window = windows[roll(3)] ?? month;
      const client = clients[roll(3)] ?? null;
      await level(window, client, database);
      await Promise.all([0, 1, 2].map(() => consume(database)));
    }
  };
  try {
    await Promise.all([0, 1, 2, 3].map((n) => work(processes[n % 2 === 0 ? 0 : 1], n)));
  } finally {
    await Promise.all(processes.map((database) => database.close()));
  }
  expect(await deadlocks()).toBe(before);
  expect(await counters()).toBeGreaterThan(5);
  expect(await scene.differences()).toBe(0);
  for (const window of windows) {
    for (const client of clients) {
      const kept = Number(await level(window, client));
      const { rows } = await test.owner.query(
        `select count(distinct properties ->> 'user')::int as count from usage_events event
          where organization_id = $1 and meter = $2 and kind = 'usage' and occurred_at >= $3 and occurred_at < $4
            and ($5::uuid is null or client_id = $5)
            and not exists (select from usage_events taken where taken.organization_id = $1 and taken.kind = 'void'
                             and taken.adjusts_event_id = event.id)`,
        [organizationId, meter, window.start, window.end, client],
      );
      expect(kept).toBe(rows[0].count);
    }
  }
});
