import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createTestDatabase, startChdbServer, type TestDatabase, testEngines } from '@metergate/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createClickHouseUsageReader } from '../src/clickhouse/clickhouse-usage-reader.ts';
import {
  type ClickHouseClient,
  connectClickHouse,
  prepareClickHouse,
} from '../src/clickhouse/connect-clickhouse.ts';
import { relayAllUsage, relayBacklog, relayUsage } from '../src/clickhouse/usage-relay.ts';
import { createUsageReader } from '../src/queries/usage/usage-reader.ts';
import { describeUsageStore } from '../test/usage-reader-suite.ts';

const { chdbModule } = testEngines();

async function settle(db: TestDatabase, clickhouse: ClickHouseClient): Promise<void> {
  while ((await relayUsage(db.database.worker, clickhouse)) > 0);
}

if (chdbModule !== undefined) {
  describeUsageStore('ClickHouse', async (db) => {
    const server = await startChdbServer(chdbModule, await freePort());
    const clickhouse = await connectClickHouse(server.url);
    await prepareClickHouse(clickhouse);
    await relayAllUsage(db.database.worker);
    const postgres = createUsageReader({ app: db.database.app, ingest: db.database.ingest });
    return {
      reader: createClickHouseUsageReader(clickhouse, postgres),
      settle: () => settle(db, clickhouse),
      async stop() {
        await clickhouse.close();
        await server.stop();
      },
    };
  });
}

describe.skipIf(chdbModule === undefined)('the relay to ClickHouse', () => {
  let db: TestDatabase;
  let server: Awaited<ReturnType<typeof startChdbServer>>;
  let clickhouse: ClickHouseClient;

  beforeAll(async () => {
    db = await createTestDatabase();
    server = await startChdbServer(chdbModule ?? '', await freePort());
    clickhouse = await connectClickHouse(server.url);
    await prepareClickHouse(clickhouse);
    await db.owner.query(
      `insert into organizations (id, slug, name, email, currency)
       values ('01900000-0000-7000-8000-000000000001', 'acme', 'Acme', 'a@example.com', 'USD')`,
    );
  });
  afterAll(async () => {
    await clickhouse?.close();
    await server?.stop();
    await db?.dispose();
  });

  const insert = (from: number, to: number) =>
    db.owner.query(
      `insert into usage_events (organization_id, id, payload_hash, meter, quantity, occurred_at, recorded_at, source)
       select '01900000-0000-7000-8000-000000000001', 'e' || n, sha256('x'), 'call', 1, now(), now(), 'api'
         from generate_series($1::int, $2::int) n`,
      [from, to],
    );
  const counted = async () => {
    const answer = await clickhouse.query({
      query: 'select toUInt32(count()) as events from metergate_usage_events final',
      format: 'JSONEachRow',
    });
    return (await answer.json<{ events: number }>())[0]?.events;
  };

  it('is off until it is turned on, and then brings what was there before, too', async () => {
    await insert(1, 6_000);
    expect((await relayBacklog(db.database.platform)).count).toBe(0);
    expect(await relayAllUsage(db.database.worker)).toBe(6_000);
    await insert(6_001, 7_000);
    await settle(db, clickhouse);
    expect(await counted()).toBe(7_000);
  });

  it('keeps everything while ClickHouse is away, and loses and doubles nothing when several relays go on', async () => {
    await server.kill();
    await insert(7_001, 20_000);
    await expect(relayUsage(db.database.worker, clickhouse)).rejects.toThrow();
    expect((await relayBacklog(db.database.platform)).count).toBe(13_000);
    await server.start();
    await Promise.all([1, 2, 3].map(() => settle(db, clickhouse)));
    await settle(db, clickhouse);
    expect(await counted()).toBe(20_000);
    expect(await relayBacklog(db.database.platform)).toEqual({ count: 0, oldest: null });
  });
});

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as AddressInfo;
      probe.close(() => resolve(port));
    });
  });
}
