import { describe, expect, test } from 'vitest';
import { RequestLimiter } from './request-limiter.ts';

const refuse = () => new Error('no turn');

function limiterOf(requestsPerSecond: number, patienceMs = 5_000): RequestLimiter {
  return new RequestLimiter({ requestsPerSecond, patienceMs, refuse });
}

describe('requests to Stripe', () => {
  test('leave no faster than the rate, whatever is asked at once', async () => {
    const limiter = limiterOf(100);
    const startedAt = performance.now();
    await Promise.all(Array.from({ length: 60 }, () => limiter.acquire('background')));
    // Ten at once, the other fifty at ninety a second.
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(500);
  });

  test('of somebody who waits go before those of the background', async () => {
    const limiter = limiterOf(50);
    const order: string[] = [];
    const waiting = Array.from({ length: 15 }, () =>
      limiter.acquire('background').then(() => order.push('background')),
    );
    waiting.push(limiter.acquire('interactive').then(() => order.push('interactive')));
    await Promise.all(waiting);
    // Five had left before it was asked.
    expect(order.indexOf('interactive')).toBe(5);
  });

  test('of somebody who waits are refused when their turn does not come in time', async () => {
    const limiter = limiterOf(1, 20);
    await limiter.acquire('interactive');
    await expect(limiter.acquire('interactive')).rejects.toThrow('no turn');
  });

  test('are not saved up while nothing is asked', async () => {
    let nowMs = 0;
    const limiter = new RequestLimiter({
      requestsPerSecond: 20,
      patienceMs: 5_000,
      refuse,
      monotonicMs: () => nowMs,
    });
    nowMs = 3_600_000;
    let left = 0;
    for (let n = 0; n < 10; n += 1) void limiter.acquire('background').then(() => (left += 1));
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(left).toBe(2);
  });
});
