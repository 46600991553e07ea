import { gzipSync } from 'node:zlib';
import Stripe from 'stripe';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startTestApi, type TestApi } from '../start-test-api.ts';

const current = 'whsec_the_current_secret';
const previous = 'whsec_the_previous_one';

let api: TestApi;
let support: string;
/** What staff were told of. */
const alerts: string[] = [];
beforeAll(async () => {
  api = await startTestApi({
    STRIPE_API_BASE: 'http://127.0.0.1:9',
    STRIPE_WEBHOOK_SECRET: `${current},${previous}`,
  });
  support = (await api.signUp('support@example.test', 'support')).cookie;
  const { log } = api.container;
  log.error = ((fields: { alert?: string; externalId?: string }) => {
    if (fields.alert !== undefined) alerts.push(`${fields.alert} ${fields.externalId}`);
  }) as typeof log.error;
});
afterAll(() => api.stop());

let counter = 0;
function newEvent(extra: Record<string, unknown> = {}) {
  counter += 1;
  return {
    id: `evt_test_${counter}`,
    object: 'event',
    type: 'nothing.we.know',
    api_version: '2026-10-28.endive',
    created: Math.floor(Date.now() / 1000),
    livemode: false,
    data: { object: { id: 'obj_1', object: 'thing', customer: null } },
    ...extra,
  };
}

const nowSeconds = () => Math.floor(Date.now() / 1000);

function sign(payload: string, options: { secret?: string; timestamp?: number } = {}): string {
  const { secret = current, timestamp = nowSeconds() } = options;
  return Stripe.webhooks.generateTestHeaderString({ payload, secret, timestamp });
}

function post(body: string | Buffer, headers: Record<string, string>) {
  return fetch(`${api.url}/api/webhooks/stripe`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : new Uint8Array(body),
  });
}

function send(event: unknown, options?: { secret?: string; timestamp?: number }) {
  const body = JSON.stringify(event);
  return post(body, { 'stripe-signature': sign(body, options) });
}

async function staffReads(path: string, input: object, type: 'query' | 'mutation' = 'query') {
  const answer = await api.trpc({ path, type, input, cookie: support });
  return answer.json.result.data;
}

const listed = async (oddity: string) => (await staffReads('admin.events.list', { oddity })).items;

async function rowsOf(externalId: string) {
  const { rows } = await api.db.owner.query(
    'select status, livemode, effect, type from inbound_events where external_id = $1',
    [externalId],
  );
  return rows;
}

async function countRows(): Promise<number> {
  const { rows } = await api.db.owner.query('select count(*)::int as count from inbound_events');
  return rows[0].count;
}

describe('the webhook endpoint', () => {
  const body = () => JSON.stringify(newEvent());

  test.each<[string, (raw: string) => Record<string, string>]>([
    ['has no signature', () => ({})],
    ['has an empty signature', () => ({ 'stripe-signature': 't=,v1=' })],
    ['has no hexadecimal signature', () => ({ 'stripe-signature': 'v1=zz' })],
    ['has a header of commas', () => ({ 'stripe-signature': ','.repeat(10_000) })],
    ['has two stamps', (raw) => ({ 'stripe-signature': `t=1,${sign(raw)}` })],
    [
      'was signed with another secret',
      (raw) => ({ 'stripe-signature': sign(raw, { secret: 'whsec_other' }) }),
    ],
    ['is 301 seconds old', (raw) => ({ 'stripe-signature': sign(raw, { timestamp: nowSeconds() - 301 }) })],
    [
      'comes from 302 seconds in the future',
      (raw) => ({ 'stripe-signature': sign(raw, { timestamp: nowSeconds() + 302 }) }),
    ],
    ['has only the old scheme', (raw) => ({ 'stripe-signature': sign(raw).replace('v1=', 'v0=') })],
    ['was signed for other bytes', (raw) => ({ 'stripe-signature': sign(`${raw} `) })],
  ])('refuses with 400 and stores nothing when a post %s', async (_name, headers) => {
    const before = await countRows();
    const raw = body();
    const response = await post(raw, headers(raw));
    expect(response.status).toBe(400);
    expect(await response.text()).not.toContain('whsec');
    expect(await countRows()).toBe(before);
  });

  test.each([-299, 299])('accepts a stamp that is off by %d seconds', async (seconds) => {
    const event = newEvent();
    expect((await send(event, { timestamp: nowSeconds() + seconds })).status).toBe(200);
    expect(await rowsOf(event.id)).toMatchObject([{ status: 'received' }]);
  });

  test('accepts either secret while one is being rotated, and one good signature of two', async () => {
    expect((await send(newEvent(), { secret: previous })).status).toBe(200);
    const raw = body();
    const two = sign(raw).replace('v1=', `v1=${'0'.repeat(64)},v1=`);
    expect((await post(raw, { 'stripe-signature': two })).status).toBe(200);
  });

  test('a hundred identical posts at once are all answered 200 and stored once', async () => {
    const event = newEvent();
    const responses = await Promise.all(Array.from({ length: 100 }, () => send(event)));
    expect(new Set(responses.map(({ status }) => status))).toEqual(new Set([200]));
    expect((await rowsOf(event.id)).length).toBe(1);
  });

  test('the same id with other content is answered 200 and the first one is kept', async () => {
    const event = newEvent();
    await send(event);
    const other = {
      ...event,
      type: 'something.else',
      data: { object: { id: 'obj_2', email: 'x@example.test' } },
    };
    for (let n = 0; n < 3; n += 1) expect((await send(other)).status).toBe(200);
    await send(event);
    expect(await rowsOf(event.id)).toMatchObject([{ type: 'nothing.we.know' }]);
    expect(alerts.filter((alert) => alert === `inbound_event_conflict ${event.id}`)).toHaveLength(1);
    const [found] = await listed('conflict');
    expect(found).toMatchObject({ externalId: event.id });
    const { conflict } = await staffReads('admin.events.get', { id: found.id });
    expect(conflict).toMatchObject({ times: 3, payload: { type: 'something.else' } });
    expect(JSON.stringify(conflict)).not.toContain('x@example.test');
  });

  test('a body of five megabytes is refused with 413 before anything is computed', async () => {
    const response = await post(`"${'x'.repeat(5_000_000)}"`, { 'stripe-signature': 't=1,v1=00' });
    expect(response.status).toBe(413);
  });

  test('a compressed body is refused and never inflated', async () => {
    const raw = body();
    const headers = { 'stripe-signature': sign(raw), 'content-encoding': 'gzip' };
    expect((await post(gzipSync(raw), headers)).status).toBe(415);
  });

  test.each(['text/plain', 'application/x-www-form-urlencoded'])(
    'a validly signed body of type %s is refused',
    async (type) => {
      const raw = body();
      const before = await countRows();
      const response = await post(raw, { 'stripe-signature': sign(raw), 'content-type': type });
      expect(response.status).toBe(415);
      expect(await countRows()).toBe(before);
    },
  );

  test.each(['{', 'null', '[]', '"x"', '{}', '['.repeat(100_000)])(
    'a signed body that is no event is refused: %.10s',
    async (raw) => {
      expect((await post(raw, { 'stripe-signature': sign(raw) })).status).toBe(400);
    },
  );

  test('other methods are refused with 405', async () => {
    for (const method of ['GET', 'PUT', 'DELETE']) {
      expect((await fetch(`${api.url}/api/webhooks/stripe`, { method })).status).toBe(405);
    }
  });

  test('an unknown type is stored as ignored, and so are the other mode and another account', async () => {
    const unknown = newEvent();
    const live = newEvent({ livemode: true, type: 'customer.subscription.updated' });
    const foreign = newEvent({ account: 'acct_other', type: 'customer.subscription.updated' });
    for (const event of [unknown, live, foreign]) expect((await send(event)).status).toBe(200);
    await api.container.background.runner().drainUntilIdle();
    expect(await rowsOf(unknown.id)).toMatchObject([{ status: 'ignored' }]);
    expect(await rowsOf(live.id)).toMatchObject([{ status: 'ignored', effect: { ignored: 'other_mode' } }]);
    expect(await rowsOf(foreign.id)).toMatchObject([
      { status: 'ignored', effect: { ignored: 'other_account' } },
    ]);
    await api.container.background.runner().drainUntilIdle();
    expect(alerts.filter((alert) => alert.endsWith(live.id))).toEqual([`inbound_event_mode ${live.id}`]);
    expect(alerts.filter((alert) => alert.endsWith(foreign.id))).toEqual([
      `inbound_event_account ${foreign.id}`,
    ]);
    const [row] = await listed('other_mode');
    expect(row).toMatchObject({ externalId: live.id });
    expect(await staffReads('admin.events.dryRun', { id: row.id }, 'mutation')).toMatchObject({
      result: 'would_ignore',
      reason: 'It is of the other mode than our key.',
    });
    const { tiles } = await staffReads('admin.health.tiles', {});
    expect(tiles.find(({ key }: { key: string }) => key === 'inbound_foreign')).toMatchObject({
      state: 'warning',
      value: '3',
      detail: expect.stringContaining('1 of the other mode, 1 of another account, 1 known ids'),
    });
  });

  test('refusals are counted', async () => {
    const text = await (await fetch(`${api.url}/metrics`)).text();
    expect(text).toMatch(/stripe_webhooks_total\{outcome="refused"\} [1-9]/);
  });
});
