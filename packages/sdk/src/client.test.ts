import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createMetergate, MetergateError } from './index.ts';

interface Seen {
  path: string;
  // biome-ignore lint/suspicious/noExplicitAny: bodies of any form
  body: any;
  headers: IncomingMessage['headers'];
}

let server: Server;
let url: string;
let seen: Seen[];
let answer: (request: Seen, response: ServerResponse) => void;

beforeEach(async () => {
  seen = [];
  server = createServer(async (request, response) => {
    let text = '';
    for await (const chunk of request) text += chunk;
    const one = {
      path: request.url ?? '',
      body: text === '' ? undefined : JSON.parse(text),
      headers: request.headers,
    };
    seen.push(one);
    answer(one, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(() => new Promise((resolve) => server.close(resolve)));

const json = (response: ServerResponse, status: number, body: unknown) => {
  response.setHeader('content-type', 'application/json').setHeader('connection', 'close').writeHead(status);
  response.end(JSON.stringify(body));
};
const event = { organization: 'acme', meter: 'call', quantity: 1 };
const idsOf = (one: Seen | undefined) => one?.body.events.map(({ id }: { id: string }) => id);

describe('usage', () => {
  it('is sent in batches and retried with the same ids until acknowledged', async () => {
    answer = (_request, response) =>
      seen.length < 3 ? json(response, 503, {}) : json(response, 200, { results: [] });
    const metergate = createMetergate({ url, apiKey: 'mg_test' });
    const ids = [metergate.usage.record(event), metergate.usage.record({ ...event, id: 'mine' })];
    await metergate.shutdown();
    expect(seen).toHaveLength(3);
    for (const one of seen) expect(idsOf(one)).toEqual(ids);
    expect(ids[1]).toBe('mine');
    expect(seen[0]?.headers.authorization).toBe('Bearer mg_test');
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

  it('stays in the buffer when nobody answers, and flush says so', async () => {
    const metergate = createMetergate({ url: 'http://127.0.0.1:1', apiKey: 'x' });
    metergate.usage.record(event);
    await expect(metergate.usage.flush(50)).rejects.toThrow();
    expect(metergate.usage.pending).toBe(1);
  });

  it('reports single refusals, and gives up what the server refuses as a whole', async () => {
    const told: string[] = [];
    answer = (_request, response) =>
      seen.length === 1
        ? json(response, 200, {
            results: [{ id: 'a', status: 'rejected', code: 'METER_UNKNOWN', message: 'no' }],
          })
        : json(response, 403, { error: { code: 'SCOPE_MISSING', message: 'no scope' } });
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
    expect(told).toEqual(['a METER_UNKNOWN', 'no scope']);
  });
});

describe('limits', () => {
  const request = { organization: 'acme', feature: 'call', quantity: 1, id: 'c-1' };

  it('answer a refusal as a decision and a wrong question as an error', async () => {
    answer = (one, response) =>
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
    answer = (_request, response) => json(response, isDown ? 503 : 200, isDown ? {} : { results: [] });
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
    expect(seen.at(-1)?.body.events).toMatchObject([
      { id: 'c-1', meter: 'call', quantity: 1 },
      { id: 'c-2', meter: 'call', quantity: 3 },
    ]);
  });

  it('commit a reservation by its id', async () => {
    answer = (_request, response) => json(response, 200, { decision: 'allowed', id: 'res_1' });
    const { limits } = createMetergate({ url, apiKey: 'x' });
    const held = await limits.reserve({ ...request, leaseSeconds: 60 });
    await held.commit('2');
    expect(seen.at(-1)).toMatchObject({
      path: '/v1/limits/reservations/res_1/commit',
      body: { organization: 'acme', quantity: '2' },
    });
  });
});

it('entitlements are read again only when they changed', async () => {
  answer = (one, response) =>
    one.headers['if-none-match'] === '"v1"'
      ? response.writeHead(304, { connection: 'close' }).end()
      : json(response.setHeader('etag', '"v1"'), 200, { features: { sso: { enabled: true } } });
  const { entitlements } = createMetergate({ url, apiKey: 'x' });
  const first = await entitlements.get('a/b');
  expect(await entitlements.get('a/b')).toEqual(first);
  expect(seen.map(({ path }) => path)).toEqual(Array(2).fill('/v1/organizations/a%2Fb/entitlements'));
});

describe('what has happened during an outage', () => {
  it('is kept in order and delivered once the server is back', async () => {
    let isAway = false;
    answer = (request, response) => {
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
    seen = [];
    await metergate.shutdown();
    expect(seen.map(({ path }) => path)).toEqual([
      '/v1/limits/reservations/res_1/commit',
      '/v1/organizations/acme/gauges/agents',
    ]);
    expect(seen[0]?.body).toEqual({ organization: 'acme', quantity: 7 });
    expect(seen[1]?.body).toMatchObject({ value: 3, id: 'level-1' });
    expect(metergate.gauges.pending).toBe(0);
  });

  it('says when the server refuses for good, at once and later', async () => {
    let status = 409;
    answer = (_request, response) => json(response, status, { error: { code: 'NO', message: 'no' } });
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
    answer = (_request, response) => json(response, isAway ? 503 : 200, { organization: 'org_1', plans: [] });
    const metergate = createMetergate({ url, apiKey: 'mg_test' });
    await metergate.entitlements.get('acme');
    isAway = true;
    expect(await metergate.entitlements.get('acme')).toMatchObject({ organization: 'org_1' });
    await expect(metergate.entitlements.get('other')).rejects.toThrow(MetergateError);
  });
});
