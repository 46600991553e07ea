import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestBilling, type TestBilling } from './start-test-billing.ts';

const limitScopes = ['limits:check', 'limits:consume', 'usage:write', 'entitlements:read'] as const;

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
