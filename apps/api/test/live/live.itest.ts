import { connect } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Container, createContainer } from '../../src/container.ts';
import { startServer } from '../../src/http/server.ts';
import { callRest, freePort, startTestApi, type TestApi } from '../start-test-api.ts';
import { openStream } from './open-stream.ts';

let api: TestApi;
let other: { url: string; container: Container };
let key: string;
let cookie: string;
let userId: string;

beforeAll(async () => {
  api = await startTestApi();
  ({ cookie, userId } = await api.signUp('owner@acme.test'));
  await api.addOrganization('acme', { [userId]: 'owner' });
  await api.addOrganization('foreign');
  ({ key } = await api.addApiKey(['usage:write', 'organizations:write', 'limits:consume']));
  // A second server on the same database, sharing nothing else with the first.
  const container = createContainer({ ...api.container.env, PORT: await freePort() });
  const { port } = await startServer(container);
  other = { url: `http://127.0.0.1:${port}`, container };
});
afterAll(async () => {
  await other.container.lifecycle.stop();
  await api.stop();
});

let eventCount = 0;
async function use(organization: string): Promise<void> {
  eventCount += 1;
  const event = { id: `e${eventCount}`, organization, meter: 'message', quantity: '1' };
  const occurredAt = api.container.clock.now().toISOString();
  const body = { events: [{ ...event, occurredAt }] };
  const answer = await api.rest({ method: 'POST', path: '/v1/usage-events', key, body });
  expect(answer.json, answer.text).toMatchObject({ accepted: 1 });
}

/** The first stream of a process hears "everything" once it listens; tests want what comes after. */
async function settled(url: string, organization = 'acme', as = cookie) {
  const stream = await openStream(url, { cookie: as, organization });
  expect(stream.status).toBe(200);
  await new Promise((resolve) => setTimeout(resolve, 700));
  return stream;
}

test('a page that is left before it is admitted leaves no stream behind', async () => {
  const { port } = new URL(api.url);
  for (let n = 0; n < 20; n += 1) {
    const socket = connect(Number(port), '127.0.0.1').on('error', () => undefined);
    socket.write(`GET /api/live?organization=acme HTTP/1.1\r\nhost: x\r\ncookie: ${cookie}\r\n\r\n`);
    await new Promise((resolve) => socket.once('connect', resolve));
    setImmediate(() => socket.destroy());
  }
  await expect.poll(() => api.container.live.size, { timeout: 5_000 }).toBe(0);
  const stream = await settled(api.url);
  stream.close();
});

test('usage taken by one process appears at a stream of another within two seconds', async () => {
  const stream = await settled(other.url);
  const startedAt = Date.now();
  const heard = stream.next('usage');
  await use('acme');
  expect((await heard) - startedAt).toBeLessThan(2_000);
  stream.close();
});

test('a level that one process reports, grants or gives back appears at a stream of the other', async () => {
  const [here, there] = [await settled(api.url), await settled(other.url)];
  const level = async (url: string, path: string, method: 'PUT' | 'POST', body: object) => {
    const answer = await callRest(url, { method, path, key, body });
    expect(answer.status, answer.text).toBe(200);
  };
  const take = { organization: 'acme', feature: 'agents', quantity: '1' };
  const moves: [by: string, at: typeof here, path: string, method: 'PUT' | 'POST', body: object][] = [
    [api.url, there, '/v1/organizations/acme/gauges/agents', 'PUT', { value: '0' }],
    [other.url, here, '/v1/limits/consume', 'POST', { ...take, id: 'agent-1' }],
    [api.url, there, '/v1/limits/release', 'POST', { ...take, id: 'agent-1-gone' }],
  ];
  for (const [by, at, path, method, body] of moves) {
    const startedAt = Date.now();
    const heard = at.next('usage');
    await level(by, path, method, body);
    expect((await heard) - startedAt, path).toBeLessThan(2_000);
  }
  here.close();
  there.close();
});

test('a change of an invoice or a client is told, and nothing about other organizations', async () => {
  const stream = await settled(other.url);
  const before = stream.events.length;
  await use('foreign');
  await new Promise((resolve) => setTimeout(resolve, 1_200));
  expect(stream.events.length).toBe(before);
  const client = stream.next('organization');
  const path = '/v1/organizations/acme/clients';
  expect((await api.rest({ method: 'POST', path, key, body: { name: 'One' } })).status).toBe(201);
  await client;
  const billing = stream.next('billing');
  await api.db.owner.query(
    `insert into payment_methods (organization_id, id, stripe_payment_method_id, brand, last4, exp_month, exp_year)
     select id, gen_random_uuid(), 'pm_1', 'visa', '4242', 4, 2042 from organizations where slug = 'acme'`,
  );
  await billing;
  stream.close();
});

test('closing an organization is told to its open pages, which stay open to read it', async () => {
  await api.addOrganization('closing', { [userId]: 'owner' });
  const stream = await settled(other.url, 'closing');
  const told = stream.next('organization');
  const closing = { organization: 'closing', confirmName: 'closing' };
  const answer = await api.trpc({
    path: 'organizations.close',
    type: 'mutation',
    input: closing,
    cookie,
  });
  expect(answer.json.result.data.status).toBe('closed');
  await told;
  stream.close();
  expect((await openStream(api.url, { cookie, organization: 'closing' })).status).toBe(200);
});

test('a page that comes back is told to read everything again', async () => {
  const first = await settled(api.url);
  await use('acme');
  await first.next('usage');
  const lastEventId = first.ids.at(-1) ?? '';
  first.close();
  await use('acme');
  const back = await openStream(api.url, { cookie, organization: 'acme', lastEventId });
  await back.next('billing');
  expect(back.events[0]?.toSorted()).toEqual(['billing', 'organization', 'usage']);
  expect(Number(back.ids[0])).toBeGreaterThan(Number(lastEventId));
  back.close();
});

test.each(['x', '-1', '1e400', '99999999999999999999', '7,8'])(
  'a page that comes back with an id we never gave is back all the same: %s',
  async (lastEventId) => {
    const back = await openStream(api.url, { cookie, organization: 'acme', lastEventId });
    await back.next('billing');
    expect(back.events[0]?.toSorted()).toEqual(['billing', 'organization', 'usage']);
    expect(Number(back.ids.at(-1))).toBeGreaterThan(0);
    back.close();
  },
);

test('a page has an id to come back with before it has heard anything', async () => {
  const stream = await settled(api.url);
  expect(stream.firstId).toBe('1');
  stream.close();
});

test('whoever listens again after a broken connection is told to read everything, and hears what comes then', async () => {
  const stream = await settled(other.url);
  const everything = stream.next('billing');
  const { rowCount } = await api.db.owner.query(
    `select pg_terminate_backend(pid) from pg_stat_activity
      where datname = current_database() and query in ('listen live', 'select ''live'' as listening')`,
  );
  expect(rowCount).toBeGreaterThan(0);
  await everything;
  await new Promise((resolve) => setTimeout(resolve, 2_500));
  const heard = stream.next('usage', 3_000);
  await use('acme');
  await heard;
  stream.close();
});

test('nothing on the way may store, compress or hold back a stream', async () => {
  const stream = await openStream(api.url, { cookie, organization: 'acme' });
  expect(stream.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
  expect(stream.headers.get('cache-control')).toBe('no-store, no-transform');
  expect(stream.headers.get('x-accel-buffering')).toBe('no');
  expect(stream.headers.get('content-encoding')).toBeNull();
  stream.close();
});

test('strangers, members of another organization and unknown ones get no stream', async () => {
  const nobody = await openStream(api.url, { cookie: 'x=y', organization: 'acme' });
  expect(nobody.status).toBe(401);
  for (const organization of ['foreign', 'unknown', '']) {
    expect((await openStream(api.url, { cookie, organization })).status).toBe(404);
  }
});

test('sign-out ends the stream within seconds, also on the other process', async () => {
  const person = await api.signUp('leaves@acme.test');
  await api.db.owner.query(
    `insert into members (organization_id, user_id, role) select id, $1, 'member' from organizations where slug = 'acme'`,
    [person.userId],
  );
  const stream = await settled(other.url, 'acme', person.cookie);
  const startedAt = Date.now();
  await api.rest({
    method: 'POST',
    path: '/api/auth/sign-out',
    headers: { cookie: person.cookie, origin: api.url },
    body: {},
  });
  await stream.ended;
  expect(Date.now() - startedAt).toBeLessThan(5_000);
});

test('a removed member loses the stream and gets no new one', async () => {
  const person = await api.signUp('removed@acme.test');
  await api.db.owner.query(
    `insert into members (organization_id, user_id, role) select id, $1, 'member' from organizations where slug = 'acme'`,
    [person.userId],
  );
  const stream = await settled(api.url, 'acme', person.cookie);
  await api.db.owner.query('delete from members where user_id = $1', [person.userId]);
  await stream.ended;
  expect((await openStream(api.url, { cookie: person.cookie, organization: 'acme' })).status).toBe(404);
});

test('the eleventh stream of one person is refused until one closes', async () => {
  const person = await api.signUp('many@acme.test');
  await api.db.owner.query(
    `insert into members (organization_id, user_id, role) select id, $1, 'member' from organizations where slug = 'acme'`,
    [person.userId],
  );
  const open = () => openStream(api.url, { cookie: person.cookie, organization: 'acme' });
  const streams = [];
  for (let count = 0; count < 10; count += 1) streams.push(await open());
  expect((await open()).status).toBe(429);
  for (const stream of streams) stream.close();
  await expect
    .poll(async () => {
      const again = await open();
      again.close();
      return again.status;
    })
    .toBe(200);
});

test('a process that stops ends its streams at once', async () => {
  const container = createContainer({ ...api.container.env, PORT: await freePort() });
  const { port } = await startServer(container);
  const stream = await openStream(`http://127.0.0.1:${port}`, { cookie, organization: 'acme' });
  const startedAt = Date.now();
  await container.lifecycle.stop();
  await stream.ended;
  expect(Date.now() - startedAt).toBeLessThan(5_000);
});
