import type { OrganizationId } from '@metergate/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startSecondInstance } from '../limits/second-instance.ts';
import { payHosted } from '../pay-hosted.ts';
import type { HttpAnswer } from '../start-test-api.ts';
import { startTestBilling, type TestBilling } from '../start-test-billing.ts';

let billing: TestBilling;
let second: Awaited<ReturnType<typeof startSecondInstance>>;
let key: string;

beforeAll(async () => {
  billing = await startTestBilling();
  second = await startSecondInstance(billing, { STRIPE_API_BASE: billing.emulatorUrl });
  const scopes = ['billing:read', 'billing:write', 'usage:write', 'organizations:write'] as const;
  key = (await billing.addApiKey([...scopes])).key;
});
afterAll(async () => {
  await second.stop();
  await billing.stop();
});

const studio = { family: 'agent-studio', plan: 'pro', quantity: '5', paymentMethod: 'pm_card_visa' };
const voicePro = { family: 'voice-ops', plan: 'pro', paymentMethod: 'pm_card_visa' };

async function organization(slug: string): Promise<OrganizationId> {
  const id = await billing.addOrganization(slug);
  await billing.db.owner.query(`update organizations set currency = 'USD' where id = $1`, [id]);
  return id;
}

function post(slug: string, path: string, body: unknown = {}): Promise<HttpAnswer> {
  return billing.rest({ method: 'POST', path: `/v1/organizations/${slug}/billing/${path}`, key, body });
}

/** The same call to the other process. */
async function postToSecond(slug: string, path: string, body: unknown = {}) {
  const answer = await fetch(`${second.url}/v1/organizations/${slug}/billing/${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  return { status: answer.status, json: Object(await answer.json()) };
}

async function subscriptionsOf(slug: string) {
  const path = `/v1/organizations/${slug}/billing/subscriptions`;
  return (await billing.rest({ method: 'GET', path, key })).json.items;
}

/** `status` of everything the organization has at Stripe, whatever is mirrored. */
async function atStripe(id: OrganizationId, what: 'subscriptions' | 'invoices'): Promise<string[]> {
  const { rows } = await billing.db.owner.query(
    'select stripe_customer_id as customer from organizations where id = $1',
    [id],
  );
  const answer = await fetch(
    `${billing.emulatorUrl}/v1/${what}?customer=${rows[0].customer}&limit=100${what === 'subscriptions' ? '&status=all' : ''}`,
    { headers: { authorization: 'Bearer sk_test_emulator' } },
  );
  const { data } = Object(await answer.json());
  return data.map(({ status }: { status: string }) => status);
}

describe('a number of seats', () => {
  beforeAll(async () => {
    await organization('numbers');
    expect((await post('numbers', 'subscriptions', studio)).status).toBe(201);
    const gauge = { method: 'PUT', path: '/v1/organizations/numbers/gauges/users', key };
    expect((await billing.rest({ ...gauge, body: { value: '4' } })).status).toBe(200);
  });

  it.each(['-1', '0', '1.5', '1000000000', '100001', '', ' 5', '05', '+5', '5e1', '٣', 'five'])(
    'is refused as "%s", for a purchase as for a change, and nothing changes',
    async (quantity) => {
      for (const [path, body] of [
        ['quotes', { family: 'agent-studio', quantity }],
        ['subscriptions', { ...studio, family: 'agent-studio', quantity }],
        ['checkout-sessions', { family: 'agent-studio', plan: 'pro', quantity }],
      ] as const) {
        const answer = await post('numbers', path, body);
        expect([path, answer.status, answer.json.error.code]).toEqual([
          path,
          422,
          'PURCHASE_QUANTITY_INVALID',
        ]);
      }
    },
  );

  it('below those that are taken is quoted with the conflict and refused when it is accepted', async () => {
    for (const at of ['now', 'period_end']) {
      const quote = await post('numbers', 'quotes', { family: 'agent-studio', quantity: '3', at });
      expect(quote.json.conflicts).toMatchObject([{ code: 'LEVEL_ABOVE_LIMIT' }]);
      const accepted = await post('numbers', `quotes/${quote.json.id}/accept`);
      expect([accepted.status, accepted.json.error.code]).toEqual([409, 'QUOTE_HAS_CONFLICTS']);
    }
    expect((await subscriptionsOf('numbers'))[0].items).toMatchObject([{ quantity: '5' }]);
  });

  it('may grow although it stays below those that are taken', async () => {
    const gauge = { method: 'PUT', path: '/v1/organizations/numbers/gauges/users', key };
    await billing.rest({ ...gauge, body: { value: '9' } });
    const quote = await post('numbers', 'quotes', { family: 'agent-studio', quantity: '7' });
    expect(quote.json.conflicts).toEqual([]);
    expect((await post('numbers', `quotes/${quote.json.id}/accept`)).status).toBe(200);
  });
});

describe('what somebody would like to pay', () => {
  it.each([
    ['an amount', { amount: '1' }],
    ['a unit price', { unitPrice: '0.01' }],
    ['a price at Stripe', { price: 'price_1' }],
    ['items of their own', { items: [{ price: 'price_1', quantity: 1 }] }],
    ['another currency', { currency: 'JPY' }],
    ['an older version', { planVersion: 1 }],
  ])('is refused as %s: prices come from the catalogue', async (what, chosen) => {
    const slug = what.toLowerCase().replaceAll(' ', '-');
    const id = await organization(slug);
    for (const path of ['subscriptions', 'checkout-sessions', 'quotes']) {
      const { paymentMethod, ...wish } = voicePro;
      const answer = await post(slug, path, {
        ...wish,
        ...(path === 'subscriptions' ? { paymentMethod } : {}),
        ...chosen,
      });
      expect([path, answer.status]).toEqual([path, 422]);
    }
    const { rows } = await billing.db.owner.query('select 1 from subscriptions where organization_id = $1', [
      id,
    ]);
    expect(rows).toEqual([]);
  });

  it('is not what the currency of somebody else costs', async () => {
    const id = await organization('pays-in-euro');
    await billing.db.owner.query(`update organizations set currency = 'EUR' where id = $1`, [id]);
    for (const path of ['subscriptions', 'checkout-sessions']) {
      const { family, plan } = voicePro;
      const answer = await post('pays-in-euro', path, { family, plan });
      expect([path, answer.status, answer.json.error.code]).toEqual([path, 422, 'CURRENCY_NOT_OFFERED']);
    }
  });
});

function planLeft({ isOver, isUpgraded }: Record<'isOver' | 'isUpgraded', boolean>): string {
  if (isOver) return 'none';
  return isUpgraded ? 'business' : 'pro';
}

describe('two processes', () => {
  it('sell one subscription of a family, whoever asks where', async () => {
    const id = await organization('sold-once');
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, n) =>
        (n % 2 ? post : postToSecond)('sold-once', 'subscriptions', voicePro),
      ),
    );
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
    for (const { status, json } of answers) {
      if (status !== 201) expect(json.error.code).toMatch(/^(SUBSCRIPTION_EXISTS|PURCHASE_IN_PROGRESS)$/);
    }
    expect(await atStripe(id, 'subscriptions')).toEqual(['active']);
    expect(await atStripe(id, 'invoices')).toEqual(['paid']);
  });

  it('charge an upgrade once for two tabs of two admins', async () => {
    const id = await organization('upgraded-once');
    await post('upgraded-once', 'subscriptions', voicePro);
    const wish = { family: 'voice-ops', plan: 'business' };
    const quotes = await Promise.all([
      post('upgraded-once', 'quotes', wish),
      post('upgraded-once', 'quotes', wish),
    ]);
    const answers = await Promise.all(
      quotes.flatMap(({ json }) => {
        const path = `quotes/${json.id}/accept`;
        return [post('upgraded-once', path), postToSecond('upgraded-once', path)];
      }),
    );
    for (const { status, json } of answers) {
      if (status !== 200)
        expect(json.error.code).toMatch(/^(PURCHASE_IN_PROGRESS|QUOTE_CHANGED|CHANGE_IS_NOTHING)$/);
    }
    expect(answers.some(({ status }) => status === 200)).toBe(true);
    expect(await subscriptionsOf('upgraded-once')).toMatchObject([{ plan: 'business' }]);
    expect(await atStripe(id, 'invoices')).toEqual(['paid', 'paid']);
  });

  it.each(['now', 'period_end'])('end in one state when an upgrade meets a cancellation (%s)', async (at) => {
    const slug = `upgrade-meets-cancel-${at.replace('_', '-')}`;
    const id = await organization(slug);
    const { json: bought } = await post(slug, 'subscriptions', voicePro);
    const { json: quote } = await post(slug, 'quotes', { family: 'voice-ops', plan: 'business' });
    const [upgraded, canceled] = await Promise.all([
      post(slug, `quotes/${quote.id}/accept`),
      postToSecond(slug, `subscriptions/${bought.id}/cancel`, { at }),
    ]);
    await billing.settle();
    const refusal = /^(PURCHASE_IN_PROGRESS|CHANGE_NOT_POSSIBLE|SUBSCRIPTION_NOT_FOUND|QUOTE_CHANGED)$/;
    const refused = [upgraded, canceled].filter(({ status }) => status !== 200);
    for (const { json } of refused) expect(json.error.code).toMatch(refusal);
    const isUpgraded = upgraded.status === 200;
    expect(isUpgraded || canceled.status === 200).toBe(true);
    const [left] = await subscriptionsOf(slug);
    const isOver = canceled.status === 200 && at === 'now';
    expect(left?.plan ?? 'none').toBe(planLeft({ isOver, isUpgraded }));
    expect(await atStripe(id, 'subscriptions')).toEqual([isOver ? 'canceled' : 'active']);
    expect(await atStripe(id, 'invoices')).toHaveLength(isUpgraded ? 2 : 1);
  });
});

describe('a purchase that Stripe answers too late', () => {
  it('is one with the next try of the buyer, whom the first was refused', async () => {
    const id = await organization('answered-late');
    await billing.emulator('POST', '/faults', {
      api: [{ route: 'POST /v1/subscriptions', kind: 'latency', latencyMs: 5_000, times: 1 }],
    });
    const isMade = new Promise((resolve) => setTimeout(resolve, 5_500));
    const first = await post('answered-late', 'subscriptions', voicePro);
    expect([first.status, first.json.error.code]).toEqual([503, 'STRIPE_UNAVAILABLE']);
    expect(first.headers.get('retry-after')).toMatch(/^\d+$/);
    expect(await atStripe(id, 'subscriptions')).toEqual([]);
    await postToSecond('answered-late', 'subscriptions', voicePro);
    await isMade;
    const last = await post('answered-late', 'subscriptions', voicePro);
    expect([last.status, last.json.error.code]).toEqual([409, 'SUBSCRIPTION_EXISTS']);
    expect(await atStripe(id, 'subscriptions')).toEqual(['active']);
    expect(await atStripe(id, 'invoices')).toEqual(['paid']);
    expect(await subscriptionsOf('answered-late')).toMatchObject([{ plan: 'pro', status: 'active' }]);
  });
});

describe('an open checkout', () => {
  /** The call that closes it is slow to arrive, and meanwhile somebody pays. */
  async function paidMeanwhile(slug: string, meanwhile: () => Promise<{ status: number; json: unknown }>) {
    const id = await organization(slug);
    const session = await post(slug, 'checkout-sessions', { family: 'voice-ops', plan: 'pro' });
    const route = `POST /v1/checkout/sessions/${session.json.id}/expire`;
    await billing.emulator('POST', '/faults', {
      api: [{ route, kind: 'latency', latencyMs: 1500, times: 1 }],
    });
    const other = meanwhile();
    await new Promise((resolve) => setTimeout(resolve, 500));
    await payHosted(session.json.url);
    const answer = await other;
    await billing.emulator('DELETE', '/faults');
    await billing.settle();
    return { id, answer };
  }

  it('that is paid while a saved card buys the same is the only one that is charged', async () => {
    const { id, answer } = await paidMeanwhile('both-ways', () =>
      post('both-ways', 'subscriptions', voicePro),
    );
    expect([answer.status, Object(answer.json).error.code]).toEqual([409, 'SUBSCRIPTION_EXISTS']);
    expect(await atStripe(id, 'subscriptions')).toEqual(['active']);
    expect(await atStripe(id, 'invoices')).toEqual(['paid']);
    expect(await subscriptionsOf('both-ways')).toMatchObject([{ plan: 'pro', status: 'active' }]);
  });

  it('that is paid while another one is opened leaves no second one to pay', async () => {
    const wish = { family: 'voice-ops', plan: 'business' };
    const { id, answer } = await paidMeanwhile('two-checkouts', () =>
      postToSecond('two-checkouts', 'checkout-sessions', wish),
    );
    expect([answer.status, Object(answer.json).error.code]).toEqual([409, 'SUBSCRIPTION_EXISTS']);
    expect(await atStripe(id, 'subscriptions')).toEqual(['active']);
  });

  it('cannot be paid any more once a saved card has paid', async () => {
    const id = await organization('card-first');
    const session = await post('card-first', 'checkout-sessions', { family: 'voice-ops', plan: 'pro' });
    expect((await post('card-first', 'subscriptions', voicePro)).status).toBe(201);
    await payHosted(session.json.url).catch(() => undefined);
    await billing.settle();
    expect(await atStripe(id, 'subscriptions')).toEqual(['active']);
    expect(await atStripe(id, 'invoices')).toEqual(['paid']);
  });
});
