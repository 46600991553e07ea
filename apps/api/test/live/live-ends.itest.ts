import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Container, createContainer } from '../../src/container.ts';
import { startServer } from '../../src/http/server.ts';
import { callRest, freePort, startTestApi, type TestApi } from '../start-test-api.ts';
import { type DatabaseGate, startDatabaseGate } from './database-gate.ts';
import { openStream } from './open-stream.ts';

let api: TestApi;
let gate: DatabaseGate;
let gated: { url: string; container: Container };
let key: string;
let cookie: string;

beforeAll(async () => {
  api = await startTestApi();
  const owner = await api.signUp('owner@acme.test');
  cookie = owner.cookie;
  await api.addOrganization('acme', { [owner.userId]: 'owner' });
  ({ key } = await api.addApiKey(['usage:write']));
  gate = await startDatabaseGate(api.db);
  const container = createContainer({ ...api.container.env, ...gate.settings, PORT: await freePort() });
  const { port } = await startServer(container);
  gated = { url: `http://127.0.0.1:${port}`, container };
});
afterAll(async () => {
  await gated.container.lifecycle.stop();
  await gate.shut();
  await api.stop();
});

let eventCount = 0;
async function use(): Promise<void> {
  eventCount += 1;
  const occurredAt = api.container.clock.now().toISOString();
  const events = [
    { id: `e${eventCount}`, organization: 'acme', meter: 'message', quantity: '1', occurredAt },
  ];
  const answer = await api.rest({ method: 'POST', path: '/v1/usage-events', key, body: { events } });
  expect(answer.json, answer.text).toMatchObject({ accepted: 1 });
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

test('a page stays through seconds without a database, reads everything then and hears what comes after', async () => {
  const stream = await openStream(gated.url, { cookie, organization: 'acme' });
  let isOver = false;
  void stream.ended.then(() => {
    isOver = true;
  });
  await pause(700);
  await gate.shut();
  // The page asks again at once, in vain; what it must not miss is that everything may be different afterwards.
  await stream.next('usage');
  await pause(3_000);
  await use();
  const all = stream.next('billing');
  await gate.open();
  await all;
  expect(stream.events.at(-1)?.toSorted()).toEqual(['billing', 'organization', 'usage']);
  const heard = stream.next('usage', 3_000);
  await use();
  await heard;
  expect(isOver).toBe(false);
  stream.close();
});

test('a page that comes while the database is away is refused, and let in when it is back', async () => {
  await gate.shut();
  const refused = await openStream(gated.url, { cookie, organization: 'acme' });
  const asked = await callRest(gated.url, {
    method: 'GET',
    path: '/trpc/organizations.session',
    headers: { cookie },
  });
  await gate.open();
  expect(refused.status).toBe(503);
  expect(asked.status, asked.text).toBe(503);
  await expect
    .poll(async () => {
      const stream = await openStream(gated.url, { cookie, organization: 'acme' });
      stream.close();
      return stream.status;
    })
    .toBe(200);
});

test('a page of an organization that is closed is told so and stays, because reading goes on', async () => {
  const owner = await api.signUp('owner@leaving.test');
  await api.addOrganization('leaving', { [owner.userId]: 'owner' });
  const stream = await openStream(gated.url, { cookie: owner.cookie, organization: 'leaving' });
  await pause(700);
  const told = stream.next('organization', 3_000);
  const answer = await api.trpc({
    path: 'organizations.close',
    type: 'mutation',
    input: { organization: 'leaving', confirmName: 'leaving' },
    cookie: owner.cookie,
  });
  expect(answer.status, answer.text).toBe(200);
  await told;
  expect(await Promise.race([stream.ended.then(() => 'ended'), pause(2_500).then(() => 'open')])).toBe(
    'open',
  );
  stream.close();
});

test('a session that is taken back elsewhere loses its stream within seconds', async () => {
  const person = await api.signUp('two@acme.test');
  await api.db.owner.query(
    `insert into members (organization_id, user_id, role) select id, $1, 'member' from organizations where slug = 'acme'`,
    [person.userId],
  );
  const stream = await openStream(gated.url, { cookie: person.cookie, organization: 'acme' });
  const { headers } = await api.rest({
    method: 'POST',
    path: '/api/auth/sign-in/email',
    body: { email: 'two@acme.test', password: 'correct horse battery' },
    headers: { origin: api.url },
  });
  const elsewhere = headers.getSetCookie().map((line) => line.split(';', 1)[0]);
  const startedAt = Date.now();
  const revoked = await api.rest({
    method: 'POST',
    path: '/api/auth/revoke-other-sessions',
    body: {},
    headers: { cookie: elsewhere.join('; '), origin: api.url },
  });
  expect(revoked.status, revoked.text).toBe(200);
  await Promise.race([stream.ended, pause(5_000)]);
  expect(Date.now() - startedAt).toBeLessThan(5_000);
  expect((await openStream(gated.url, { cookie: person.cookie, organization: 'acme' })).status).toBe(401);
  const kept = await openStream(gated.url, { cookie: elsewhere.join('; '), organization: 'acme' });
  expect(kept.status).toBe(200);
  kept.close();
});
