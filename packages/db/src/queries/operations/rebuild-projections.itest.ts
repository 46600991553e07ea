import { randomUUID } from 'node:crypto';
import { asId } from '@metergate/core';
import type { MeterAggregation } from '@metergate/core/usage/usage-event';
import { createTestDatabase, type TestDatabase } from '@metergate/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createDatabase, createUnitOfWork } from '../../index.ts';
import { counterLock } from '../ingest/counter-lock.ts';
import { storeUsageEvents } from '../ingest/store-usage-events.ts';
import { toUsageRow, type UsageRow } from '../ingest/usage-row.ts';
import { usageTotal } from '../limits/usage-total.ts';
import { createUsageReader } from '../usage/usage-reader.ts';
import { rebuildProjections } from './rebuild-projections.ts';

const aggregations: readonly MeterAggregation[] = ['sum', 'count', 'max', 'latest', 'unique_count'];
const organizationIds = [randomUUID(), randomUUID()].map((id) => asId('organization', id));
const clients = [null, asId('client', randomUUID()), asId('client', randomUUID())];
// Few instants, so that many events share one, on both sides of the borders of quarters of an hour and of the span.
const base = Date.parse('2027-03-10T10:00:00Z');
const instants = [
  0, 1, 419_999, 420_000, 899_999, 900_000, 900_001, 1_799_999, 1_800_000, 2_220_000, 2_220_001,
];
const span = { start: new Date(base + 420_000), end: new Date(base + 2_220_001) };
const recordedAt = new Date('2027-03-11T00:00:00Z');

let test: TestDatabase;

beforeAll(async () => {
  test = await createTestDatabase();
  await test.owner.query(
    `insert into meters (key, content, content_hash) values ('unique_count', '{"aggregation": "unique_count", "valueField": "user"}', 'x')`,
  );
  for (const id of organizationIds) {
    await test.owner.query(
      `insert into organizations (id, slug, name, email, currency) values ($1, $2, 'Acme', 'a@example.com', 'USD')`,
      [id, `o-${id}`],
    );
    for (const client of clients.slice(1)) {
      await test.owner.query(
        `insert into clients (organization_id, id, name) values ($1, $2, 'c') on conflict do nothing`,
        [id, client],
      );
    }
    for (const meter of ['sum', 'count', 'unique_count']) {
      await test.owner.query(
        `insert into limit_counters (organization_id, feature, window_start, window_end) values ($1, $2, $3, $4)`,
        [id, meter, span.start, span.end],
      );
    }
  }
});
afterAll(() => test.dispose());

/** The same numbers in every run. */
function dice(seed: number): (sides: number) => number {
  let state = seed;
  return (sides) => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return Math.floor((state / 2_147_483_648) * sides);
  };
}

function batch(roll: (sides: number) => number, writer: number, round: number): UsageRow[] {
  return Array.from({ length: 15 }, (_, n) => {
    const aggregation = aggregations[roll(5)] ?? 'sum';
    // Every third id is one that other writers use as well, at times with other content.
    const id = n % 3 === 0 ? `shared-${roll(200)}` : `w${writer}-${round}-${n}`;
    return toUsageRow({
      organizationId: organizationIds[roll(2)] as (typeof organizationIds)[number],
      aggregation,
      source: 'api',
      draft: {
        ...{ id, meter: aggregation, quantity: String(roll(9) * 0.125), subject: null },
        occurredAt: new Date(base + (instants[roll(instants.length)] ?? 0)),
        clientId: clients[roll(3)] ?? null,
        properties: `{"user":"u${roll(6)}"}`,
      },
    });
  });
}

function openDatabase(): TestDatabase['database'] {
  return createDatabase(test.urls === undefined ? { url: test.ownerUrl } : { urls: test.urls });
}

async function work(database: TestDatabase['database'], writer: number): Promise<void> {
  const roll = dice(writer + 1);
  const unitOfWork = createUnitOfWork(database.prisma.app, {
    clock: { now: () => recordedAt },
    ids: { next: randomUUID },
  });
  for (let round = 0; round < 5; round += 1) {
    const rows = batch(roll, writer, round);
    await storeUsageEvents({ pool: database.ingest, recordedAt }, rows);
    for (const { organizationId, id } of rows.filter(() => roll(4) === 0)) {
      await unitOfWork.run(asId('organization', organizationId), ({ usageCorrections }) =>
        usageCorrections.correct(asId('organization', organizationId), {
          eventId: id,
          target: roll(2) === 0 ? null : String(roll(9) * 0.125),
          at: recordedAt,
          aggregationOf: (meter) => meter as MeterAggregation,
        }),
      );
    }
  }
}

interface StoredEvent {
  id: string;
  kind: string;
  adjusts: string | null;
  quantity: number;
  at: Date;
  client: string | null;
  user: string | null;
}

/** From the single events by hand: what each says after its corrections. */
async function modelOf(organizationId: string, meter: MeterAggregation, client: string | null) {
  const { rows } = await test.owner.query<StoredEvent>(
    `select id, kind, adjusts_event_id as adjusts, quantity::float, occurred_at as at, client_id as client,
            properties ->> 'user' as user
       from usage_events where organization_id = $1 and meter = $2`,
    [organizationId, meter],
  );
  const said = rows
    .filter(({ kind, at }) => kind === 'usage' && at >= span.start && at < span.end)
    .filter((event) => client === null || event.client === client)
    .filter(({ id }) => !rows.some(({ kind, adjusts }) => kind === 'void' && adjusts === id))
    .map((event) => {
      const differences = rows.filter(({ adjusts }) => adjusts === event.id);
      return { ...event, quantity: differences.reduce((sum, one) => sum + one.quantity, event.quantity) };
    });
  const last = said.toSorted((a, b) => b.at.getTime() - a.at.getTime() || b.quantity - a.quantity)[0];
  return {
    sum: said.reduce((sum, { quantity }) => sum + quantity, 0),
    count: said.length,
    max: Math.max(0, ...said.map(({ quantity }) => quantity)),
    latest: last?.quantity ?? 0,
    unique_count: new Set(said.map(({ user }) => user)).size,
  }[meter];
}

async function deadlocks(): Promise<number> {
  const { rows } = await test.owner.query(
    'select deadlocks::int as count from pg_stat_database where datname = current_database()',
  );
  return rows[0].count;
}

describe('projections', () => {
  it('equal their events while and after many writers and correctors add to them in any order', async () => {
    const before = await deadlocks();
    let isRunning = true;
    const found: number[] = [];
    const look = async () => {
      for (let n = 0; isRunning; n += 1) {
        const report = await rebuildProjections({ ownerUrl: test.ownerUrl, write: n % 2 === 1 });
        found.push(report.different + report.differentParts + report.differentValues);
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    };
    // A process has pools of its own; the database cannot tell more of it.
    const processes = [openDatabase(), openDatabase()] as const;
    const writers = Array.from({ length: 6 }, (_, n) => work(processes[n % 2 === 0 ? 0 : 1], n));
    const looking = look();
    await Promise.all(writers).finally(() => {
      isRunning = false;
    });
    await looking;
    // A connection tells what it counted when it ends at the latest.
    await Promise.all(processes.map((database) => database.close()));
    expect(found.length).toBeGreaterThan(1);
    expect(found.filter((different) => different > 0)).toEqual([]);
    const after = await rebuildProjections({ ownerUrl: test.ownerUrl, write: false });
    expect(after).toMatchObject({ different: 0, differentParts: 0, differentValues: 0 });
    expect(await deadlocks()).toBe(before);
  });

  it('are repaired where the sums of late and corrected usage say something else than their events', async () => {
    const sums = async () =>
      (await test.owner.query('select * from usage_part_sums order by 1, 2, 3, 4, 5, 6')).rows;
    const before = await sums();
    expect(new Set(before.map(({ kind }) => kind))).toEqual(new Set(['usage', 'void', 'amend']));
    await test.owner.query(
      `update usage_part_sums set quantity = quantity + 1 where kind = 'usage' and meter = 'sum'`,
    );
    await test.owner.query(`delete from usage_part_sums where kind = 'void'`);
    await test.owner.query(
      `insert into usage_part_sums select organization_id, 'none', bucket_start, client_id, kind, recorded_hour, 1, 1
         from usage_part_sums limit 1`,
    );
    const { differentParts } = await rebuildProjections({ ownerUrl: test.ownerUrl, write: true });
    expect(differentParts).toBeGreaterThan(2);
    expect(await sums()).toEqual(before);
  });

  it('are repaired where counters count other values than their events have', async () => {
    const kept = async () =>
      (
        await test.owner.query(
          `select * from limit_counter_values where event_count > 0 order by organization_id, value`,
        )
      ).rows;
    const before = await kept();
    expect(before.length).toBeGreaterThan(2);
    await test.owner.query(
      `update limit_counter_values set event_count = event_count + 1 where value = 'u1'`,
    );
    await test.owner.query(`delete from limit_counter_values where value = 'u2'`);
    await test.owner.query(
      `insert into limit_counter_values select organization_id, feature, client_id, window_start, window_end, 'none', 1
         from limit_counters where feature = 'unique_count'`,
    );
    await test.owner.query(`update limit_counters set used = used + 1 where feature = 'unique_count'`);
    const broken = await rebuildProjections({ ownerUrl: test.ownerUrl, write: false });
    const { differentValues } = await rebuildProjections({ ownerUrl: test.ownerUrl, write: true });
    expect([broken.differentValues, differentValues]).toEqual([8, 8]);
    expect(await kept()).toEqual(before);
    const after = await rebuildProjections({ ownerUrl: test.ownerUrl, write: false });
    expect(after.differentValues).toBe(0);
  });

  it('are repaired while nobody adds usage of any organization', async () => {
    const writer = await test.owner.connect();
    const { lockClass, partition } = counterLock(organizationIds[1] ?? '');
    await writer.query('begin');
    await writer.query('select pg_advisory_xact_lock_shared($1, $2)', [lockClass, partition]);
    let isDone = false;
    const repairing = rebuildProjections({ ownerUrl: test.ownerUrl, write: true }).then(() => {
      isDone = true;
    });
    const isWaiting = async () => {
      const { rowCount } = await test.owner.query(
        `select 1 from pg_stat_activity where datname = current_database() and wait_event = 'advisory'`,
      );
      return isDone || rowCount === 1;
    };
    await expect.poll(isWaiting).toBe(true);
    expect(isDone).toBe(false);
    await writer.query('commit');
    writer.release();
    await repairing;
  });

  it.each(aggregations)('say for %s what the single events say, per client and per group', async (meter) => {
    const reader = createUsageReader({ app: test.database.app, ingest: test.database.ingest });
    for (const organizationId of organizationIds) {
      for (const client of clients) {
        const question = { organizationId, meter, ...span, ...(client === null ? {} : { clientId: client }) };
        const total = await usageTotal(test.owner, question, meter);
        expect(Number(total)).toBe(await modelOf(organizationId, meter, client));
      }
      const asked = { organizationId, meter, aggregation: meter };
      const total = Number(await usageTotal(test.owner, { organizationId, meter, ...span }, meter));
      expect((await reader.series(asked, [span])).map(Number)).toEqual([total]);
      const groups = await reader.seriesByProperty(asked, [span], { key: 'user', groupsMax: 50 });
      const parts = [...groups.values()].flat().map(Number);
      if (meter === 'sum' || meter === 'count')
        expect(parts.reduce((sum, part) => sum + part, 0)).toBe(total);
    }
  });

  it.each(['sum', 'count', 'unique_count'] as const)(
    'count for a limit on %s what its window holds',
    async (meter) => {
      for (const organizationId of organizationIds) {
        const { rows } = await test.owner.query(
          'select used::float from limit_counters where organization_id = $1 and feature = $2',
          [organizationId, meter],
        );
        expect(rows).toEqual([{ used: await modelOf(organizationId, meter, null) }]);
      }
    },
  );
});
