import { expect, test } from 'vitest';
import { canonicalJson, chainHash } from './canonical-json.ts';

test('the order of keys does not matter, the order of lists does', () => {
  expect(canonicalJson({ b: 1, a: { d: 2, c: 3 } })).toBe('{"a":{"c":3,"d":2},"b":1}');
  expect(canonicalJson([2, 1])).not.toBe(canonicalJson([1, 2]));
});

test('values take the form in which they come back from the database', () => {
  const value = {
    at: new Date('2026-03-01T00:00:00Z'),
    minor: 10n,
    none: undefined,
    zero: -0,
    nan: Number.NaN,
  };
  expect(canonicalJson(value)).toBe('{"at":"2026-03-01T00:00:00.000Z","minor":"10","nan":null,"zero":0}');
});

test('text that jsonb refuses is replaced, also in keys', () => {
  expect(canonicalJson({ 'a\u0000': 'b\ud800' })).toBe('{"a\uFFFD":"b\uFFFD"}');
});

test('a key named like a prototype is an ordinary key', () => {
  expect(canonicalJson(JSON.parse('{"__proto__":{"a":1}}'))).toBe('{"__proto__":{"a":1}}');
});

test('the hash depends on the link before', () => {
  const first = chainHash(new Uint8Array(32), { a: 1 });
  expect(first).toHaveLength(32);
  expect(chainHash(first, { a: 1 }).equals(first)).toBe(false);
});
