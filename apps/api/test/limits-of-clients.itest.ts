import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestBilling, type TestBilling } from './start-test-billing.ts';

let billing: TestBilling;
let key: string;
let cookie: string;

beforeAll(async () => {
  billing = await startTestBilling();
  ({ key } = await billing.addApiKey(['organizations:write', 'billing:write', 'limits:check']));
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
