import { startRedisServer, testEngines } from '@metergate/testing';
import * as library from '@redis/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createLogger } from '../src/logging/logger.ts';
import { createRateLimits, type RateLimits } from '../src/rate-limits/rate-limits.ts';
import { connectSharedCounters, type SharedCounters } from '../src/rate-limits/shared-limiter.ts';
import { freePort, startTestApi, type TestApi } from '../test/start-test-api.ts';

const { redisServer } = testEngines();

describe.skipIf(redisServer === undefined)('rate limits of two processes that share Redis', () => {
  let redis: Awaited<ReturnType<typeof startRedisServer>>;
  const replicas: { limits: RateLimits; shared: SharedCounters }[] = [];
  let apis: TestApi[];

  beforeAll(async () => {
    redis = await startRedisServer(redisServer ?? '', await freePort());
    for (let n = 0; n < 2; n += 1) {
      const shared = connectSharedCounters(library, { url: redis.url, log: createLogger('silent') });
      replicas.push({
        shared,
        limits: createRateLimits({
          overrides: { checkout: '10/60/60', session: '4/60/1' },
          secret: 'one for all',
          shared,
        }),
      });
    }
    const settings = { REDIS_URL: redis.url, RATE_LIMIT_SIGN_IN: '10/60/60' };
    apis = [await startTestApi(settings), await startTestApi(settings)];
    for (const { limits } of replicas) await counted(() => limits.count('portal', 'warm-up'));
  });
  afterAll(async () => {
    await Promise.all([
      ...replicas.map(({ shared }) => shared.close()),
      ...(apis ?? []).map((api) => api.stop()),
    ]);
    await redis?.stop();
  });

  it('grant together what one would grant alone, also to 40 calls at the same moment', async () => {
    const calls = Array.from({ length: 40 }, (_, n) => replicas[n % 2]?.limits.count('checkout', 'acme'));
    const outcomes = await Promise.allSettled(calls);
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(10);
    const [refusal] = outcomes.filter(({ status }) => status === 'rejected');
    expect(refusal).toMatchObject({ reason: { code: 'RATE_LIMITED', httpStatus: 429 } });
  });

  it('refuse a sign-in at either after ten at both', async () => {
    const statuses: number[] = [];
    for (let n = 0; n < 14; n += 1) statuses.push(await trySignIn(apis[n % 2]));
    expect(statuses.slice(0, 10)).toEqual(Array(10).fill(401));
    expect(statuses.slice(10)).toEqual(Array(4).fill(429));
  });

  it('count for themselves while Redis hangs, soon, and never stop limiting', async () => {
    redis.hang();
    const startedAt = performance.now();
    expect(await counted(() => replicas[0]?.limits.count('session', 'hung'), 6)).toBe(4);
    expect(performance.now() - startedAt).toBeLessThan(6 * 600);
    redis.goOn();
  });

  it('count for themselves while Redis is gone, and together again when it is back', async () => {
    await redis.kill();
    expect(await counted(() => replicas[1]?.limits.count('session', 'gone'), 6)).toBe(4);
    await redis.start();
    await expect.poll(() => sharedTotal('back'), { timeout: 15_000, interval: 300 }).toBe(4);
  });

  /** Of eight calls over both; four when they share, eight when each counts for itself. */
  let round = 0;
  async function sharedTotal(key: string): Promise<number> {
    round += 1;
    let granted = 0;
    for (let n = 0; n < 8; n += 1) {
      granted += await counted(() => replicas[n % 2]?.limits.count('session', `${key}-${round}`));
    }
    return granted;
  }
});

async function counted(count: () => Promise<void> | undefined, times = 1): Promise<number> {
  let granted = 0;
  for (let n = 0; n < times; n += 1) {
    await Promise.resolve(count()).then(
      () => (granted += 1),
      () => undefined,
    );
  }
  return granted;
}

async function trySignIn(api: TestApi | undefined): Promise<number> {
  const answer = await api?.rest({
    method: 'POST',
    path: '/api/auth/sign-in/email',
    body: { email: 'nobody@example.test', password: 'not the password' },
    headers: { origin: api.url },
  });
  return answer?.status ?? 0;
}
