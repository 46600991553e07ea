import { loadFamilies } from '@metergate/catalogs';
import type { ProductFamily } from '@metergate/core/catalog/product-family';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Container } from '../../src/container.ts';
import { startSecondInstance } from '../limits/second-instance.ts';
import { callRest } from '../start-test-api.ts';
import { startTestBilling, type TestBilling } from '../start-test-billing.ts';

const family = 'voice-ops';

/** The catalogue of the next release, without some plans of voice operations. */
function without(...plans: string[]): ProductFamily[] {
  return loadFamilies().map((one) =>
    one.key === family ? { ...one, plans: one.plans.filter(({ key }) => !plans.includes(key)) } : one,
  );
}

let billing: TestBilling;
let key: string;
let next: { url: string; container: Container; stop: () => Promise<void> };
beforeAll(async () => {
  billing = await startTestBilling({ TEST_SEAMS: '1' });
  ({ key } = await billing.addApiKey(['billing:read', 'billing:write', 'limits:check']));
  const settings = { STRIPE_API_BASE: billing.emulatorUrl };
  next = await startSecondInstance(billing, settings, without('pro', 'business'));
}, 60_000);
afterAll(async () => {
  await next.stop();
  await billing.stop();
});

/** At the running release, or at the next one with its smaller catalogue. */
const call = (path: string, body?: object, url = billing.url) =>
  callRest(url, {
    method: body === undefined ? 'GET' : 'POST',
    path: `/v1/organizations/${path}`,
    key,
    ...(body === undefined ? {} : { body }),
  });
const atNext = (path: string, body?: object) => call(path, body, next.url);

async function organizationOn(slug: string, plan?: string) {
  const id = await billing.addOrganization(slug);
  await billing.db.owner.query(`update organizations set currency = 'USD' where id = $1`, [id]);
  if (plan === undefined) return;
  const bought = await call(`${slug}/billing/subscriptions`, { family, plan, paymentMethod: 'pm_card_visa' });
  expect(bought.status).toBe(201);
  await billing.settle();
}

async function state(slug: string) {
  const [subscription] = (await call(`${slug}/billing/subscriptions`)).json.items;
  const { rows } = await billing.db.owner.query(
    `select count(*)::int as count from invoices i join organizations o on o.id = i.organization_id where o.slug = $1`,
    [slug],
  );
  return {
    plan: subscription.plan,
    later: subscription.scheduledChange?.plan ?? null,
    invoices: rows[0].count,
  };
}

const codeOf = ({ status, json }: Awaited<ReturnType<typeof call>>) => `${status} ${json.error?.code}`;

describe('a plan that the next release of the catalogue no longer has', () => {
  it('cannot be bought, quoted or checked out any more', async () => {
    await organizationOn('newcomer');
    for (const path of ['subscriptions', 'checkout-sessions']) {
      const wish = { family, plan: 'business', paymentMethod: 'pm_card_visa' };
      const { paymentMethod: _card, ...checkout } = wish;
      const body = path === 'subscriptions' ? wish : checkout;
      expect(codeOf(await atNext(`newcomer/billing/${path}`, body))).toBe('404 PLAN_UNKNOWN');
    }
    await organizationOn('on-pro', 'pro');
    const quote = await atNext('on-pro/billing/quotes', { family, plan: 'business' });
    expect(codeOf(quote)).toBe('404 PLAN_UNKNOWN');
  });

  it('refuses a quote that was open meanwhile, and charges nothing', async () => {
    await organizationOn('open-quote', 'pro');
    const quote = (await call('open-quote/billing/quotes', { family, plan: 'business' })).json;
    const accepted = await atNext(`open-quote/billing/quotes/${quote.id}/accept`, {});
    expect(codeOf(accepted)).toBe('404 PLAN_UNKNOWN');
    await billing.settle();
    expect(await state('open-quote')).toEqual({ plan: 'pro', later: null, invoices: 1 });
    expect((await call(`open-quote/billing/quotes/${quote.id}/accept`, {})).status).toBe(200);
  });

  it('stays what its subscribers have: checked, shown, canceled and taken back, in no other interval', async () => {
    await organizationOn('keeps', 'pro');
    const [shown] = (await atNext('keeps/billing/subscriptions')).json.items;
    expect(shown).toMatchObject({ plan: 'pro', planName: 'Pro', recurring: { amountMinor: '4900' } });
    const check = { organization: 'keeps', feature: 'call', quantity: '1' };
    const checked = await callRest(next.url, { method: 'POST', path: '/v1/limits/check', key, body: check });
    expect(checked.json).toMatchObject({ decision: 'allowed', limit: '500' });
    const canceled = await atNext(`keeps/billing/subscriptions/${shown.id}/cancel`, {});
    expect(canceled.json.cancelAt).toBe(shown.currentPeriod.end);
    expect((await atNext(`keeps/billing/subscriptions/${shown.id}/resume`, {})).json.cancelAt).toBeNull();
    const yearly = await atNext('keeps/billing/quotes', { family, interval: 'year' });
    expect(codeOf(yearly)).toBe('422 INTERVAL_NOT_OFFERED');
  });

  it('begins all the same where it was scheduled before, and can be undone until then', async () => {
    for (const slug of ['later', 'undone']) {
      await organizationOn(slug, 'business');
      const quote = (await call(`${slug}/billing/quotes`, { family, plan: 'pro' })).json;
      expect((await call(`${slug}/billing/quotes/${quote.id}/accept`, {})).status).toBe(200);
      expect(await state(slug)).toEqual({ plan: 'business', later: 'pro', invoices: 1 });
    }
    const [undone] = (await atNext('undone/billing/subscriptions')).json.items;
    const path = `/v1/organizations/undone/billing/subscriptions/${undone.id}/scheduled-change`;
    expect((await callRest(next.url, { method: 'DELETE', path, key })).status).toBe(200);
    await billing.rest({ method: 'POST', path: '/test/clock', body: { advanceSeconds: 32 * 86_400 } });
    await billing.settle();
    await next.container.drainUntilIdle();
    expect(await state('later')).toEqual({ plan: 'pro', later: null, invoices: 2 });
    expect(await state('undone')).toEqual({ plan: 'business', later: null, invoices: 2 });
  });
});

describe('a family that an organization does not see', () => {
  it('cannot be bought by it under its name', async () => {
    await organizationOn('agency-only');
    await billing.db.owner.query(`update organizations set families = '{agency}' where slug = 'agency-only'`);
    const wish = { family, plan: 'pro' };
    const card = { paymentMethod: 'pm_card_visa' };
    const bought = await call('agency-only/billing/subscriptions', { ...wish, ...card });
    expect(codeOf(bought)).toBe('404 FAMILY_UNKNOWN');
    expect(codeOf(await call('agency-only/billing/checkout-sessions', wish))).toBe('404 FAMILY_UNKNOWN');
    expect((await call('agency-only/billing/subscriptions')).json.items).toEqual([]);
  });
});
