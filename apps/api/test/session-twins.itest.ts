import type Stripe from 'stripe';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type MirrorWorld, startMirror } from './stripe/start-mirror.ts';

let world: MirrorWorld;
let owner: { userId: string; cookie: string };

beforeAll(async () => {
  world = await startMirror();
  owner = await world.api.signUp('owner@example.test');
  await world.api.addOrganization('acme', { [owner.userId]: 'owner' });
  await world.api.db.owner.query(`update organizations set currency = 'USD' where slug = 'acme'`);
});
afterAll(() => world.stop());

function post(path: string, body: unknown) {
  const headers = { cookie: owner.cookie, origin: world.api.url };
  return world.api.rest({ method: 'POST', path, body, headers });
}

describe('plain JSON routes against the emulated Stripe', () => {
  it('make one customer, however often they are asked', async () => {
    const first = await post('/api/billing/customer', {});
    const second = await post('/api/billing/customer', {});
    expect(first.status).toBe(200);
    expect(first.json.stripeCustomerId).toMatch(/^cus_/);
    expect(second.json).toEqual(first.json);
  });

  it('subscribe by a price id of Stripe', async () => {
    const price = await offeredPrice('voice-ops');
    const answer = await post('/api/billing/subscription', {
      stripe_price_id: price.id,
      paymentMethod: 'pm_card_visa',
    });
    expect(`${answer.status} ${answer.text}`).toMatch(/^200 /);
    expect(answer.json).toMatchObject({ family: 'voice-ops', status: 'active' });
    expect(price.lookup_key).toContain(`_${answer.json.plan}_`);
  });

  it('open the checkout and the portal with addresses that Stripe made', async () => {
    const checkout = await post('/api/billing/checkout', { family: 'agency', plan: 'agency' });
    expect(`${checkout.status} ${checkout.text}`).toMatch(/^200 /);
    expect(checkout.json.url).toMatch(/^http/);
    const portal = await post('/api/billing/portal', {});
    expect(portal.json.url).toMatch(/^http/);
  });

  it.each(['https://evil.example', '//evil.example', '/\\evil.example', '/%2f%2fevil.example'])(
    'refuse to return to %s',
    async (returnPath) => {
      expect((await post('/api/billing/portal', { returnPath })).status).toBe(400);
    },
  );
});

async function offeredPrice(family: string): Promise<Stripe.Price> {
  const prices = await world.stripe.prices
    .list({ limit: 100, active: true })
    .autoPagingToArray({ limit: 1000 });
  const found = prices.find(
    ({ lookup_key }) => lookup_key?.startsWith(`mg_${family}_`) && lookup_key.endsWith('_month_usd'),
  );
  if (found === undefined) throw new Error(`no price of ${family}`);
  return found;
}
