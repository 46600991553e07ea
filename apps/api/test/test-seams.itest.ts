import { startEmulator } from '@metergate/stripe-emulator';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { crashPointNames } from '../src/crash-points.ts';
import { startTestApi, type TestApi } from './start-test-api.ts';

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi({ TEST_SEAMS: '1' });
});
afterAll(() => api.stop());

function post(path: string, body: unknown) {
  return api.rest({ method: 'POST', path, body });
}

describe('test seams', () => {
  it('move the clock to an instant and by seconds, and keep that for other processes', async () => {
    const moved = await post('/test/clock', { now: '2027-01-31T12:00:00Z' });
    expect(moved.status).toBe(200);
    expect(moved.json.now).toMatch(/^2027-01-31T12:00:0/);
    const later = await post('/test/clock', { advanceSeconds: 86_400 });
    expect(later.json.now).toMatch(/^2027-02-01T12:00:/);
    expect(api.container.clock.now().toISOString()).toMatch(/^2027-02-01T12:00:/);
    expect(await api.container.simulatedClock.load()).toBe(api.container.clock.offsetMs);
    expect((await api.rest({ method: 'GET', path: '/test/clock' })).json.offsetMs).toBe(
      api.container.clock.offsetMs,
    );
  });

  it('move the emulator together with the application', async () => {
    const emulator = await startEmulator({ port: 0 });
    const both = await startTestApi({ TEST_SEAMS: '1', STRIPE_API_BASE: emulator.url });
    try {
      const body = { now: '2027-03-31T00:00:00.000Z' };
      expect((await both.rest({ method: 'POST', path: '/test/clock', body })).status).toBe(200);
      const moved = await fetch(`${emulator.url}/_emu/clock`).then((answer) => answer.json());
      expect(moved).toMatchObject({ now: expect.stringMatching(/^2027-03-31T00:00:0/) });
    } finally {
      await both.stop();
      await emulator.close();
    }
  });

  it('step the clock of this process alone, which then says how wrong it is', async () => {
    const before = await api.container.simulatedClock.load();
    const skew = async () => {
      await post('/test/drain', {});
      const metrics = await fetch(`${api.url}/metrics`).then((answer) => answer.text());
      return Number(/^clock_skew_seconds (\S+)$/m.exec(metrics)?.[1])
        .toFixed(0)
        .replace('-0', '0');
    };
    expect(await skew()).toBe('0');
    for (const [stepSeconds, expected] of [
      [-600, '-600'],
      [-6_600, '-7200'],
      [7_205, '5'],
      [-5, '0'],
    ]) {
      expect((await post('/test/clock/step', { stepSeconds })).status).toBe(200);
      expect(await skew()).toBe(expected);
    }
    expect(await api.container.simulatedClock.load()).toBe(before);
    expect((await post('/test/clock/step', { stepSeconds: 'soon' })).status).toBe(400);
  });

  it('refuse what is no instant', async () => {
    for (const body of [{ now: 'tomorrow' }, { advanceSeconds: -1 }, {}]) {
      expect((await post('/test/clock', body)).status).toBe(400);
    }
  });

  it('list the crash points and arm one', async () => {
    expect((await api.rest({ method: 'GET', path: '/test/crash' })).json.points).toEqual([
      ...crashPointNames,
    ]);
    expect((await post('/test/crash', { point: 'period.closing', n: 3 })).json.armed).toEqual({
      'period.closing': 3,
    });
    expect((await post('/test/crash', { point: 'period.closing', n: 0 })).json.armed).toEqual({});
    expect((await post('/test/crash', { point: 'nowhere', n: 1 })).status).toBe(400);
  });

  it('say how many queries a request caused', async () => {
    const owner = await api.signUp('owner@example.test');
    await api.addOrganization('acme', { [owner.userId]: 'owner' });
    await api.rest({
      method: 'GET',
      path: '/billing',
      headers: { cookie: owner.cookie, 'x-request-id': 'count-me-1' },
    });
    const answer = await api.rest({ method: 'GET', path: '/test/queries?requestId=count-me-1' });
    expect(answer.json.requestId).toBe('count-me-1');
    expect(answer.json.count).toBeGreaterThanOrEqual(2);
    expect(answer.json.count).toBeLessThanOrEqual(4);
  });

  it('drain the workers', async () => {
    expect((await post('/test/drain', {})).status).toBe(200);
  });
});
