import { FixedClock } from '@metergate/core';
import { describe, expect, test } from 'vitest';
import { CircuitBreaker } from './circuit-breaker.ts';

const silence = new Error('no answer');
const refusal = new Error('refused at once');

function setUp() {
  const clock = new FixedClock(new Date('2026-03-01T00:00:00Z'));
  const breaker = new CircuitBreaker({
    clock,
    isFailure: (error) => error === silence,
    refuse: () => refusal,
  });
  const fail = () => breaker.run(() => Promise.reject(silence));
  return { clock, breaker, fail };
}

describe('the circuit breaker', () => {
  test('refuses at once after three calls without an answer', async () => {
    const { breaker, fail } = setUp();
    for (let call = 0; call < 3; call++) await expect(fail()).rejects.toBe(silence);
    await expect(breaker.run(() => Promise.resolve('unused'))).rejects.toBe(refusal);
  });

  test('lets one call through after five seconds and closes when it is answered', async () => {
    const { clock, breaker, fail } = setUp();
    for (let call = 0; call < 3; call++) await expect(fail()).rejects.toBe(silence);
    clock.advanceSeconds(5);
    await expect(breaker.run(() => Promise.resolve('back'))).resolves.toBe('back');
    expect(breaker.isOpen).toBe(false);
  });

  test('stays open when the trial call fails too, and allows only one trial at a time', async () => {
    const { clock, breaker, fail } = setUp();
    for (let call = 0; call < 3; call++) await expect(fail()).rejects.toBe(silence);
    clock.advanceSeconds(5);
    const trial = Promise.withResolvers<string>();
    const first = breaker.run(() => trial.promise);
    await expect(breaker.run(() => Promise.resolve('second'))).rejects.toBe(refusal);
    trial.reject(silence);
    await expect(first).rejects.toBe(silence);
    await expect(fail()).rejects.toBe(refusal);
  });

  test('a refusal is an answer and never opens the circuit', async () => {
    const { breaker } = setUp();
    const declined = new Error('declined');
    for (let call = 0; call < 9; call++) {
      await expect(breaker.run(() => Promise.reject(declined))).rejects.toBe(declined);
    }
    expect(breaker.isOpen).toBe(false);
  });
});
