import { asId } from '@metergate/core';
import type { CounterKey } from '@metergate/core/limits/limits.ports';
import { expect, it } from 'vitest';
import { type CounterRow, nilClient } from './counter-lookup.ts';
import { ForeseenCounters } from './foreseen-counters.ts';

const window = { start: new Date('2027-03-01T00:00:00.000Z'), end: new Date('2027-04-01T00:00:00.000Z') };
const key: CounterKey = {
  organizationId: asId('organization', 'o'),
  feature: 'message',
  window,
  aggregation: 'sum',
};
const touched = { clientIds: [null], instants: [window.start] };
const row = (used: string, change: Partial<CounterRow> = {}): CounterRow => ({
  feature: 'message',
  client_id: nilClient,
  window_start: window.start,
  window_end: window.end,
  used,
  reserved: '0',
  counted_until: null,
  ...change,
});

it('expects what the last commit left, whatever zeros the database writes behind it', () => {
  const foreseen = new ForeseenCounters();
  expect(foreseen.expect('q', [key], touched)).toBeUndefined();
  foreseen.learn('q', [row('4')], [row('5')]);
  expect(foreseen.expect('q', [key], touched)).toEqual([row('5')]);
  foreseen.learn('q', [row('5.000000000000')], [row('6')]);
  expect(foreseen.expect('q', [key], touched)).toEqual([row('6')]);
  expect(foreseen.expect('another', [key], touched)).toBeUndefined();
});

it('expects nothing after a wrong guess until a look finds what was left', () => {
  const foreseen = new ForeseenCounters();
  foreseen.learn('q', [row('4')], [row('5')]);
  foreseen.distrust('q');
  expect(foreseen.expect('q', [key], touched)).toBeUndefined();
  foreseen.learn('q', [row('9')], [row('10')]);
  expect(foreseen.expect('q', [key], touched)).toBeUndefined();
  foreseen.learn('q', [row('10')], [row('11')]);
  expect(foreseen.expect('q', [key], touched)).toEqual([row('11')]);
});

it('expects the rows of those whose usage it is, and those that are named', () => {
  const foreseen = new ForeseenCounters();
  const [own, other] = [row('1', { client_id: 'a' }), row('2', { client_id: 'b' })];
  const word = row('3', { feature: 'word' });
  foreseen.learn('q', [], [row('3'), own, other, word]);
  const ofA = { clientIds: ['a'], instants: [window.start] };
  expect(foreseen.expect('q', [key], ofA)).toEqual([row('3'), own]);
  expect(foreseen.expect('q', [key, { ...key, feature: 'word' }], touched)).toEqual([row('3'), word]);
});

it('foresees nothing that is no plain sum, or of which it knows no row', () => {
  const foreseen = new ForeseenCounters();
  foreseen.learn('q', [], [row('3')]);
  expect(foreseen.expect('q', [{ ...key, aggregation: 'max' }], touched)).toBeUndefined();
  expect(foreseen.expect('q', [key, { ...key, feature: 'word' }], touched)).toBeUndefined();
});
