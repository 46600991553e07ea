import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestBilling, type TestBilling } from '../start-test-billing.ts';

let billing: TestBilling;
let key: string;
let staff: { userId: string; cookie: string };
let support: { userId: string; cookie: string };

beforeAll(async () => {
  billing = await startTestBilling();
  key = (await billing.addApiKey(['billing:read', 'billing:write'])).key;
  staff = await billing.signUp('ops@example.test', 'billing_ops');
  support = await billing.signUp('support@example.test', 'support');
}, 120_000);
afterAll(() => billing.stop());

function rest(method: string, path: string, body?: unknown) {
  const url = `/v1/organizations/${path}`;
  return billing.rest({ method, path: url, key, ...(body === undefined ? {} : { body }) });
}

async function subscribe(slug: string, plan: object) {
  const organizationId = await billing.addOrganization(slug);
  await billing.db.owner.query(`update organizations set currency = 'USD' where id = $1`, [organizationId]);
  const answer = await rest('POST', `${slug}/billing/subscriptions`, {
    ...plan,
    paymentMethod: 'pm_card_visa',
  });
  expect([answer.status, answer.text]).toEqual([201, expect.anything()]);
  await billing.settle();
  return { organizationId, subscription: answer.json.id };
}

async function revenue(cookie = staff.cookie) {
  const input = { months: 3 };
  return billing.trpc({ path: 'admin.revenue.overview', type: 'query', input, cookie });
}

async function levelsOf(organizationId: string): Promise<string[]> {
  const { rows } = await billing.db.owner.query(
    'select amount_minor::text as amount from revenue_levels where organization_id = $1 order by at',
    [organizationId],
  );
  return rows.map(({ amount }) => amount);
}

describe('revenue', () => {
  it('follows a subscription from its start over a change to its end, and agrees with the invoices', async () => {
    const { organizationId, subscription } = await subscribe('moving', { family: 'voice-ops', plan: 'pro' });
    expect(await levelsOf(organizationId)).toEqual(['4900']);
    await billing.settle();
    expect(await levelsOf(organizationId)).toEqual(['4900']);

    const quote = await rest('POST', 'moving/billing/quotes', { family: 'voice-ops', plan: 'business' });
    await rest('POST', `moving/billing/quotes/${quote.json.id}/accept`);
    await billing.settle();
    expect(await levelsOf(organizationId)).toEqual(['4900', '14900']);
    const [changed] = (await revenue()).json.result.data.currencies;
    expect(changed).toMatchObject({ currency: 'USD', mrrMinor: '14900', arrMinor: '178800' });
    expect(changed.plans).toEqual([
      { family: 'voice-ops', plan: 'business', subscriptions: 1, amountMinor: '14900' },
    ]);
    expect(changed.reconciliation.differences).toMatchObject([
      { organization: { slug: 'moving' }, mrrMinor: '14900', invoicedMinor: '4900' },
    ]);

    await rest('POST', `moving/billing/subscriptions/${subscription}/cancel`, { at: 'now' });
    await billing.settle();
    expect(await levelsOf(organizationId)).toEqual(['4900', '14900', '0']);
    const [ended] = (await revenue()).json.result.data.currencies;
    expect(ended).toMatchObject({ mrrMinor: '0', payingOrganizations: 0, averageMinor: null });
  }, 60_000);

  it('counts a year as twelve months and no usage', async () => {
    await subscribe('yearly', { family: 'agent-studio', plan: 'pro', interval: 'year', quantity: '3' });
    const answer = (await revenue()).json.result.data;
    expect(answer.currencies[0]).toMatchObject({
      mrrMinor: '12250',
      reconciliation: { invoicedMinor: '12250', differences: [] },
    });
    expect(answer.firstPaid).toMatchObject({ slug: 'moving' });
    expect(answer.disputes).toHaveLength(12);
  }, 60_000);

  it('gives a subscription from before levels were kept its amount since it began', async () => {
    const { organizationId, subscription } = await subscribe('older', { family: 'voice-ops', plan: 'pro' });
    await billing.db.owner.query('delete from revenue_levels where organization_id = $1', [organizationId]);
    await rest('POST', `older/billing/subscriptions/${subscription}/cancel`, { at: 'now' });
    await billing.settle();
    expect(await levelsOf(organizationId)).toEqual(['4900', '0']);
  }, 60_000);

  it('is for billing operations', async () => {
    expect((await revenue(support.cookie)).status).toBe(403);
  });
});
