import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startTestBilling, type TestBilling } from './start-test-billing.ts';

const limitScopes = [
  'limits:check',
  'limits:consume',
  'usage:write',
  'usage:read',
  'entitlements:read',
] as const;

let billing: TestBilling;
let key: string;
let cookie: string;

beforeAll(async () => {
  billing = await startTestBilling();
  ({ key } = await billing.addApiKey(['organizations:write', 'billing:write', ...limitScopes]));
  const owner = await billing.signUp('owner@acme.test');
  ({ cookie } = owner);
  const body = { name: 'Acme', externalId: 'acme', email: 'acme@example.test', currency: 'USD' };
  await call('POST', '/v1/organizations', body);
  await billing.db.owner.query(
    `insert into members (organization_id, user_id, role) select id, $1, 'owner' from organizations`,
    [owner.userId],
  );
});
afterAll(() => billing.stop());

const call = (method: string, path: string, body?: unknown) =>
  billing.rest({ method, path, key, ...(body === undefined ? {} : { body }) });

async function clientsLevel() {
  const input = { organization: 'acme' };
  const { json } = await billing.trpc({ path: 'limits.list', type: 'query', input, cookie });
  return json.result.data.find(({ feature }: { feature: string }) => feature === 'clients');
}

test('the level of clients is the number of active clients, without anybody reporting it', async () => {
  const plan = { family: 'agency', plan: 'agency', paymentMethod: 'pm_card_visa' };
  expect((await call('POST', '/v1/organizations/acme/billing/subscriptions', plan)).status).toBe(201);
  for (const name of ['One', 'Two', 'Three']) {
    const made = await call('POST', '/v1/organizations/acme/clients', { name, externalId: name });
    expect(made.status).toBe(201);
  }
  await billing.settle();
  expect(await clientsLevel()).toMatchObject({ used: '3', limit: null });
  const check = { organization: 'acme', feature: 'clients', quantity: '1' };
  expect((await call('POST', '/v1/limits/check', check)).json).toMatchObject({ used: '3' });
  expect((await call('DELETE', '/v1/organizations/acme/clients/Two')).status).toBeLessThan(300);
  await billing.settle();
  expect(await clientsLevel()).toMatchObject({ used: '2' });
});

test('the list of clients is the only source of their number', async () => {
  const refused = { error: { code: 'FEATURE_COUNTED_HERE' } };
  const body = { organization: 'acme', feature: 'clients', quantity: '1', id: 'one-more' };
  expect((await call('POST', '/v1/limits/consume', body)).json).toMatchObject(refused);
  expect((await call('POST', '/v1/limits/release', body)).json).toMatchObject(refused);
  expect((await call('PUT', '/v1/organizations/acme/gauges/clients', { value: '40' })).json).toMatchObject(
    refused,
  );
  expect(await clientsLevel()).toMatchObject({ used: '2' });
  // A level from before it was refused is no second truth.
  await billing.db.owner.query(
    `insert into gauges (organization_id, feature, level, occurred_at, updated_at)
     select id, 'clients', 40, now(), now() from organizations`,
  );
  expect(await clientsLevel()).toMatchObject({ used: '2' });
  const rights = await call('GET', '/v1/organizations/acme/entitlements');
  expect(rights.json.features.clients).toMatchObject({ used: '2' });
});

test('thresholds and the limit itself look at the list of clients', async () => {
  await billing.db.owner.query(
    `insert into limit_overrides (id, organization_id, feature, limit_quantity, reason, created_by)
     select gen_random_uuid(), id, 'clients', 3, 'small for now', 'staff' from organizations`,
  );
  const add = { name: 'Four', externalId: 'Four' };
  expect((await call('POST', '/v1/organizations/acme/clients', add)).status).toBe(201);
  await billing.settle();
  const check = { organization: 'acme', feature: 'clients', quantity: '1' };
  expect((await call('POST', '/v1/limits/check', check)).json).toMatchObject({
    decision: 'blocked',
    used: '3',
  });
  await expect
    .poll(
      async () => {
        await billing.settle();
        const { rows } = await billing.db.owner.query(
          `select threshold from alerts_fired where feature = 'clients' order by threshold`,
        );
        return rows.map(({ threshold }) => Number(threshold));
      },
      { timeout: 10_000 },
    )
    .toEqual([80, 100]);
});

describe('the check of a level against the books of its sender', () => {
  const hoursAgo = (hours: number) =>
    new Date(billing.container.clock.now().getTime() - hours * 3_600_000).toISOString();
  const check = async (body: object) =>
    (
      await call('POST', '/v1/level-checks', {
        ...{ organization: 'acme', feature: 'agents', at: hoursAgo(1), level: '0' },
        ...body,
      })
    ).json;

  test('compares what was reported to have happened by the instant, and is kept beside those of usage', async () => {
    const [first, second] = [hoursAgo(30), hoursAgo(10)];
    const justBefore = (at: string) => new Date(Date.parse(at) - 1).toISOString();
    // The earlier one comes late.
    for (const [occurredAt, value] of [
      [second, 7],
      [first, 3],
    ])
      expect((await call('PUT', '/v1/organizations/acme/gauges/agents', { value, occurredAt })).status).toBe(
        200,
      );
    expect(await check({ at: justBefore(first) })).toEqual({ equal: true, ours: '0' });
    expect(await check({ at: first, level: '3.0' })).toEqual({ equal: true, ours: '3' });
    expect(await check({ at: justBefore(second), level: 4 })).toEqual({ equal: false, ours: '3' });
    expect(await check({ at: second, level: 1 })).toEqual({ equal: false, ours: '7' });
    const twins = await Promise.all(Array.from({ length: 8 }, () => check({ at: second, level: 7 })));
    expect(twins).toEqual(Array(8).fill({ equal: true, ours: '7' }));
    const { items } = (await call('GET', '/v1/organizations/acme/usage-checks')).json;
    expect(items.map(({ equal }: { equal: boolean }) => equal)).toEqual([false, true, true, true]);
    expect(items[0]).toMatchObject({
      ...{ kind: 'level', meter: 'agents', client: null, from: justBefore(second), to: justBefore(second) },
      ...{ theirs: { total: '4' }, ours: { total: '3' } },
    });
  });

  test.each([
    ['a feature that does not exist', { feature: 'nope' }, 'FEATURE_UNKNOWN'],
    ['a feature that has a meter', { feature: 'execution' }, 'FEATURE_NOT_ALLOCATED'],
    ['a level that is counted here', { feature: 'clients' }, 'FEATURE_COUNTED_HERE'],
    ['a level below zero', { level: '-1' }, 'QUANTITY_INVALID'],
    ['a level that is no number', { level: 'many' }, 'QUANTITY_INVALID'],
    ['a time to come', { at: '2100-01-01T00:00:00Z' }, 'OCCURRED_AT_IN_FUTURE'],
    ['a time that is none', { at: 'yesterday' }, 'INSTANT_INVALID'],
    ['an organization that does not exist', { organization: 'nobody' }, 'NOT_FOUND'],
  ])('refuses %s, and keeps nothing', async (_, wrong, code) => {
    const kept = async () => (await billing.db.owner.query('select count(*) from usage_checks')).rows;
    const before = await kept();
    expect((await check(wrong)).error.code).toBe(code);
    expect(await kept()).toEqual(before);
  });
});

describe('how many clients there were', () => {
  const dayMs = 86_400_000;
  const clients = '/v1/organizations/days/clients';
  const make = async (externalId: string) =>
    expect((await call('POST', clients, { name: externalId, externalId })).status).toBeLessThan(300);
  const archive = async (externalId: string) =>
    expect((await call('DELETE', `${clients}/${externalId}`)).status).toBeLessThan(300);

  test('is known for each day, whoever came, went and came back, several at once too', async () => {
    const organization = { name: 'Days', externalId: 'days', email: 'days@example.test', currency: 'USD' };
    expect((await call('POST', '/v1/organizations', organization)).status).toBe(201);
    const { clock } = billing.container;
    const noon = new Date(Math.ceil(clock.now().getTime() / dayMs) * dayMs + dayMs / 2);
    const onDay = async (day: number, work: () => Promise<unknown>) => {
      clock.setOffsetMs(noon.getTime() + day * dayMs - Date.now());
      await work();
    };
    await onDay(1, () => make('a'));
    await onDay(2, () => Promise.all(['b', 'c', 'd', 'e'].map(make)));
    await onDay(3, async () => {
      await Promise.all(['a', 'b'].map(archive));
      await archive('a');
    });
    await onDay(5, () => make('a'));
    const span = `from=${noon.toISOString()}&to=${new Date(noon.getTime() + 5.5 * dayMs).toISOString()}`;
    const { json } = await call('GET', `/v1/organizations/days/gauges/clients?${span}`);
    expect(json.days.map(({ level }: { level: string }) => level)).toEqual(['0', '1', '5', '3', '3', '4']);
    clock.setOffsetMs(0);
  });
});
