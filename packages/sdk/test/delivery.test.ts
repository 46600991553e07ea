import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createMetergate, type MetergateOptions } from '../src/index.ts';
import { type FakeServer, idsOf, json, type Seen, startFakeServer, takeAll } from './fake-server.ts';

let server: FakeServer;
let told: string[];

beforeEach(async () => {
  server = await startFakeServer();
  told = [];
});
afterEach(() => server.close());

const event = { organization: 'acme', meter: 'call', quantity: 1 };
const clientOf = (options: Partial<MetergateOptions> = {}) =>
  createMetergate({
    url: server.url,
    apiKey: 'mg_test',
    onDropped: (events, reason) => told.push(`dropped ${events.map(({ id }) => id)} ${reason}`),
    onRejected: ({ id, code }) => told.push(`rejected ${id} ${code}`),
    ...options,
  });
/** Answers like that once, and takes everything afterwards. */
const onceLike = (first: FakeServer['answer']) => {
  server.answer = (request, response) => (server.seen.length === 1 ? first : takeAll)(request, response);
};

describe('an answer that acknowledges nothing keeps every event', () => {
  const page = '<html>Please sign in</html>';
  const answers: [string, FakeServer['answer']][] = [
    ['a page with status 200', (_, response) => void response.writeHead(200).end(page)],
    ['an empty body with status 200', (_, response) => void response.writeHead(200).end()],
    ['JSON of somebody else', (_, response) => json(response, 200, { status: 'ok' })],
    ['no results', (_, response) => json(response, 200, { results: [] })],
    ['results of other events', (_, response) => json(response, 200, { results: [accepted('z')] })],
    ['a redirect', (_, response) => void response.writeHead(302, { location: '/' }).end()],
    ['a page with status 404', (_, response) => void response.writeHead(404).end(page)],
    ['a page with status 502', (_, response) => void response.writeHead(502).end(page)],
    ['a request that was not read in time', (_, response) => void response.writeHead(408).end()],
    ['a connection that breaks after the request', (_, response) => void response.destroy()],
    ['half an answer', (_, response) => halfAnAnswer(response)],
    ['a key that is refused', (_, response) => json(response, 401, { error: { code: 'API_KEY_INVALID' } })],
    ['a scope that is missing', (_, response) => json(response, 403, { error: { code: 'SCOPE_MISSING' } })],
  ];
  const accepted = (id: string) => ({ id, status: 'accepted' });
  const halfAnAnswer = (response: Parameters<FakeServer['answer']>[1]) => {
    response.writeHead(200, { 'content-length': '500' });
    response.write('{"results":[');
    setTimeout(() => response.destroy(), 5);
  };

  it.each(answers)('%s', async (_, first) => {
    onceLike(first);
    const failures: unknown[] = [];
    const metergate = clientOf({ onDeliveryFailed: (error) => failures.push(error) });
    const ids = ['a', 'b'].map((id) => metergate.usage.record({ ...event, id }));
    await metergate.shutdown();
    expect(server.seen.map(idsOf)).toEqual([ids, ids]);
    expect(server.seen[1]?.body).toEqual(server.seen[0]?.body);
    expect(failures).toHaveLength(1);
    expect(told).toEqual([]);
  });
});

it('sends those again that were left out of an answer, and only those', async () => {
  onceLike(({ body }, response) =>
    json(response, 200, { results: [{ id: body.events[0].id, status: 'duplicate' }] }),
  );
  const metergate = clientOf();
  for (const id of ['a', 'b', 'c']) metergate.usage.record({ ...event, id });
  await metergate.shutdown();
  expect(server.seen.map(idsOf)).toEqual([
    ['a', 'b', 'c'],
    ['b', 'c'],
  ]);
});

it('gives up the one event that no server takes, and delivers its neighbors', async () => {
  server.answer = (request, response) =>
    idsOf(request).includes('huge')
      ? json(response, 413, { error: { code: 'BODY_TOO_LARGE', message: 'too large' } })
      : takeAll(request, response);
  const metergate = clientOf();
  for (const id of ['a', 'b', 'huge', 'c', 'd']) metergate.usage.record({ ...event, id });
  await metergate.shutdown();
  const taken = server.seen.map(idsOf).filter((ids) => !ids.includes('huge'));
  expect(taken.flat()).toEqual(['a', 'b', 'c', 'd']);
  expect(told).toEqual(['dropped huge too large']);
});

it('an event that cannot be written as JSON never holds up the others', async () => {
  const circle: Record<string, unknown> = {};
  circle.self = circle;
  const metergate = clientOf();
  metergate.usage.record({ ...event, id: 'circle', properties: circle });
  metergate.usage.record({ ...event, id: 'no-date', occurredAt: new Date(Number.NaN) });
  metergate.usage.record({ ...event, id: 'fine' });
  await metergate.shutdown();
  expect(server.seen.map(idsOf)).toEqual([['fine']]);
  expect(told).toEqual(['dropped circle no_json', 'dropped no-date no_json']);
});

it('sends what was recorded, whatever its owner does with the object afterwards', async () => {
  onceLike((_, response) => json(response, 503, {}));
  const metergate = clientOf();
  const properties = { durationSeconds: 61 };
  metergate.usage.record({ ...event, id: 'a', properties });
  properties.durationSeconds = 0;
  await metergate.shutdown();
  expect(server.seen.map(({ body }) => body.events[0].properties)).toEqual(
    Array(2).fill({ durationSeconds: 61 }),
  );
});

it('a telling that throws keeps nothing from being settled', async () => {
  server.answer = (_, response) =>
    json(response, 200, { results: [{ id: 'a', status: 'rejected', code: 'METER_UNKNOWN' }] });
  const onRejected = () => {
    throw new Error('the log is full');
  };
  const metergate = clientOf({ onRejected });
  metergate.usage.record({ ...event, id: 'a' });
  await metergate.shutdown();
  expect(server.seen).toHaveLength(1);
  expect(metergate.usage.pending).toBe(0);
});

it('is bounded by the room that events take, too', () => {
  const metergate = clientOf({ url: 'http://127.0.0.1:1', bufferCharactersMax: 1200 });
  for (const id of ['a', 'b', 'c'])
    metergate.usage.record({ ...event, id, properties: { text: 'x'.repeat(400) } });
  expect(told).toEqual(['dropped c buffer_full']);
  expect(metergate.usage.pending).toBe(2);
});

describe('waiting', () => {
  const gaps = (seen: readonly Seen[]) => seen.slice(1).map(({ at }, n) => at - (seen[n]?.at ?? 0));

  it.each(['429', '503'])('never comes back sooner than Retry-After of a %s says', async (status) => {
    onceLike((_, response) => json(response.setHeader('retry-after', '1'), Number(status), {}));
    const metergate = clientOf({ flushIntervalMs: 1, batchSize: 1 });
    metergate.usage.record(event);
    const storm = setInterval(() => metergate.usage.record(event), 20);
    while (server.seen.length < 2) await new Promise((resolve) => setTimeout(resolve, 10));
    clearInterval(storm);
    await metergate.shutdown();
    expect(gaps(server.seen)[0]).toBeGreaterThan(950);
  });

  it('grows with every failure, however much is recorded meanwhile', async () => {
    server.answer = (_, response) => json(response, 503, {});
    const metergate = clientOf({ flushIntervalMs: 1, batchSize: 1, bufferMax: 5 });
    const storm = setInterval(() => metergate.usage.record(event), 2);
    await new Promise((resolve) => setTimeout(resolve, 1200));
    clearInterval(storm);
    // 200 ms, doubled, and at least half of it: at once, after 100, 300, 700 …
    expect(server.seen.length).toBeLessThanOrEqual(5);
    expect(server.seen.length).toBeGreaterThanOrEqual(2);
    server.answer = takeAll;
    await metergate.shutdown();
    expect(metergate.usage.pending).toBe(0);
  });

  it('ends in time when somebody waits for a server that says nothing', async () => {
    server.answer = () => undefined;
    const metergate = clientOf();
    metergate.usage.record(event);
    const startedAt = performance.now();
    await expect(metergate.usage.flush(100)).rejects.toThrow('in time');
    expect(performance.now() - startedAt).toBeLessThan(2000);
  });

  it('a flush waits for what was recorded before it, and not for what comes after', async () => {
    const metergate = clientOf({ batchSize: 10 });
    const storm = setInterval(() => metergate.usage.record(event), 1);
    const id = metergate.usage.record(event);
    await metergate.usage.flush(5000);
    clearInterval(storm);
    expect(server.seen.flatMap(idsOf)).toContain(id);
    await metergate.shutdown();
  });
});

describe('a decision', () => {
  const request = { organization: 'acme', feature: 'call', quantity: 1, id: 'c-1' };

  it('is asked again under the same id when the connection broke', async () => {
    server.answer = (_, response) => {
      if (server.seen.length === 1) response.destroy();
      else json(response, 200, { decision: 'allowed' });
    };
    expect(await clientOf().limits.consume(request)).toMatchObject({ decision: 'allowed' });
    expect(server.seen.map(({ body }) => body.id)).toEqual(['c-1', 'c-1']);
  });

  it.each([
    ['a page with status 200', 200, '<html>'],
    ['JSON of somebody else', 200, '{"status":"ok"}'],
    ['a page with status 402', 402, '<html>'],
  ])('is made by the outage policy when the answer is %s', async (_, status, body) => {
    server.answer = (_request, response) => void response.writeHead(status).end(body);
    const closed = await clientOf().limits.consume(request);
    expect(closed).toMatchObject({ decision: 'blocked', reason: 'unavailable' });
  });

  /** The server took the first attempt, and its answer was lost; later it knows the id. */
  const withLostAnswer = (first: { quantity: number }): FakeServer['answer'] => {
    const isBack = () => server.seen.some(({ path }) => path.endsWith('/usage-events'));
    return ({ path, body }, response) => {
      if (path.endsWith('/usage-events')) {
        const results = body.events.map(({ id }: { id: string }) =>
          id === 'c-1'
            ? { id, status: 'rejected', code: 'USAGE_EVENT_ID_REUSED' }
            : { id, status: 'accepted' },
        );
        json(response, 200, { results });
      } else if (!isBack()) response.destroy();
      else if (body.quantity === first.quantity) json(response, 200, { decision: 'allowed' });
      else json(response, 409, { error: { code: 'USAGE_EVENT_ID_REUSED' } });
    };
  };

  it.each([
    ['that was granted here and counted there is no refusal', 1, []],
    ['for which the id of other usage was taken is told', 2, ['rejected c-1 USAGE_EVENT_ID_REUSED']],
  ])('%s', async (_, quantity, expected) => {
    server.answer = withLostAnswer({ quantity });
    const metergate = clientOf({ onUnavailable: 'open' });
    expect(await metergate.limits.consume(request)).toMatchObject({ decision: 'allowed' });
    metergate.usage.record({ ...event, id: 'beside' });
    await metergate.shutdown();
    expect(metergate.usage.pending).toBe(0);
    expect(told).toEqual(expected);
  });

  /** A feature with a level has no meter: the server knows no such event, and decides the question. */
  const withLevel =
    (decide: (response: Parameters<FakeServer['answer']>[1]) => void): FakeServer['answer'] =>
    ({ path, body }, response) => {
      const isBack = server.seen.some((one) => one.path.endsWith('/usage-events'));
      if (path.endsWith('/consume')) return isBack ? decide(response) : response.destroy();
      const results = body.events.map(({ id }: { id: string }) =>
        id === 'c-1' ? { id, status: 'rejected', code: 'METER_UNKNOWN' } : { id, status: 'accepted' },
      );
      json(response, 200, { results });
    };
  const refused = { decision: 'blocked', message: 'full' };

  it.each([
    ['is taken', 200, { decision: 'allowed' }, []],
    ['is taken above a warning', 200, { decision: 'warned' }, []],
    ['above the limit is told', 402, refused, ['rejected c-1 LEVEL_REFUSED']],
    ['that is none is told', 404, { error: { code: 'FEATURE_UNKNOWN' } }, ['rejected c-1 METER_UNKNOWN']],
    [
      'without the right to take is told',
      403,
      { error: { code: 'FORBIDDEN' } },
      ['rejected c-1 METER_UNKNOWN'],
    ],
  ])(
    'about a level that was granted here %s when the server is back',
    async (_, status, answer, expected) => {
      server.answer = withLevel((response) => json(response, status, answer));
      const metergate = clientOf({ onUnavailable: 'open' });
      expect(await metergate.limits.consume(request)).toMatchObject({ decision: 'allowed' });
      metergate.usage.record({ ...event, id: 'beside' });
      await metergate.shutdown();
      expect(metergate.usage.pending).toBe(0);
      expect(told).toEqual(expected);
      const { id, feature, quantity } = server.seen.at(-1)?.body ?? {};
      expect({ id, feature, quantity }).toEqual({ id: 'c-1', feature: 'call', quantity: 1 });
    },
  );

  it('about usage that was recorded, and not granted, is never asked', async () => {
    server.answer = withLevel((response) => json(response, 200, { decision: 'allowed' }));
    const metergate = clientOf();
    metergate.usage.record({ ...event, id: 'c-1' });
    await metergate.shutdown();
    expect(server.seen.map(({ path }) => path)).toEqual(['/v1/usage-events']);
    expect(told).toEqual(['rejected c-1 METER_UNKNOWN']);
  });

  it('in doubt waits for a server that goes away again, and holds up nobody', async () => {
    const answer = withLostAnswer({ quantity: 1 });
    let isAway = true;
    server.answer = (one, response) =>
      isAway && one.path.endsWith('/consume') ? void response.destroy() : answer(one, response);
    const metergate = clientOf({ onUnavailable: 'open' });
    await metergate.limits.consume(request);
    metergate.usage.record({ ...event, id: 'beside' });
    await expect(metergate.usage.flush(300)).rejects.toThrow();
    expect(metergate.usage.pending).toBe(1);
    isAway = false;
    await metergate.shutdown();
    expect(metergate.usage.pending).toBe(0);
    expect(told).toEqual([]);
  });
});
