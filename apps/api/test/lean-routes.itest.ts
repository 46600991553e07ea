import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type HttpAnswer, startTestApi, type TestApi } from './start-test-api.ts';

let api: TestApi;
let keys: { all: string; write: string; foreign: string };

beforeAll(async () => {
  api = await startTestApi();
  await api.addOrganization('acme');
  const other = await api.addOrganization('other');
  const [all, write, foreign] = [
    await api.addApiKey(['usage:write', 'limits:check', 'limits:consume']),
    await api.addApiKey(['usage:write']),
    await api.addApiKey(['usage:write', 'limits:check', 'limits:consume'], other),
  ];
  keys = { all: all.key, write: write.key, foreign: foreign.key };
});
afterAll(() => api.stop());

interface Sent {
  path: string;
  body: string;
  key?: keyof typeof keys;
}

const check = '/v1/limits/check';
const consume = '/v1/limits/consume';
const events = '/v1/usage-events';
const occurredAt = '2027-02-28T10:00:00Z';
const event = { id: 'e1', organization: 'acme', meter: 'message', quantity: '1', occurredAt };
const asked = { organization: 'acme', feature: 'message', quantity: '1' };
const text = (value: unknown) => JSON.stringify(value);

const requests: [string, Sent][] = [
  ['an event', { path: events, body: text({ events: [event] }) }],
  ['an event after a byte order mark', { path: events, body: `\ufeff${text({ events: [event] })}` }],
  ['an event that is refused', { path: events, body: text({ events: [{ ...event, quantity: '-1' }, 7] }) }],
  ['no events', { path: events, body: text({ events: [] }) }],
  ['a list', { path: events, body: '[]' }],
  ['null', { path: events, body: 'null' }],
  ['too many events', { path: events, body: text({ events: Array(1001).fill(event) }) }],
  ['no JSON', { path: events, body: '{"events":' }],
  [
    'an event under a key of another organization',
    { path: events, body: text({ events: [event] }), key: 'foreign' },
  ],
  ['a check', { path: check, body: text(asked) }],
  ['a check with the wrong scope', { path: check, body: text(asked), key: 'write' }],
  ['a check of a foreign organization', { path: check, body: text(asked), key: 'foreign' }],
  ['a check of an unknown feature', { path: check, body: text({ ...asked, feature: 'constructor' }) }],
  ['a check of a bad quantity', { path: check, body: text({ ...asked, quantity: '1e3' }) }],
  ['a check without fields', { path: check, body: '{}' }],
  ['a check of nothing', { path: check, body: 'null' }],
  ['a check that is a text', { path: check, body: '"check"' }],
  ['a check that is no JSON', { path: check, body: 'check' }],
  ['a consume', { path: consume, body: text({ ...asked, id: 'c1' }) }],
  ['a consume with a bad client', { path: consume, body: text({ ...asked, client: 'nobody' }) }],
];

describe('the short way and the long way answer the same to', () => {
  it.each(requests)('%s', async (_, { path, body, key = 'all' }) => {
    const send = (type: string, using?: string) =>
      api.rest({
        method: 'POST',
        path,
        body,
        headers: { 'content-type': type },
        ...(using && { key: using }),
      });
    // Only the plainest spelling of the type goes the short way.
    const [short, long] = ['application/json', 'application/json;charset=UTF-8'];
    // An id counts once: the first to arrive is accepted, so both are asked twice.
    await send(short, keys[key]);
    expect(comparable(await send(short, keys[key]))).toEqual(comparable(await send(long, keys[key])));
    const strangers = [await send(short), await send(short, `mg_${'x'.repeat(32)}`)];
    for (const refused of strangers) {
      expect(refused.status).toBe(401);
      expect(refused.headers.get('www-authenticate')).toBe('Bearer');
    }
  });
});

it('goes the short way at all: there every answer names its request', async () => {
  const send = (type: string) =>
    api.rest({
      method: 'POST',
      path: events,
      key: keys.all,
      body: text({ events: [event] }),
      headers: { 'content-type': type },
    });
  expect((await send('application/json')).headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
  expect((await send('application/json;charset=UTF-8')).headers.get('x-request-id')).toBeNull();
});

it.each([events, check])('counts a request to %s whichever way it went', async (path) => {
  const counted = async () => {
    const { text: metrics } = await api.rest({ method: 'GET', path: '/metrics' });
    const line = `http_request_duration_seconds_count{method="POST",route="${path}",status="401"} `;
    return Number(metrics.split(line)[1]?.split('\n')[0] ?? 0);
  };
  const before = await counted();
  for (const type of ['application/json', 'application/json;charset=UTF-8']) {
    await api.rest({ method: 'POST', path, body: '{}', headers: { 'content-type': type } });
  }
  expect((await counted()) - before).toBe(2);
});

it('survives senders that hang up in the middle of a body', async () => {
  for (const path of [events, check]) {
    const socket = connect(Number(new URL(api.url).port), '127.0.0.1');
    const head = `POST ${path} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${keys.all}`;
    socket.write(`${head}\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{"organization":`);
    await new Promise((resolve) => setTimeout(resolve, 50));
    socket.destroy();
  }
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect((await api.rest({ method: 'POST', path: check, key: keys.all, body: asked })).status).toBe(200);
});

/** What two answers to the same question have in common; the receipts of two checks differ. */
function comparable({ status, headers, json }: HttpAnswer) {
  const kept = ['content-type', 'cache-control', 'retry-after', 'www-authenticate'];
  const body = JSON.stringify(json, (name, value) =>
    name === 'requestId' || name === 'receiptId' ? typeof value : value,
  );
  return { status, body, headers: kept.map((name) => headers.get(name)) };
}
