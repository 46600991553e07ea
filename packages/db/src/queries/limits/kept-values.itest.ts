import type { Period } from '@metergate/core/shared/time/period';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import {
  aggregation,
  day,
  meter,
  month,
  startValuesScene,
  type ValuesScene,
} from '../../../test/values-scene.ts';
import { rebuildProjections } from '../../index.ts';
import { createEventTotals } from '../billing/event-totals.ts';
import { createUsageReader } from '../usage/usage-reader.ts';
import { usageTotal } from './usage-total.ts';

let scene: ValuesScene;
let own: Awaited<ReturnType<ValuesScene['addOrganization']>>;

beforeAll(async () => {
  scene = await startValuesScene();
});
afterAll(() => scene.test.dispose());
beforeEach(async () => {
  own = await scene.addOrganization();
});

/** Whether this reads events. */
async function scanned(work: () => Promise<unknown>): Promise<boolean> {
  await scene.test.owner.query('alter table usage_events rename to usage_events_away');
  try {
    await work();
    return false;
  } catch {
    return true;
  } finally {
    await scene.test.owner.query('alter table usage_events_away rename to usage_events');
  }
}

it('counts what was there, what comes, what comes twice, late, outside and without the property', async () => {
  await own.store([
    own.used('a', 'ann'),
    own.used('b', 'ann'),
    own.used('c', 'bob'),
    own.used('before', 'zoe', { at: new Date(0) }),
  ]);
  expect(await own.level()).toBe('2');
  expect(
    await own.store([own.used('a', 'ann'), own.used('d', 'cid'), own.used('d', 'cid'), own.used('e', 'cid')]),
  ).toEqual(['duplicate', 'accepted', 'duplicate', 'accepted']);
  await own.store([
    own.used('late', 'dan', { at: day(1) }),
    own.used('outside', 'eve', { at: day(31) }),
    own.used('none', null),
  ]);
  // A number and a text that reads like it are one value, as they are where the events are read.
  await own.store([own.used('n1', 7), own.used('n2', '7')]);
  expect(await own.level()).toBe('5');
  expect(await scene.differences()).toBe(0);
});

it('keeps values that are no ids and values that are longer than an id apart', async () => {
  expect(await own.level()).toBe('0');
  const long = 'x'.repeat(300);
  const odd = [
    `${long}1`,
    `${long}2`,
    `${long}2`,
    'a"b\\c{},',
    "'; drop table usage_events; --",
    'Ä',
    'A',
    'a',
    ' a',
  ];
  await own.store(odd.map((user, n) => own.used(`odd-${n}`, user)));
  expect(await own.level()).toBe('8');
  expect(
    await usageTotal(
      scene.test.owner,
      { organizationId: own.organizationId, meter, start: day(2), end: day(30) },
      aggregation,
    ),
  ).toBe('8');
  expect(await scene.differences()).toBe(0);
  await own.correct('odd-0');
  expect(await own.level()).toBe('7');
});

it('counts a value until the last of its events was taken back, for each client and window by itself', async () => {
  const [, first, second] = own.clients;
  const week = { start: day(8), end: day(15) };
  for (const [window, client] of [
    [month, null],
    [month, first],
    [week, null],
    [week, second],
  ] as const) {
    expect(await own.level(window, client)).toBe('0');
  }
  await own.store([
    own.used('a', 'ann', { client: first }),
    own.used('b', 'ann', { client: second }),
    own.used('c', 'ann', { client: first, at: day(20) }),
  ]);
  const levels = async () => [
    await own.level(),
    await own.level(month, first),
    await own.level(week),
    await own.level(week, second),
  ];
  expect(await levels()).toEqual(['1', '1', '1', '1']);
  await own.correct('b');
  expect(await levels()).toEqual(['1', '1', '1', '0']);
  // Once more is once; a new quantity is the same value.
  await own.correct('b');
  await own.correct('c', '5');
  await own.correct('a');
  expect(await levels()).toEqual(['1', '1', '0', '0']);
  await own.correct('c');
  expect(await levels()).toEqual(['0', '0', '0', '0']);
  await own.store([own.used('again', 'ann', { client: first })]);
  expect(await levels()).toEqual(['1', '1', '1', '0']);
  expect(await scene.differences()).toBe(0);
});

it('reads levels and totals of the same span without the events, and proofs and other spans from them', async () => {
  const [, first] = own.clients;
  await own.store([own.used('a', 'ann', { client: first }), own.used('b', 'bob')]);
  expect([await own.level(), await own.level(month, first)]).toEqual(['2', '1']);
  const reader = createUsageReader({ app: scene.test.database.app, ingest: scene.test.database.ingest });
  const span = { organizationId: own.organizationId, meter, aggregation };
  const total = async (period: Period) =>
    (await reader.totals(own.organizationId, [{ ...span, period }])).totals[0];
  const proof = () => createEventTotals(scene.test.database.app).total(span, month);
  const week = { start: day(8), end: day(15) };
  expect([await total(month), await total(week), await proof()]).toEqual(['2', '2', '2']);
  await scene.test.owner.query('update limit_counters set used = 9 where organization_id = $1', [
    own.organizationId,
  ]);
  expect([await total(month), await own.level()]).toEqual(['9', '9']);
  expect([await total(week), await proof()]).toEqual(['2', '2']);
  expect(await total({ start: month.start, end: day(15) })).toBe('2');
  expect(await scanned(() => own.level())).toBe(false);
  expect(await scanned(() => own.level(week))).toBe(true);
  await rebuildProjections({ ownerUrl: scene.test.ownerUrl, write: true });
  expect([await total(month), await own.level(), await own.level(month, first)]).toEqual(['2', '2', '1']);
});

it('computes a counter again that was taken away, whatever was left of it', async () => {
  await own.store([own.used('a', 'ann'), own.used('b', 'bob')]);
  expect(await own.level()).toBe('2');
  await scene.test.owner.query('delete from limit_counters where organization_id = $1', [own.organizationId]);
  await scene.test.owner.query(
    `update limit_counter_values set value = 'left' where organization_id = $1 and value = 'ann'`,
    [own.organizationId],
  );
  await own.store([own.used('c', 'cid')]);
  expect(await own.level()).toBe('3');
  expect(await scene.differences()).toBe(0);
});

it('forgets what a meter has counted that counts another property from now on', async () => {
  await own.store([own.used('a', 'ann'), own.used('b', 'bob')]);
  expect(await own.level()).toBe('2');
  try {
    await scene.defineMeter('user');
    expect(await own.counters()).toBe(1);
    await scene.defineMeter('city');
    expect(await own.counters()).toBe(0);
    expect(await own.level()).toBe('1');
    await own.store([own.used('c', 'cid')]);
    expect([await own.level(), await scene.differences()]).toEqual(['1', 0]);
  } finally {
    await scene.defineMeter('user');
  }
  expect(await own.level()).toBe('3');
});
