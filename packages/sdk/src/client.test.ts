import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type FakeServer, idsOf, json, startFakeServer, takeAll } from '../test/fake-server.ts';
import { createMetergate, MetergateError } from './index.ts';

let server: FakeServer;
let url: string;

beforeEach(async () => {
  server = await startFakeServer();
  url = server.url;
});
afterEach(() => server.close());

const event = { organization: 'acme', meter: 'call', quantity: 1 };

describe('usage', () => {
  it('is sent in batches and retried with the same ids until acknowledged', async () => {
    server.answer = (request, response) =>
      server.seen.length < 3 ? json(response, 503, {}) : takeAll(request, response);
    const metergate = createMetergate({ url, apiKey: 'mg_test' });
    const ids = [metergate.usage.record(event), metergate.usage.record({ ...event, id: 'mine' })];
    await metergate.shutdown();
    expect(server.seen).toHaveLength(3);
    for (const one of server.seen) expect(idsOf(one)).toEqual(ids);
    expect(ids[1]).toBe('mine');
    expect(server.seen[0]?.headers.authorization).toBe('Bearer mg_test');
    expect(metergate.usage.pending).toBe(0);
  });

  it('is bounded in memory, and says what it dropped', () => {
    const dropped: string[] = [];
    const onDropped = (events: readonly { id: string }[], reason: string) =>
      dropped.push(`${events[0]?.id} ${reason}`);
    const metergate = createMetergate({ url: 'http://127.0.0.1:1', apiKey: 'x', bufferMax: 1, onDropped });
    metergate.usage.record({ ...event, id: 'a' });
    metergate.usage.record({ ...event, id: 'b' });
    expect(dropped).toEqual(['b buffer_full']);
    expect(metergate.usage.pending).toBe(1);
  });

  it('is sent before the figures are compared', async () => {
    const ours = { count: 2, total: '3' };
    server.answer = (_request, response) =>
      json(
        response,
        200,
        server.seen.length === 1 ? { results: [{ id: 'a', status: 'accepted' }] } : { equal: false, ours },
      );
    const metergate = createMetergate({ url: server.url, apiKey: 'x' });
    metergate.usage.record({ ...event, id: 'a' });
    const span = { from: new Date('2027-03-01T00:00:00Z'), to: '2027-04-01T02:00:00+02:00' };
    const figures = { organization: 'acme', meter: 'call', count: 1, total: '3' };
    expect(await metergate.usage.check({ ...figures, ...span })).toEqual({ equal: false, ours });
    expect(server.seen.map(({ path }) => path)).toEqual(['/v1/usage-events', '/v1/usage-checks']);
    expect(server.seen[1]?.body).toEqual({
      ...figures,
      from: '2027-03-01T00:00:00.000Z',
      to: '2027-04-01T00:00:00.000Z',
    });
  });

  it('stays in the buffer when nobody answers, and flush says so', async () => {
    const metergate = createMetergate({ url: 'http://127.0.0.1:1', apiKey: 'x' });
    metergate.usage.record(event);
    await expect(metergate.usage.flush(50)).rejects.toThrow();
    expect(metergate.usage.pending).toBe(1);
  });

  it('reports single refusals, and gives up what the server refuses as a whole', async () => {
    const told: string[] = [];
    server.answer = (_request, response) =>
      server.seen.length === 1
        ? json(response, 200, {
            results: [{ id: 'a', status: 'rejected', code: 'METER_UNKNOWN', message: 'no' }],
          })
        : json(response, 400, { error: { code: 'INPUT_INVALID', message: 'no such thing' } });
    const metergate = createMetergate({
      url,
      apiKey: 'x',
      onRejected: ({ id, code }) => told.push(`${id} ${code}`),
      onDropped: (_events, reason) => told.push(reason),
    });
    metergate.usage.record({ ...event, id: 'a' });
    await metergate.usage.flush();
    metergate.usage.record({ ...event, id: 'b' });
    await metergate.usage.flush();
    expect(told).toEqual(['a METER_UNKNOWN', 'no such thing']);
  });
});

describe('limits', () => {
  const request = { organization: 'acme', feature: 'call', quantity: 1, id: 'c-1' };

  it('answer a refusal as a decision and a wrong question as an error', async () => {
    server.answer = (one, response) =>
      one.body.feature === 'call'
        ? json(response, 402, { decision: 'blocked', reason: 'limit_reached' })
        : json(response, 404, {
            error: { code: 'FEATURE_UNKNOWN', message: 'no', requestId: 'r', retriable: false },
          });
    const { limits } = createMetergate({ url, apiKey: 'x', onUnavailable: 'open' });
    expect(await limits.consume(request)).toMatchObject({ decision: 'blocked', reason: 'limit_reached' });
    const error = await limits.consume({ ...request, feature: 'nope' }).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(MetergateError);
    expect(error).toMatchObject({ code: 'FEATURE_UNKNOWN', status: 404, requestId: 'r' });
  });

  it('follow the outage policy by feature, and count what it granted once the server is back', async () => {
    let isDown = true;
    server.answer = (request, response) => (isDown ? json(response, 503, {}) : takeAll(request, response));
    const metergate = createMetergate({
      url,
      apiKey: 'x',
      onUnavailable: (feature) => (feature === 'call' ? 'open' : 'closed'),
    });
    expect(await metergate.limits.consume(request)).toMatchObject({
      decision: 'allowed',
      reason: 'unavailable',
    });
    expect((await metergate.limits.consume({ ...request, feature: 'agents' })).decision).toBe('blocked');
    const held = await metergate.limits.reserve({ ...request, id: 'c-2', leaseSeconds: 60 });
    await held.commit(3);
    isDown = false;
    await metergate.shutdown();
    expect(server.seen.at(-1)?.body.events).toMatchObject([
      { id: 'c-1', meter: 'call', quantity: 1 },
      { id: 'c-2', meter: 'call', quantity: 3 },
    ]);
  });

  it('commit a reservation by its id', async () => {
    server.answer = (_request, response) => json(response, 200, { decision: 'allowed', id: 'res_1' });
    const { limits } = createMetergate({ url, apiKey: 'x' });
    const held = await limits.reserve({ ...request, leaseSeconds: 60 });
    await held.commit('2');
    expect(server.seen.at(-1)).toMatchObject({
      path: '/v1/limits/reservations/res_1/commit',
      body: { organization: 'acme', quantity: '2' },
    });
  });
});

it('entitlements are read again only when they changed', async () => {
  server.answer = (one, response) =>
    one.headers['if-none-match'] === '"v1"'
      ? response.writeHead(304, { connection: 'close' }).end()
      : json(response.setHeader('etag', '"v1"'), 200, { features: { sso: { enabled: true } } });
  const { entitlements } = createMetergate({ url, apiKey: 'x' });
  const first = await entitlements.get('a/b');
  expect(await entitlements.get('a/b')).toEqual(first);
  expect(server.seen.map(({ path }) => path)).toEqual(Array(2).fill('/v1/organizations/a%2Fb/entitlements'));
});

describe('what has happened during an outage', () => {
  it('is sent before a level is compared', async () => {
    let isAway = true;
    const answer = { equal: false, ours: '2' };
    server.answer = (_request, response) => json(response, isAway ? 503 : 200, isAway ? {} : answer);
    const metergate = createMetergate({ url, apiKey: 'x' });
    const own = { organization: 'acme', feature: 'agents' };
    await metergate.gauges.set({ ...own, value: 3, id: 'level-1' });
    isAway = false;
    const at = new Date('2027-03-01T02:00:00+02:00');
    expect(await metergate.gauges.check({ ...own, level: '3', at })).toEqual(answer);
    expect(server.seen.at(-2)?.path).toBe('/v1/organizations/acme/gauges/agents');
    expect(server.seen.at(-1)).toMatchObject({
      path: '/v1/level-checks',
      body: { ...own, level: '3', at: '2027-03-01T00:00:00.000Z' },
    });
    await metergate.shutdown();
  });

  it('is kept in order and delivered once the server is back', async () => {
    let isAway = false;
    server.answer = (request, response) => {
      if (isAway) return json(response, 503, {});
      json(response, 200, request.path.endsWith('/reservations') ? { decision: 'allowed', id: 'res_1' } : {});
    };
    const metergate = createMetergate({ url, apiKey: 'mg_test' });
    const body = { organization: 'acme', feature: 'minute', quantity: 5, leaseSeconds: 60 };
    const reservation = await metergate.limits.reserve(body);
    isAway = true;
    await reservation.commit(7);
    await metergate.gauges.set({ organization: 'acme', feature: 'agents', value: 3, id: 'level-1' });
    expect(metergate.gauges.pending).toBe(2);
    isAway = false;
    server.seen = [];
    await metergate.shutdown();
    expect(server.seen.map(({ path }) => path)).toEqual([
      '/v1/limits/reservations/res_1/commit',
      '/v1/organizations/acme/gauges/agents',
    ]);
    expect(server.seen[0]?.body).toEqual({ organization: 'acme', quantity: 7 });
    expect(server.seen[1]?.body).toMatchObject({ value: 3, id: 'level-1' });
    expect(metergate.gauges.pending).toBe(0);
  });

  it('says when the server refuses for good, at once and later', async () => {
    let status = 409;
    server.answer = (_request, response) => json(response, status, { error: { code: 'NO', message: 'no' } });
    const dropped: string[] = [];
    const onReportDropped = (report: { path: string }, reason: string) =>
      dropped.push(`${report.path} ${reason}`);
    const metergate = createMetergate({ url, apiKey: 'mg_test', onReportDropped });
    const level = { organization: 'acme', feature: 'agents', value: 3 };
    await expect(metergate.gauges.set(level)).rejects.toThrow('no');
    status = 503;
    await metergate.gauges.set(level);
    status = 409;
    await metergate.shutdown();
    expect(dropped).toEqual(['/v1/organizations/acme/gauges/agents no']);
  });

  it('answers entitlements as they were last known, and nothing to who never asked', async () => {
    let isAway = false;
    server.answer = (_request, response) =>
      json(response, isAway ? 503 : 200, { organization: 'org_1', plans: [] });
    const metergate = createMetergate({ url, apiKey: 'mg_test' });
    await metergate.entitlements.get('acme');
    isAway = true;
    expect(await metergate.entitlements.get('acme')).toMatchObject({ organization: 'org_1' });
    await expect(metergate.entitlements.get('other')).rejects.toThrow(MetergateError);
  });
});
