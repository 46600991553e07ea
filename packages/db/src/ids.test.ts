import { expect, test } from 'vitest';
import { createIdSource } from './ids.ts';

const uuidV7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

test('ids are UUIDs of version 7 that begin with the time', () => {
  const id = createIdSource(() => 0x0190_1234_5678).next();
  expect(id).toMatch(uuidV7);
  expect(id.slice(0, 13)).toBe('01901234-5678');
});

test('ids ascend and never repeat, also beyond 4096 in one millisecond', () => {
  const source = createIdSource(() => 1_700_000_000_000);
  const ids = Array.from({ length: 10_000 }, () => source.next());
  expect(new Set(ids).size).toBe(10_000);
  expect(ids.toSorted()).toEqual(ids);
  expect(ids.every((id) => uuidV7.test(id))).toBe(true);
});

test('ids keep ascending when the machine sets its clock back', () => {
  const times = [2000, 1000, 1500];
  const source = createIdSource(() => times.shift() ?? 0);
  const ids = [source.next(), source.next(), source.next()];
  expect(ids.toSorted()).toEqual(ids);
});
