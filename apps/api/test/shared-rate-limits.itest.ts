import { afterAll, beforeAll, expect, it } from 'vitest';
import type { RateLimitName } from '../src/rate-limits/rate-limit-rules.ts';
import { startSecondInstance } from './limits/second-instance.ts';
import { startTestApi, type TestApi } from './start-test-api.ts';

// With nothing but the database in common: what Redis makes of it is tried where there is one.
const settings = {
  RATE_LIMIT_SIGN_IN: '10/60/60',
  RATE_LIMIT_CHECKOUT: '10/60/60',
  RATE_LIMIT_PORTAL: '4/60/60',
  RATE_LIMIT_SESSION: '4/60/60',
};
let api: TestApi;
let second: Awaited<ReturnType<typeof startSecondInstance>>;

beforeAll(async () => {
  api = await startTestApi(settings);
  second = await startSecondInstance(api, settings);
  // Who opens connections for the first time may take longer than a counter is waited for.
  await granted('voice_write', 'warm-up', 16);
});
afterAll(async () => {
  await second.stop();
  await api.stop();
});

/** Of calls over both processes by turns. @returns how many were let through */
async function granted(name: RateLimitName, key: string, calls: number): Promise<number> {
  const containers = [api.container, second.container];
  const outcomes = await Promise.allSettled(
    Array.from({ length: calls }, (_, n) => containers[n % 2]?.rateLimits.count(name, key)),
  );
  return outcomes.filter(({ status }) => status === 'fulfilled').length;
}

it('two processes grant together what one would grant alone, also to 40 calls at the same moment', async () => {
  expect(await granted('checkout', 'acme', 40)).toBe(10);
  expect(await granted('checkout', 'another', 5)).toBe(5);
});

it('a sign-in is refused by either after ten at both', async () => {
  const statuses: number[] = [];
  for (let n = 0; n < 14; n += 1) {
    const { url } = n % 2 === 0 ? api : second;
    const answer = await fetch(`${url}/api/auth/sign-in/email`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: url },
      body: JSON.stringify({ email: 'nobody@example.test', password: 'not the password' }),
    });
    statuses.push(answer.status);
  }
  expect(statuses).toEqual([...Array(10).fill(401), ...Array(4).fill(429)]);
});

it('nobody who was counted can be read in the database', async () => {
  const { rows } = await api.db.owner.query<{ key: string }>('select key from auth.rate_count');
  expect(rows.length).toBeGreaterThan(2);
  for (const { key } of rows) expect(key).toMatch(/^[a-z_]+:[\w-]{43}$/);
});

it('frequent calls are counted by each process for itself', async () => {
  expect(await granted('session', 'acme', 20)).toBe(8);
});

it('each process counts for itself, soon, while the database does not answer', async () => {
  const blocker = await api.db.owner.connect();
  await blocker.query('begin');
  await blocker.query('lock table auth.rate_count');
  const startedAt = performance.now();
  try {
    expect(await granted('portal', 'acme', 20)).toBe(8);
    expect(performance.now() - startedAt).toBeLessThan(8_000);
  } finally {
    await blocker.query('rollback');
    blocker.release();
  }
});
