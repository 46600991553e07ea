import type { OrganizationId } from '@metergate/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createContainer } from '../src/container.ts';
import { parseEnvironment } from '../src/env.ts';
import { startServer } from '../src/http/server.ts';
import { callRest, startTestApi, type TestApi } from './start-test-api.ts';

let api: TestApi;
let key: string;
let second: { url: string; stop: () => Promise<void> };

beforeAll(async () => {
  api = await startTestApi();
  ({ key } = await api.addApiKey(['usage:write', 'usage:read', 'limits:check', 'limits:consume']));
  second = await startSecondInstance();
});
afterAll(async () => {
  await second.stop();
  await api.stop();
});

/** Another process would do the same: its own pools, caches and queues on the same database. */
async function startSecondInstance() {
  const env = parseEnvironment({
    NODE_ENV: 'test',
    PORT: '0',
    LOG_LEVEL: 'silent',
    AUTH_SECRET: 'a secret that only tests know, 32+ characters',
    STRIPE_SECRET_KEY: 'sk_test_emulator',
    STRIPE_WEBHOOK_SECRET: 'whsec_only_tests_know_this_one',
    ...(api.db.urls === undefined
      ? { DATABASE_URL: api.db.ownerUrl }
      : { DATABASE_ROLE_URLS: JSON.stringify(api.db.urls) }),
  });
  const container = createContainer(env);
  const { port } = await startServer(container);
  return { url: `http://127.0.0.1:${port}`, stop: () => container.lifecycle.stop() };
}

let made = 0;
async function organization(
  limits: Record<string, string> = {},
): Promise<{ id: OrganizationId; name: string }> {
  made += 1;
  const name = `limits-${made}`;
  const id = await api.addOrganization(name);
  for (const [feature, limit] of Object.entries(limits)) await override(id, feature, limit);
  return { id, name };
}

async function override(id: OrganizationId, feature: string, limit: string): Promise<void> {
  await api.db.owner.query(
    `insert into limit_overrides (organization_id, id, feature, limit_quantity, unlimited, reason, created_by)
     values ($1, $2, $3, $4, false, 'agreed', 'test')`,
    [id, api.container.ids.next(), feature, limit],
  );
}

const post = (path: string, body: unknown, url = api.url) =>
  callRest(url, { method: 'POST', path, key, body });
const consume = (body: object, url?: string) =>
  post('/v1/limits/consume', { feature: 'execution', quantity: '1', ...body }, url);
const check = (body: object) => post('/v1/limits/check', { feature: 'execution', quantity: '1', ...body });
const reserve = (body: object) =>
  post('/v1/limits/reservations', { feature: 'execution', quantity: '1', leaseSeconds: 60, ...body });

async function stored(id: OrganizationId) {
  const { rows } = await api.db.owner.query(
    `select (select coalesce(sum(quantity), 0)::int from usage_events where organization_id = $1) as events,
            (select coalesce(sum(quantity), 0)::int from usage_buckets where organization_id = $1) as buckets,
            (select coalesce(sum(used), 0)::int from limit_counters where organization_id = $1) as used,
            (select coalesce(sum(reserved), 0)::int from limit_counters where organization_id = $1) as reserved,
            (select count(*)::int from decision_receipts where organization_id = $1) as receipts`,
    [id],
  );
  return rows[0];
}

describe('the last units', () => {
  it('go to exactly one of 64 parallel consumes', async () => {
    const { id, name } = await organization({ execution: '1' });
    const answers = await Promise.all(Array.from({ length: 64 }, () => consume({ organization: name })));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 402)).toHaveLength(63);
    expect(await stored(id)).toMatchObject({ events: 1, buckets: 1, used: 1, receipts: 64 });
  });

  it('are never overshot by 64 clients of two instances with mixed sizes', async () => {
    const { id, name } = await organization({ execution: '1000' });
    const granted = await Promise.all(
      Array.from({ length: 64 }, async (_, client) => {
        let sum = 0;
        for (let n = 0; n < 30; n += 1) {
          const quantity = 1 + ((client + n) % 3);
          const { status } = await consume(
            { organization: name, quantity },
            n % 2 === 0 ? api.url : second.url,
          );
          if (status === 200) sum += quantity;
        }
        return sum;
      }),
    );
    const total = granted.reduce((sum, one) => sum + one, 0);
    expect(total).toBe(1000);
    expect(await stored(id)).toMatchObject({ events: 1000, buckets: 1000, used: 1000 });
  });

  it('count recorded usage too, also what was recorded before anybody asked', async () => {
    const { name } = await organization({ execution: '10' });
    const event = (id: string, quantity: string) => ({
      id,
      organization: name,
      meter: 'execution',
      quantity,
      occurredAt: api.container.clock.now().toISOString(),
    });
    await post('/v1/usage-events', { events: [event('before', '4')] });
    expect((await consume({ organization: name, quantity: '5' })).json).toMatchObject({
      used: '9',
      remaining: '1',
    });
    await post('/v1/usage-events', { events: [event('after', '1')] });
    expect((await consume({ organization: name })).status).toBe(402);
  });
});

describe('consume', () => {
  it('answers the first decision to the same id and takes nothing again', async () => {
    const { id, name } = await organization({ execution: '5' });
    const body = { organization: name, quantity: '2', id: 'run-1' };
    const first = await consume(body);
    const answers = await Promise.all(Array.from({ length: 20 }, () => consume(body)));
    for (const { json } of answers) expect(json).toEqual(first.json);
    expect((await consume({ ...body, quantity: '3' })).json.error.code).toBe('USAGE_EVENT_ID_REUSED');
    expect(await stored(id)).toMatchObject({ events: 2, used: 2, receipts: 1 });
  });

  it('refuses an id that was recorded as an event', async () => {
    const { name } = await organization();
    const occurredAt = api.container.clock.now().toISOString();
    const event = { id: 'seen', organization: name, meter: 'execution', quantity: '1', occurredAt };
    await post('/v1/usage-events', { events: [event] });
    expect((await consume({ organization: name, id: 'seen' })).status).toBe(409);
  });

  it('takes all or nothing, and says what would help', async () => {
    const { id, name } = await organization();
    // In euros only what is sold by hand can be had.
    const inEuros = { organization: (await organization()).name, quantity: '10001' };
    expect((await check(inEuros)).json.upgradeTo).toBe('enterprise');
    await api.db.owner.query(`update organizations set currency = 'USD' where id = $1`, [id]);
    const answer = await consume({ organization: name, quantity: '10001' });
    expect(answer.status).toBe(402);
    expect(answer.json).toMatchObject({
      decision: 'blocked',
      reason: 'limit_reached',
      used: '0',
      limit: '10000',
      remaining: '10000',
      upgradeTo: 'pro',
    });
    expect(answer.json.receiptId).toMatch(/^rcp_[0-9a-f]{32}$/);
    expect(await stored(id)).toMatchObject({ events: 0, receipts: 1 });
  });

  it('counts what has no limit', async () => {
    const { id, name } = await organization();
    const answer = await consume({ organization: name, feature: 'ai_run', quantity: '7' });
    expect(answer.json).toMatchObject({ decision: 'allowed', limit: null, remaining: null, used: '7' });
    expect(await stored(id)).toMatchObject({ events: 7, buckets: 7 });
  });

  it('sees a changed limit at once', async () => {
    const { id, name } = await organization({ execution: '1' });
    await consume({ organization: name });
    expect((await consume({ organization: name })).status).toBe(402);
    await override(id, 'execution', '3');
    await expect
      .poll(async () => (await check({ organization: name })).json.limit, { timeout: 1000 })
      .toBe('3');
    expect((await consume({ organization: name })).status).toBe(200);
  });

  it.each([[-1], ['-1'], ['1e3'], ['1,000'], [1.5], ['５']])(
    'U28 refuses %j like the intake does',
    async (quantity) => {
      const { name } = await organization();
      expect((await consume({ organization: name, quantity })).status).toBe(422);
      expect((await check({ organization: name, quantity })).status).toBe(422);
    },
  );

  it('answers 404 for an unknown feature and an unknown organization', async () => {
    const { name } = await organization();
    expect((await consume({ organization: name, feature: 'constructor' })).json.error.code).toBe(
      'FEATURE_UNKNOWN',
    );
    expect((await consume({ organization: 'nobody' })).status).toBe(404);
  });
});

describe('a reservation', () => {
  it('holds what others cannot take, and its commit records what was used', async () => {
    const { id, name } = await organization({ execution: '10' });
    const held = await reserve({ organization: name, quantity: '8', id: 'call-1' });
    expect(held.json).toMatchObject({ decision: 'allowed', used: '0', reserved: '8', remaining: '2' });
    expect((await consume({ organization: name, quantity: '3' })).status).toBe(402);
    expect((await reserve({ organization: name, quantity: '8', id: 'call-1' })).json.id).toBe(held.json.id);
    const commit = () =>
      post(`/v1/limits/reservations/${held.json.id}/commit`, { organization: name, quantity: '12' });
    expect((await commit()).json).toMatchObject({ used: '12', reserved: '0', remaining: '0' });
    expect((await commit()).status).toBe(200);
    expect(await stored(id)).toMatchObject({ events: 12, used: 12, reserved: 0 });
  });

  it('U29 is released once and is unknown to other organizations', async () => {
    const [mine, other] = [await organization({ execution: '5' }), await organization()];
    const held = await reserve({ organization: mine.name, quantity: '5' });
    const release = (organization: string) =>
      post(`/v1/limits/reservations/${held.json.id}/release`, { organization });
    expect((await release(other.name)).status).toBe(404);
    expect((await release(mine.name)).json).toMatchObject({ reserved: '0', remaining: '5' });
    expect((await release(mine.name)).json).toMatchObject({ reserved: '0', remaining: '5' });
    const late = await post(`/v1/limits/reservations/${held.json.id}/commit`, {
      organization: mine.name,
      quantity: '1',
    });
    expect(late.json.error.code).toBe('RESERVATION_SETTLED');
  });

  it('gives back when its lease ends, and what comes later is recorded and flagged', async () => {
    const { id, name } = await organization({ execution: '5' });
    const held = await reserve({ organization: name, quantity: '5', leaseSeconds: 1 });
    const later = new Date(api.container.clock.now().getTime() + 2000);
    expect(await api.container.metering.limits.ledger.expireReservations(later, 100)).toBe(1);
    expect((await check({ organization: name, quantity: '5' })).json.decision).toBe('allowed');
    const commit = await post(`/v1/limits/reservations/${held.json.id}/commit`, {
      organization: name,
      quantity: '6',
    });
    expect(commit.json).toMatchObject({ decision: 'warned', reason: 'lease_expired', used: '6' });
    expect(await stored(id)).toMatchObject({ events: 6, used: 6, reserved: 0 });
  });

  it('races with others for the last units without overshoot', async () => {
    const { id, name } = await organization({ execution: '50' });
    const outcomes = await Promise.all(
      Array.from({ length: 60 }, async (_, n) => {
        const held = await reserve({ organization: name, quantity: '2', id: `r-${n}` });
        if (held.status !== 201) return 0;
        const path = `/v1/limits/reservations/${held.json.id}`;
        if (n % 3 === 0) {
          await post(`${path}/release`, { organization: name });
          return 0;
        }
        await post(`${path}/commit`, { organization: name, quantity: '2' });
        return 2;
      }),
    );
    const used = outcomes.reduce<number>((sum, one) => sum + one, 0);
    expect(used).toBeLessThanOrEqual(50);
    expect(await stored(id)).toMatchObject({ events: used, used, reserved: 0 });
  });
});

describe('an allocated feature', () => {
  it('is taken up to its limit, given back and reported', async () => {
    const { name } = await organization({ agents: '2' });
    const take = (id: string) => consume({ organization: name, feature: 'agents', id });
    const answers = await Promise.all(Array.from({ length: 10 }, (_, n) => take(`a-${n}`)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(2);
    const give = () =>
      post('/v1/limits/release', { organization: name, feature: 'agents', quantity: '1', id: 'back' });
    expect((await give()).json).toMatchObject({ used: '1', remaining: '1', resetsAt: null });
    expect((await give()).json).toMatchObject({ used: '1' });
    const put = (body: object) =>
      callRest(api.url, { method: 'PUT', path: `/v1/organizations/${name}/gauges/agents`, key, body });
    expect((await put({ value: 5 })).json).toEqual({ value: '5', limit: '2' });
    expect(
      (await put({ value: 1, occurredAt: new Date(api.container.clock.now().getTime() - 60_000) })).json
        .value,
    ).toBe('5');
    expect((await take('one more')).json).toMatchObject({ decision: 'blocked', reason: 'limit_reached' });
    const days = async (query: string) =>
      (
        await callRest(api.url, {
          method: 'GET',
          path: `/v1/organizations/${name}/gauges/agents${query}`,
          key,
        })
      ).json;
    const back = (ms: number) => new Date(api.container.clock.now().getTime() - ms).toISOString();
    await put({ value: 9, occurredAt: back(3 * 86_400_000), id: 'of three days ago' });
    const { rows } = await api.db.owner.query(
      `select change.occurred_at, change.recorded_at, gauge.updated_at from gauge_changes change
         join gauges gauge using (organization_id, feature) where change.id = 'of three days ago'`,
    );
    // It arrived now, whenever it was: seats are not bought while levels still move.
    expect(rows[0].recorded_at - rows[0].occurred_at).toBeGreaterThanOrEqual(3 * 86_400_000);
    expect(rows[0].updated_at).toEqual(rows[0].recorded_at);
    const levels = (await days('')).days.map(({ level }: { level: string }) => level);
    expect([levels.length, levels.slice(0, 27).every((level: string) => level === '0')]).toEqual([31, true]);
    expect([levels.at(-2), levels.at(-1)]).toEqual(['9', '5']);
    expect((await days(`?from=${back(1000)}&to=${back(2000)}`)).error.code).toBe('SPAN_INVALID');
    // One id, one content: of a report its level, of what was taken or given back how much.
    const report = (value: number) => put({ value, id: 'report-1' });
    expect((await report(1)).json.value).toBe('1');
    expect((await report(1)).status).toBe(200);
    const taken = () => put({ value: 1, id: 'back' });
    const more = () =>
      post('/v1/limits/release', { organization: name, feature: 'agents', quantity: '2', id: 'back' });
    for (const reuse of [() => report(2), taken, more]) {
      const answer = await reuse();
      expect([answer.status, answer.json.error.code]).toEqual([409, 'USAGE_EVENT_ID_REUSED']);
    }
    expect((await put({ value: 1, id: 'report-1' })).json.value).toBe('1');
  });
});

it('an organization suspended by staff is refused, and its usage is still counted', async () => {
  const { id, name } = await organization();
  await api.db.owner.query('update organizations set suspended_at = now() where id = $1', [id]);
  expect((await consume({ organization: name })).json).toMatchObject({ reason: 'organization_suspended' });
  const occurredAt = api.container.clock.now().toISOString();
  const event = { id: 'x', organization: name, meter: 'execution', quantity: '1', occurredAt };
  expect((await post('/v1/usage-events', { events: [event] })).json.accepted).toBe(1);
});

it('a receipt of an allowed check arrives behind the answer', async () => {
  const { id, name } = await organization();
  await check({ organization: name });
  await expect.poll(async () => (await stored(id)).receipts).toBe(1);
});
