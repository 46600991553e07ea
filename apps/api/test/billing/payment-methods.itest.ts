import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestBilling, type TestBilling } from '../start-test-billing.ts';

let billing: TestBilling;
let key: string;
let cookie: string;

beforeAll(async () => {
  billing = await startTestBilling();
  key = (await billing.addApiKey(['billing:read', 'billing:write'])).key;
  const owner = await billing.signUp('cards@example.test');
  cookie = owner.cookie;
  await billing.addOrganization('cards', { [owner.userId]: 'owner' });
}, 120_000);
afterAll(() => billing.stop());

function rest(method: string, path: string, body?: unknown) {
  const url = `/v1/organizations/cards/billing/${path}`;
  return billing.rest({ method, path: url, key, ...(body === undefined ? {} : { body }) });
}

async function trpc(path: string, type: 'query' | 'mutation', input: Record<string, unknown> = {}) {
  const answer = await billing.trpc({ path, type, input: { organization: 'cards', ...input }, cookie });
  return { status: answer.status, data: answer.json.result?.data, error: answer.json.error?.data };
}

describe('payment methods', () => {
  it('are added as the default, chosen, and removed; the last one stays while a plan has to be paid', async () => {
    expect((await trpc('payments.methods', 'query')).data).toEqual([]);
    const first = await rest('POST', 'payment-methods', { paymentMethod: 'pm_card_visa' });
    expect(first.status).toBe(201);
    expect(first.json.items).toMatchObject([
      { brand: 'visa', last4: '4242', isDefault: true, expiry: 'valid' },
    ]);
    const plan = { family: 'agent-leads', plan: 'starter' };
    expect((await rest('POST', 'subscriptions', plan)).status).toBe(201);

    const [visa] = first.json.items;
    const refused = await trpc('payments.remove', 'mutation', { paymentMethodId: visa.id });
    expect([refused.status, refused.error.code]).toEqual([409, 'PAYMENT_METHOD_NEEDED']);

    const second = await rest('POST', 'payment-methods', { paymentMethod: 'pm_card_mastercard' });
    expect(second.json.items.map((item: { brand: string }) => item.brand)).toEqual(['mastercard', 'visa']);
    const chosen = await trpc('payments.setDefault', 'mutation', { paymentMethodId: visa.id });
    expect(chosen.data[0]).toMatchObject({ id: visa.id, isDefault: true });
    const again = await trpc('payments.setDefault', 'mutation', { paymentMethodId: second.json.items[0].id });
    expect(again.data[0].brand).toBe('mastercard');

    const removed = await rest('DELETE', `payment-methods/${again.data[0].id}`);
    expect(removed.status).toBe(200);
    expect(removed.json.items).toMatchObject([{ id: visa.id, isDefault: true }]);
  }, 60_000);

  it('are entered on a page of Stripe, which leads back to our own origin only', async () => {
    const added = await trpc('payments.add', 'mutation');
    expect(added.data.url).toMatch(/^http:\/\/127\.0\.0\.1/);
    const elsewhere = await trpc('payments.add', 'mutation', { returnPath: '//evil.example' });
    expect(elsewhere.error.code).toBe('RETURN_PATH_INVALID');
  });

  it('say whether they have expired or soon will, and an expired one cannot become the default', async () => {
    await billing.db.owner.query(
      `update payment_methods set exp_month = 1, exp_year = 2020 where last4 = '4242'`,
    );
    const [expired] = (await rest('GET', 'payment-methods')).json.items;
    expect(expired.expiry).toBe('expired');
    const refused = await trpc('payments.setDefault', 'mutation', { paymentMethodId: expired.id });
    expect(refused.error.code).toBe('PAYMENT_METHOD_EXPIRED');
  });

  it('of another organization do not exist here', async () => {
    const [own] = (await rest('GET', 'payment-methods')).json.items;
    await billing.addOrganization('no-cards');
    const path = `/v1/organizations/no-cards/billing/payment-methods/${own.id}`;
    expect((await billing.rest({ method: 'DELETE', path, key })).status).toBe(404);
  });
});
