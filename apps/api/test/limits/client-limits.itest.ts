import type { OrganizationId } from '@metergate/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { callRest, startTestApi, type TestApi } from '../start-test-api.ts';
import { startSecondInstance } from './second-instance.ts';

let api: TestApi;
let second: Awaited<ReturnType<typeof startSecondInstance>>;
let key: string;

beforeAll(async () => {
  api = await startTestApi();
  second = await startSecondInstance(api);
  const scopes = ['organizations:read', 'organizations:write', 'usage:write', 'usage:correct'] as const;
  ({ key } = await api.addApiKey([...scopes, 'limits:check', 'limits:consume']));
}, 60_000);
afterAll(async () => {
  await second.stop();
  await api.stop();
});

let made = 0;
/** Has 10 000 executions by the free plan, and the clients `a` and `b` under names of its own. */
async function agency(): Promise<{ id: OrganizationId; name: string; a: string; b: string }> {
  made += 1;
  const name = `agency-${made}`;
  const id = await api.addOrganization(name);
  for (const client of ['a', 'b']) {
    const body = { name: client.toUpperCase(), externalId: `${name}-${client}` };
    expect((await own('POST', `${name}/clients`, body)).status).toBe(201);
  }
  return { id, name, a: `${name}-a`, b: `${name}-b` };
}

const own = (method: string, path: string, body?: unknown) =>
  api.rest({ method, path: `/v1/organizations/${path}`, key, ...(body === undefined ? {} : { body }) });
const post = (path: string, body: unknown, url = api.url) =>
  callRest(url, { method: 'POST', path, key, body });
const consume = (body: object, url?: string) =>
  post('/v1/limits/consume', { feature: 'execution', quantity: '1', ...body }, url);
const allow = (name: string, client: string, limit: unknown, feature = 'execution') =>
  own('PUT', `${name}/clients/${client}/limits/${feature}`, { limit });

async function shown(name: string, client: string) {
  const { json } = await own('GET', `${name}/client-limits?client=${client}`);
  return json.items[0];
}

describe('what an organization allows a client', () => {
  it('is never overshot by 64 connections to two processes, and leaves other clients alone', async () => {
    const { id, name, a, b } = await agency();
    expect((await allow(name, a, '500')).status).toBe(200);
    /** Every fifth time for the other client; what the limited one was granted. */
    const useOnce = async (connection: number, n: number) => {
      const quantity = 1 + ((connection + n) % 3);
      const url = n % 2 === 0 ? api.url : second.url;
      const isOther = n % 5 === 4;
      const { status } = await consume({ organization: name, quantity, client: isOther ? b : a }, url);
      if (isOther) expect(status).toBe(200);
      return status === 200 && !isOther ? quantity : 0;
    };
    const granted = await Promise.all(
      Array.from({ length: 64 }, async (_, connection) => {
        let sum = 0;
        for (let n = 0; n < 10; n += 1) sum += await useOnce(connection, n);
        return sum;
      }),
    );
    expect(granted.reduce((sum, one) => sum + one, 0)).toBe(500);
    const { rows } = await api.db.owner.query(
      `select (select sum(quantity)::int from usage_events join clients on clients.id = client_id
                where usage_events.organization_id = $1 and external_id = $2) as events,
              (select used::int from limit_counters join clients on clients.id = client_id
                where limit_counters.organization_id = $1 and external_id = $2) as counter`,
      [id, a],
    );
    expect(rows).toEqual([{ events: 500, counter: 500 }]);
  }, 60_000);

  it('says why it refuses, and names the ceiling in the receipt', async () => {
    const { id, name, a, b } = await agency();
    await allow(name, a, '2');
    await consume({ organization: name, client: a, quantity: '2' });
    const refused = await consume({ organization: name, client: a });
    expect(refused.status).toBe(402);
    expect(refused.json).toMatchObject({ reason: 'client_limit_reached', used: '2', limit: '10000' });
    expect((await consume({ organization: name, client: b })).status).toBe(200);
    expect((await consume({ organization: name })).status).toBe(200);
    const { rows } = await api.db.owner.query(
      `select evidence->'clientLimit'->>'limit' as limit, evidence->'clientLimit'->>'used' as used
         from decision_receipts where organization_id = $1 and decision = 'blocked'`,
      [id],
    );
    expect(rows).toEqual([{ limit: '2', used: '2' }]);
  });

  it('counts what was recorded, held and corrected, before and after it was set', async () => {
    const { name, a } = await agency();
    const occurredAt = api.container.clock.now().toISOString();
    const event = {
      id: 'before',
      organization: name,
      client: a,
      meter: 'execution',
      quantity: '4',
      occurredAt,
    };
    await post('/v1/usage-events', { events: [event] });
    await allow(name, a, '10');
    expect(await shown(name, a)).toMatchObject({ used: '4', reserved: '0', limit: '10', percent: '40.00' });
    await post('/v1/usage-events', { events: [{ ...event, id: 'after', quantity: '1' }] });
    const body = { organization: name, client: a, feature: 'execution', quantity: '5', leaseSeconds: 60 };
    const held = await post('/v1/limits/reservations', body);
    expect(held.status).toBe(201);
    expect((await consume({ organization: name, client: a })).json.reason).toBe('client_limit_reached');
    expect(await shown(name, a)).toMatchObject({ used: '5', reserved: '5' });
    await post(`/v1/limits/reservations/${held.json.id}/release`, { organization: name });
    await post('/v1/usage-events/before/void', { organization: name, reason: 'by mistake' });
    expect(await shown(name, a)).toMatchObject({ used: '1', reserved: '0' });
    expect((await consume({ organization: name, client: a, quantity: '9' })).status).toBe(200);
  });

  it('gives back what a lease held that ended', async () => {
    const { name, a } = await agency();
    await allow(name, a, '5');
    const body = { organization: name, client: a, feature: 'execution', quantity: '5', leaseSeconds: 1 };
    expect((await post('/v1/limits/reservations', body)).status).toBe(201);
    await new Promise((resolve) => setTimeout(resolve, 1100));
    await api.container.drainUntilIdle();
    expect(await shown(name, a)).toMatchObject({ used: '0', reserved: '0' });
    expect((await consume({ organization: name, client: a, quantity: '5' })).status).toBe(200);
  });

  it('does not lift the limit of the plan, and is gone at once when it is taken away', async () => {
    const { id, name, a } = await agency();
    await api.db.owner.query(
      `insert into limit_overrides (organization_id, id, feature, limit_quantity, unlimited, reason, created_by)
       values ($1, $2, 'execution', 3, false, 'agreed', 'test')`,
      [id, api.container.ids.next()],
    );
    await allow(name, a, '1');
    await consume({ organization: name, client: a });
    expect((await consume({ organization: name, client: a })).json.reason).toBe('client_limit_reached');
    expect((await own('DELETE', `${name}/clients/${a}/limits/execution`)).status).toBe(204);
    expect((await own('DELETE', `${name}/clients/${a}/limits/execution`)).status).toBe(204);
    expect((await consume({ organization: name, client: a, quantity: '2' })).status).toBe(200);
    expect((await consume({ organization: name, client: a })).json.reason).toBe('limit_reached');
    const { rows } = await api.db.owner.query(
      `select action from audit_log where organization_id = $1 and action like 'client_limit%' order by sequence`,
      [id],
    );
    expect(rows).toEqual([{ action: 'client_limit.set' }, { action: 'client_limit.removed' }]);
  });

  it.each(['-1', '1e3', ' 5 ', '1,000', 'NaN', '1.0000000000001', 2 ** 60, true, null])(
    'is no ceiling when it reads %j',
    async (limit) => {
      const answer = await allow('agency-1', 'agency-1-b', limit);
      expect(answer.status).toBe(422);
      expect((await own('GET', 'agency-1/client-limits?client=agency-1-b')).json.items).toEqual([]);
    },
  );

  it('is refused for unknown and foreign clients, unknown features, and what is not counted', async () => {
    const { name, a } = await agency();
    expect((await allow(name, 'nobody', '1')).status).toBe(404);
    expect((await allow(name, 'agency-1-a', '1')).status).toBe(404);
    expect((await allow(name, a, '1', 'constructor')).json.error.code).toBe('FEATURE_UNKNOWN');
    expect((await allow(name, a, '1', 'agents')).json.error.code).toBe('FEATURE_NOT_CONSUMABLE');
  });
});

it('an archived client is granted nothing, in either process, until it is added again; what happened is counted', async () => {
  const { id, name, a, b } = await agency();
  const wish = { organization: name, client: a, feature: 'execution', quantity: '1' };
  const held = await post('/v1/limits/reservations', { ...wish, quantity: '3', leaseSeconds: 60 });
  expect((await own('DELETE', `${name}/clients/${a}`)).status).toBe(200);
  for (const url of [api.url, second.url]) {
    const granted = async () => (await post('/v1/limits/check', wish, url)).json.decision === 'allowed';
    // Told by the database to the other process.
    await expect.poll(granted, { timeout: 3000 }).toBe(false);
    const answers = await Promise.all([
      post('/v1/limits/check', wish, url),
      post('/v1/limits/consume', wish, url),
      post('/v1/limits/reservations', { ...wish, leaseSeconds: 60 }, url),
    ]);
    expect(answers.map(({ status }) => status)).toEqual([200, 402, 402]);
    for (const { json } of answers)
      expect(json).toMatchObject({ decision: 'blocked', reason: 'client_archived', upgradeTo: null });
    expect((await post('/v1/limits/consume', { ...wish, client: b }, url)).status).toBe(200);
  }
  const path = `/v1/limits/reservations/${held.json.id}/commit`;
  expect((await post(path, { organization: name, quantity: '2' })).json).toMatchObject({ used: '4' });
  const occurredAt = api.container.clock.now().toISOString();
  const event = { id: 'late', organization: name, client: a, meter: 'execution', quantity: '5', occurredAt };
  expect((await post('/v1/usage-events', { events: [event] })).json).toMatchObject({ accepted: 1 });
  const { rows } = await api.db.owner.query(
    `select count(*)::int as count from decision_receipts where organization_id = $1 and reason = 'client_archived'`,
    [id],
  );
  expect(rows[0].count).toBeGreaterThanOrEqual(4);
  expect((await own('POST', `${name}/clients`, { name: 'A', externalId: a })).status).toBe(201);
  await expect.poll(async () => (await consume(wish, second.url)).status, { timeout: 3000 }).toBe(200);
});
