import { randomUUID } from 'node:crypto';
import { asId } from '@metergate/core';
import type { MeterAggregation, UsageEventDraft } from '@metergate/core/usage/usage-event';
import { createTestDatabase, type TestDatabase } from '@metergate/testing';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { counterLock } from './counter-lock.ts';
import { Newness } from './newness.ts';
import { storeBelievedNew } from './store-believed-new.ts';
import { storeUsageEvents } from './store-usage-events.ts';
import { toUsageRow, type UsageRow } from './usage-row.ts';

let test: TestDatabase;
let own: Scene;
const recordedAt = new Date('2027-03-01T12:00:00.000Z');
/** Windows of a period that begins within a quarter of an hour, of days and of hours. */
const windows = [
  ['2027-03-01T11:07:23.456Z', '2027-04-01T11:07:23.456Z'],
  ['2027-02-01T11:07:23.456Z', '2027-03-01T11:07:23.456Z'],
  ['2027-03-01T00:00:00.000Z', '2027-03-02T00:00:00.000Z'],
  ['2027-03-01T11:00:00.000Z', '2027-03-01T12:00:00.000Z'],
] as const;
const edge = new Date(windows[0][0]);

interface Scene {
  organizationId: string;
  clients: [string, string];
}

beforeAll(async () => {
  test = await createTestDatabase();
});
afterAll(() => test.dispose());
beforeEach(async () => {
  own = await addOrganization();
});

async function addOrganization(): Promise<Scene> {
  const organizationId = randomUUID();
  await test.owner.query(
    `insert into organizations (id, slug, name, email, currency) values ($1, $2, 'Test', 'a@example.com', 'USD')`,
    [organizationId, `o-${organizationId}`],
  );
  const clients: [string, string] = [randomUUID(), randomUUID()];
  const nobody = '00000000-0000-0000-0000-000000000000';
  for (const [start, end] of windows) {
    await test.owner.query(
      `insert into limit_counters (organization_id, feature, client_id, window_start, window_end)
       select $1, feature, client_id, $4, $5
         from unnest(array['message', 'call', 'peak']) as feature, unnest(array[$2, $3]::uuid[]) as client_id`,
      [organizationId, nobody, clients[0], start, end],
    );
  }
  return { organizationId, clients };
}

const meters: Record<string, MeterAggregation> = { message: 'sum', call: 'count', peak: 'max' };

function row({ organizationId }: Scene, id: string, change: Partial<UsageEventDraft> = {}): UsageRow {
  const meter = change.meter ?? 'message';
  return toUsageRow({
    organizationId: asId('organization', organizationId),
    aggregation: meters[meter] ?? 'sum',
    source: 'api',
    draft: {
      id,
      meter,
      quantity: '1',
      occurredAt: new Date('2027-03-01T11:09:00.000Z'),
      clientId: null,
      subject: null,
      properties: null,
      ...change,
    },
  });
}

const storeNew = (rows: UsageRow[]) => storeBelievedNew({ pool: test.database.ingest, recordedAt }, rows);

/** What is kept of an organization, with clients by their place. */
async function keptOf({ organizationId, clients }: Scene) {
  const client = 'array_position($2::uuid[], client_id) as client';
  const read = async (text: string) => (await test.owner.query(text, [organizationId, clients])).rows;
  return {
    events: await read(
      `select id, meter, quantity, occurred_at, recorded_at, ${client}, subject, properties, source, kind
         from usage_events where organization_id = $1 order by id`,
    ),
    buckets: await read(
      `select meter, ${client}, bucket_start, quantity, event_count, max_quantity, latest_quantity, latest_at
         from usage_buckets where organization_id = $1 order by 1, 2, 3`,
    ),
    counters: await read(
      `select feature, ${client}, window_start, used from limit_counters where organization_id = $1
        order by 1, 2, 3`,
    ),
  };
}

it('leaves what the statement leaves that asks, for any usage', async () => {
  const roll = (sides: number) => Math.floor(Math.random() * sides);
  for (let round = 0; round < 12; round += 1) {
    const scenes = [await addOrganization(), await addOrganization()];
    const drafts = Array.from({ length: 1 + roll(60) }, (_, n) => ({
      id: `e${n}`,
      meter: Object.keys(meters)[roll(3)] ?? 'message',
      quantity: String(roll(9) / 4),
      // After the beginning of the period, mostly together, sometimes at the same instant.
      occurredAt: new Date(edge.getTime() + roll(3) * 3_000_000 + roll(4) * 1_000),
      client: roll(3),
      subject: roll(2) === 0 ? null : 'so "quoted", {so}',
      properties: roll(2) === 0 ? null : '{"a":"\\\\"}',
    }));
    const [believed, asked] = scenes.map((scene) =>
      drafts.map(({ id, client, ...draft }) => {
        const clientId = client === 2 ? null : asId('client', scene.clients[client] ?? '');
        return { ...row(scene, id, { ...draft, clientId }) };
      }),
    );
    expect(await storeNew(believed ?? [])).toBe(true);
    await storeUsageEvents({ pool: test.database.ingest, recordedAt }, asked ?? []);
    const [one, other] = await Promise.all(scenes.map(keptOf));
    expect(one?.events).toHaveLength(drafts.length);
    expect(one).toEqual(other);
  }
});

it.each([
  ['before', -1],
  ['at', 0],
])('stores nothing when a window begins between events that are summed, the last %s it', async (_, ms) => {
  const at = (difference: number) => ({ occurredAt: new Date(edge.getTime() + difference) });
  const rows = [row(own, 'late', at(ms)), row(own, 'early', at(-1_000))];
  const untouched = await keptOf(own);
  expect(await storeNew(rows)).toBe(ms < 0);
  if (ms === 0) expect(await keptOf(own)).toEqual(untouched);
  const newness = new Newness();
  const outcome = ms === 0 ? 'accepted' : 'duplicate';
  expect(await storeUsageEvents({ pool: test.database.ingest, recordedAt, newness }, rows)).toEqual([
    outcome,
    outcome,
  ]);
  const { rows: counters } = await test.owner.query(
    `select window_start, used::int from limit_counters
      where organization_id = $1 and feature = 'message' and client_id = '00000000-0000-0000-0000-000000000000'
        and window_end - window_start > interval '2 days' order by window_start`,
    [own.organizationId],
  );
  expect(counters.map(({ used }) => used)).toEqual(ms === 0 ? [1, 1] : [2, 0]);
});

it.each([
  ['begins', windows[1]],
  ['ends', windows[0]],
])('stores nothing when a window %s there and no other does', async (_, [otherStart]) => {
  await test.owner.query('delete from limit_counters where organization_id = $1 and window_start = $2', [
    own.organizationId,
    otherStart,
  ]);
  const at = (difference: number) => ({ occurredAt: new Date(edge.getTime() + difference) });
  expect(await storeNew([row(own, 'late', at(0)), row(own, 'early', at(-1))])).toBe(false);
});

it('stores nothing when an id is taken, or was before its event was retired', async () => {
  expect(await storeNew([row(own, 'taken')])).toBe(true);
  await test.owner.query(
    `insert into retired_usage_events (organization_id, id, payload_hash) values ($1, 'retired', sha256('x'))`,
    [own.organizationId],
  );
  const before = await keptOf(own);
  for (const id of ['taken', 'retired']) {
    expect(await storeNew([row(own, 'a new one'), row(own, id)])).toBe(false);
    expect(await keptOf(own)).toEqual(before);
  }
});

it('stores nothing while somebody computes a counter of the organization', async () => {
  const { lockClass, partition } = counterLock(own.organizationId);
  const client = await test.owner.connect();
  try {
    await client.query('select pg_advisory_lock($1, $2)', [lockClass, partition]);
    expect(await storeNew([row(own, 'meanwhile')])).toBe(false);
    await client.query('select pg_advisory_unlock($1, $2)', [lockClass, partition]);
  } finally {
    client.release();
  }
  expect(await storeNew([row(own, 'meanwhile')])).toBe(true);
});

it('asks for a while after an id was taken, and then believes again', async () => {
  const newness = new Newness();
  const answers: boolean[] = [];
  const tried = async (isStored: boolean) => {
    let isTried = false;
    await newness.believed(async () => {
      isTried = true;
      return isStored;
    });
    answers.push(isTried);
  };
  await tried(true);
  await tried(false);
  for (let n = 0; n < 20; n += 1) await tried(true);
  await tried(true);
  expect(answers).toEqual([true, true, ...Array(20).fill(false), true]);
});
