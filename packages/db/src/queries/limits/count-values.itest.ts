import { randomUUID } from 'node:crypto';
import type { CounterKey } from '@metergate/core/limits/limits.ports';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { consumeOne } from '../../../test/ledger-scene.ts';
import {
  aggregation,
  day,
  meter,
  month,
  startValuesScene,
  type ValuesScene,
} from '../../../test/values-scene.ts';
import { readOrganizationFacts } from '../admin/organization-facts.ts';
import { createUsageReader } from '../usage/usage-reader.ts';
import type { Counting } from './counter-rows.ts';
import { createLimitLedger } from './limit-ledger.ts';

let scene: ValuesScene;
let own: Awaited<ReturnType<ValuesScene['addOrganization']>>;

beforeAll(async () => {
  scene = await startValuesScene();
});
afterAll(() => scene.test.dispose());
beforeEach(async () => {
  own = await scene.addOrganization();
});

const beingCounted = { code: 'LIMIT_BEING_COUNTED', httpStatus: 503, retriable: true, retryAfterSeconds: 1 };
const partByPart: Counting = { eventsPerPart: 3, msMax: 0 };

function ledgerOf(counting: Counting, { ingest: pool, worker: finder } = scene.test.database) {
  return createLimitLedger({ pool, finder, nextId: randomUUID, counting });
}

const level = async (counting: Counting = partByPart, key: CounterKey = own.keyOf(month)) =>
  (await ledgerOf(counting).levels(key)).used;

/** The instants up to which counters that are not whole count. */
async function marks(): Promise<Date[]> {
  const { rows } = await scene.test.owner.query<{ counted_until: Date }>(
    `select counted_until from limit_counters
      where organization_id = $1 and counted_until is not null order by counted_until`,
    [own.organizationId],
  );
  return rows.map(({ counted_until }) => counted_until);
}

/** An event a day from the second on, by one user after the other. */
const daily = (users: readonly string[]) =>
  own.store(users.map((user, n) => own.used(`daily-${n}`, user, { at: day(n + 2) })));

it('makes a counter part by part, and refuses until it is whole', async () => {
  await daily(['ann', 'ann', 'bob', 'cid', 'ann', 'bob', 'dan']);
  for (const until of [day(5), day(8)]) {
    await expect(level()).rejects.toMatchObject(beingCounted);
    expect(await marks()).toEqual([until]);
    expect(await scene.differences()).toBe(0);
  }
  expect(await level()).toBe('4');
  expect(await marks()).toEqual([]);
  expect(await scene.differences()).toBe(0);
});

it('goes on counting in one call as long as it may', async () => {
  await daily(['ann', 'bob', 'cid', 'dan', 'eve', 'fay', 'gil', 'hal', 'ida']);
  expect(await level({ eventsPerPart: 2, msMax: 60_000 })).toBe('9');
  await own.store([own.used('more', 'joe')]);
  expect(await level()).toBe('10');
});

it('counts what comes and goes on either side of what is counted, once', async () => {
  const [, client] = own.clients;
  await daily(['ann', 'ann', 'bob', 'cid', 'ann', 'bob', 'dan', 'eve']);
  await expect(level()).rejects.toMatchObject(beingCounted);
  // Of the two events of ann before the mark one goes; bob's only one does; of the two of ann behind it one goes.
  for (const n of [0, 2, 4, 3]) await own.correct(`daily-${n}`);
  await own.store([
    own.used('late', 'zoe', { at: day(2), client }),
    own.used('late too', 'dan', { at: day(3) }),
    own.used('late once more', 'dan', { at: day(3) }),
    own.used('soon', 'yan', { at: day(8), client }),
    own.used('on the mark', 'xen', { at: day(5) }),
    own.used('outside', 'out', { at: day(31) }),
  ]);
  await own.correct('late too');
  await own.correct('soon', '7');
  expect(await scene.differences()).toBe(0);
  await expect(level()).rejects.toMatchObject(beingCounted);
  await own.correct('late once more');
  await own.correct('on the mark');
  expect(await scene.differences()).toBe(0);
  // ann, bob, dan, eve, zoe and yan are left.
  await expect.poll(() => level().catch(() => 'later')).toBe('6');
  expect(await level({ eventsPerPart: 5, msMax: 60_000 }, own.keyOf(month, client))).toBe('2');
  expect(await scene.differences()).toBe(0);
});

it('takes the events of one instant as one part, however many they are', async () => {
  const crowd = Array.from({ length: 8 }, (_, n) => own.used(`crowd-${n}`, `u${n}`, { at: day(9) }));
  await own.store([own.used('first', 'ann', { at: day(2) }), ...crowd, own.used('last', 'bob')]);
  await expect(level()).rejects.toMatchObject(beingCounted);
  await expect(level()).rejects.toMatchObject(beingCounted);
  expect(await marks()).toEqual([new Date(day(9).getTime() + 1)]);
  expect(await level()).toBe('10');
});

it('reads no total from a counter that is not whole', async () => {
  await daily(['ann', 'bob', 'cid', 'dan', 'eve']);
  await expect(level()).rejects.toMatchObject(beingCounted);
  const { app, ingest, platform } = scene.test.database;
  const shownToStaff = async () =>
    (await readOrganizationFacts(platform, [own.organizationId], day(20)))[0]?.used.get(meter);
  expect(await shownToStaff()).toBeUndefined();
  const span = { organizationId: own.organizationId, meter, aggregation, period: month };
  expect((await createUsageReader({ app, ingest }).totals(own.organizationId, [span])).totals).toEqual(['5']);
  await expect.poll(() => level().catch(() => 'later')).toBe('5');
  expect(await shownToStaff()).toBe('5');
});

describe('a consume whose budget reads it', () => {
  function consuming(counting: Counting) {
    const messages = { ...own.keyOf(month), feature: 'message', aggregation: 'sum' } as const;
    const ledger = ledgerOf(counting);
    return (id: string) =>
      ledger.consume(
        consumeOne(messages, id, {
          others: [own.keyOf(month)],
          decide: (_levels, _quantity, read) => ({
            decision: 'allowed',
            reason: `${read(own.keyOf(month)).used} users`,
          }),
        }),
      );
  }

  it('is refused, stored in no part, and granted when it is asked again', async () => {
    await daily(['ann', 'bob', 'cid', 'dan', 'eve', 'fay', 'gil']);
    const consume = consuming(partByPart);
    await expect(consume('once')).rejects.toMatchObject(beingCounted);
    await expect(consume('once')).rejects.toMatchObject(beingCounted);
    const stored = `select count(*)::int as count from usage_events where organization_id = $1 and id = 'once'`;
    expect((await scene.test.owner.query(stored, [own.organizationId])).rows).toEqual([{ count: 0 }]);
    expect(await consume('once')).toMatchObject({ decision: 'allowed', reason: '7 users' });
  });

  it('foresees nothing from it once it was marked as counting nothing', async () => {
    const consume = consuming({ eventsPerPart: 3, msMax: 60_000 });
    for (const id of ['read', 'foreseen']) await consume(id);
    await scene.test.owner.query(
      'update limit_counters set counted_until = window_start where organization_id = $1 and feature = $2',
      [own.organizationId, meter],
    );
    expect(await consume('marked')).toMatchObject({ reason: '0 users' });
    expect(await marks()).toEqual([]);
  });
});

it('clears what an earlier counter left, which may be more than a part', async () => {
  await daily(['ann', 'bob']);
  await scene.test.owner.query(
    `insert into limit_counter_values (organization_id, feature, window_start, window_end, value, event_count)
     select $1, $2, $3, $4, 'left-' || n, 1 from generate_series(1, 7) as n`,
    [own.organizationId, meter, month.start, month.end],
  );
  await expect(level()).rejects.toMatchObject(beingCounted);
  await own.store([own.used('between', 'cid', { at: day(2) })]);
  await expect(level()).rejects.toMatchObject(beingCounted);
  await expect.poll(() => level().catch(() => 'later')).toBe('3');
  expect(await scene.differences()).toBe(0);
});

it('counts what is held, also where an earlier counter has left more than a part', async () => {
  await daily(['ann', 'bob']);
  await scene.test.owner.query(
    `insert into reservations (organization_id, id, feature, meter, quantity, event_id, window_start, created_at, expires_at)
     values ($1, $2, $3, $3, 2, 'held', $4, $5, $6)`,
    [own.organizationId, randomUUID(), meter, month.start, day(3), day(30)],
  );
  await scene.test.owner.query(
    `insert into limit_counter_values (organization_id, feature, window_start, window_end, value, event_count)
     select $1, $2, $3, $4, 'left-' || n, 1 from generate_series(1, 4) as n`,
    [own.organizationId, meter, month.start, month.end],
  );
  const levels = () => ledgerOf(partByPart).levels(own.keyOf(month));
  await expect(levels()).rejects.toMatchObject(beingCounted);
  await expect.poll(() => levels().catch(() => 'later')).toEqual({ used: '2', reserved: '2' });
});

it('is what the events say after many have made it, added to it and taken from it at the same time', async () => {
  const roll = (sides: number) => Math.floor(Math.random() * sides);
  const users = Array.from({ length: 20 }, (_, n) => `u${n % 7}`);
  await daily(users);
  const [, client] = own.clients;
  const keys = [own.keyOf(month), own.keyOf(month, client)];
  const make = async (key: CounterKey) => {
    const madeOrNot = () => level({ eventsPerPart: 2, msMax: 0 }, key).then(Boolean, (error) => error.code);
    await expect.poll(madeOrNot, { timeout: 20_000, interval: 0 }).toBe(true);
  };
  const write = async (writer: number) => {
    for (let n = 0; n < 15; n += 1) {
      const change = { at: day(2 + roll(28)), client: roll(2) === 0 ? client : null };
      await own.store([own.used(`w${writer}-${n}`, `u${roll(12)}`, change)]);
      await own.correct(roll(2) === 0 ? `w${writer}-${roll(n + 1)}` : `daily-${roll(20)}`);
    }
  };
  await Promise.all([...keys, ...keys].map(make).concat([0, 1, 2].map(write)));
  expect(await marks()).toEqual([]);
  expect(await scene.differences()).toBe(0);
});
