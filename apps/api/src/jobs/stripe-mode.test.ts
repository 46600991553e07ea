import { expect, test } from 'vitest';
import { requestRateOf, stripeModeOf } from './stripe-mode.ts';

test.each([
  ['sk_live_abc123', null, 'live', 100],
  ['rk_live_abc123', null, 'live', 100],
  ['sk_test_abc123', null, 'test', 25],
  ['sk_test_abc123', 'http://127.0.0.1:4010', 'emulator', null],
] as const)('with %s and %s as its address Stripe is %s and gets %s requests a second', (...given) => {
  const [apiKey, apiBase, mode, perSecond] = given;
  expect(stripeModeOf({ apiKey, apiBase })).toBe(mode);
  expect(requestRateOf(mode, undefined)).toBe(perSecond);
});

test('a setting divides the rate among several processes', () => {
  expect(requestRateOf('live', 20)).toBe(20);
});
