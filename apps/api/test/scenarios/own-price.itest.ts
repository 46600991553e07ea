import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Scenario } from './scenario.ts';

describe('a price of its own for calls beyond the included ones', () => {
  let story: Scenario;
  beforeAll(async () => {
    story = await Scenario.open('Own Price Calls', { at: '2027-04-01T00:00:00Z' });
    await story.subscribe({ family: 'voice-ops', plan: 'pro' });
  }, 60_000);
  afterAll(() => story.close());

  const reason = 'agreed by mail';

  it.each([
    {
      what: 'a feature that costs nothing',
      change: { feature: 'ai_run' },
      refusal: [422, 'USAGE_NOT_CHARGED'],
    },
    { what: 'a negative price', change: { unitPrice: '-0.01' }, refusal: [400, 'INPUT_INVALID'] },
    {
      what: 'an end in the past',
      change: { expiresAt: '2027-03-01T00:00:00Z' },
      refusal: [422, 'OVERRIDE_EXPIRY_PASSED'],
    },
  ])('refuses $what', async ({ change, refusal }) => {
    const input = { feature: 'call', unitPrice: '0.06', reason, ...change };
    const { status, json } = await story.staff('subscriptions.setPrice', input);
    expect(status).toBe(refusal[0]);
    if (refusal[0] === 422) expect(json.error.data.code).toBe(refusal[1]);
  });

  it('counts from the day it was set until its end, and for nothing before or after', async () => {
    await story.at('2027-04-10T12:00:00Z', '600 calls, 100 beyond the included 500');
    await story.use('call', '600');
    await story.at('2027-04-16T00:00:00Z', 'their own price is 0.06 until the end of the month');
    const input = { feature: 'call', unitPrice: '0.06', reason, expiresAt: '2027-05-01T00:00:00Z' };
    const { json } = await story.staff('subscriptions.setPrice', input);
    const call = json.result.data.find(({ feature }: { feature: string }) => feature === 'call');
    expect(call).toMatchObject({ planPrice: '0.1', ownPrice: '0.06', reason });
    await story.at('2027-04-20T12:00:00Z', '200 calls more');
    await story.use('call', '200');
    await story.at('2027-05-01T03:00:00Z', '100 × 0.10 + 200 × 0.06 = 22.00');
    expect(await story.invoices()).toContain('2027-05-01 paid $22.00');
    const own = await story.explainNewest(/200/);
    expect(own).toMatchObject({
      kind: 'usage',
      ownPrice: { unitPrice: '0.06', planPrice: '0.1', until: '2027-05-01T00:00:00.000Z' },
    });
    expect(own.formula).toEqual([
      'own price $0.06 instead of $0.10, until 2027-05-01: agreed by mail',
      '200 × 0.06 USD = 12 USD',
      '= $12.00',
    ]);
    await story.at('2027-05-20T12:00:00Z', '510 calls in May');
    await story.use('call', '510');
    await story.at('2027-06-01T03:00:00Z', '10 × 0.10 = 1.00');
    expect(await story.invoices()).toContain('2027-06-01 paid $1.00');
  });

  it('leaves the limits as they are and can be ended once', async () => {
    await story.staff('subscriptions.setPrice', { feature: 'call', unitPrice: '0.05', reason });
    expect((await story.check('call')).limit).toBe('500');
    expect((await story.staff('subscriptions.endPrice', { feature: 'call', reason })).status).toBe(200);
    expect((await story.staff('subscriptions.endPrice', { feature: 'call', reason })).status).toBe(404);
  });
});

describe("a price of its own for what Stripe's meter counts", () => {
  let story: Scenario;
  beforeAll(async () => {
    story = await Scenario.open('Own Price Leads', { at: '2027-04-01T00:00:00Z' });
    await story.subscribe({ family: 'agent-leads', plan: 'growth' });
  }, 60_000);
  afterAll(() => story.close());

  it('is rated here from then on, and what the meter was told before stays there', async () => {
    await story.at('2027-04-05T10:10:00Z', 'three leads at 2.00');
    await story.use('lead_qualified', '3');
    await story.at('2027-04-05T12:00:00Z', 'the hour is told to the meter');
    await story.at('2027-04-10T00:00:00Z', 'from now on 1.50');
    await story.staff('subscriptions.setPrice', {
      feature: 'lead_qualified',
      unitPrice: '1.5',
      reason: 'a large customer',
    });
    await story.at('2027-04-12T10:10:00Z', 'four leads at 1.50');
    await story.use('lead_qualified', '4');
    await story.at('2027-05-01T03:00:00Z', '99.00 + 3 × 2.00 at Stripe, 4 × 1.50 here');
    await story.at('2027-05-01T05:00:00Z', 'everything is billed');
    const invoices = await story.invoices();
    expect(invoices).toContain('2027-05-01 paid $105.00');
    expect(invoices).toContain('2027-05-01 paid $6.00');
    expect(invoices).toHaveLength(3);
  });
});
