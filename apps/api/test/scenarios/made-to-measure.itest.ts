import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Scenario } from './scenario.ts';

/** One thousand a month, 10 000 calls included, 0.08 for each further call. */
const terms = {
  plan: 'enterprise',
  interval: 'month',
  price: '1000',
  limits: [{ feature: 'call', limit: '10000', unitPrice: '0.08' }],
};
const reason = 'signed on 14 April';

describe('an enterprise plan that follows Business', () => {
  let story: Scenario;
  let key: string;
  beforeAll(async () => {
    story = await Scenario.open('Grand Hotel', { at: '2027-04-01T00:00:00Z' });
    await story.subscribe({ family: 'voice-ops', plan: 'business' });
  }, 60_000);
  afterAll(() => story.close());

  it.each([
    { what: 'a plan that is sold as it is', change: { plan: 'pro' }, says: 'Pro is sold as it is' },
    { what: 'an unknown plan', change: { plan: 'gold' }, says: 'there is no plan gold' },
    {
      what: 'a limit that the plan does not have',
      change: { limits: [{ feature: 'sso', limit: '1', unitPrice: null }] },
      says: 'sso has no limit in Enterprise',
    },
    {
      what: 'a limit named twice',
      change: { limits: [...terms.limits, ...terms.limits] },
      says: 'a limit is named twice',
    },
  ])('refuses $what and says why', async ({ change, says }) => {
    const asked = { family: 'voice-ops', terms: { ...terms, ...change } };
    const { status, json } = await story.staff('subscriptions.previewTailoredPlan', asked);
    expect([status, json.error.data.code]).toEqual([422, 'TAILORED_TERMS_INVALID']);
    expect(json.error.message).toContain(says);
  });

  it('is priced by Stripe to the second before anybody agrees: 1000.00 − 149.00 for half of April', async () => {
    await story.at('2027-04-16T00:00:00Z', 'half of April is left');
    const asked = { family: 'voice-ops', terms };
    const { json } = await story.staff('subscriptions.previewTailoredPlan', asked);
    const offer = json.result.data;
    expect(offer).toMatchObject({ planName: 'Enterprise', perPeriodMinor: '100000', dueNowMinor: '42550' });
    expect(offer.quote.gains.length).toBeGreaterThan(0);
    const again = await story.staff('subscriptions.previewTailoredPlan', asked);
    expect(again.json.result.data).toMatchObject({ plan: offer.plan, planVersion: offer.planVersion });
    expect(await story.invoices()).toHaveLength(1);
    key = offer.plan;
  });

  it('cannot be bought or quoted by the organization itself', async () => {
    const quote = await story.own('POST', 'billing/quotes', { family: 'voice-ops', plan: key });
    expect([quote.status, quote.json.error.code]).toEqual([403, 'PLAN_NOT_SELF_SERVICE']);
    const catalog = await story.own('POST', 'billing/quotes', { family: 'voice-ops', plan: 'enterprise' });
    expect(catalog.json.error.code).toBe('PLAN_NOT_SELF_SERVICE');
    const foreign = await story.own('POST', 'billing/quotes', {
      family: 'voice-ops',
      plan: 'enterprise-x0123456789ab',
    });
    expect([foreign.status, foreign.json.error.code]).toEqual([404, 'PLAN_UNKNOWN']);
  });

  it('starts for exactly what was shown and ends after three periods', async () => {
    const { json } = await story.staff('subscriptions.previewTailoredPlan', { family: 'voice-ops', terms });
    const { plan, quote } = json.result.data;
    const started = await story.staff('subscriptions.startTailoredPlan', {
      family: 'voice-ops',
      plan,
      interval: 'month',
      quoteId: quote.id,
      periods: 3,
      reason,
    });
    expect(started.json.result.data[0]).toMatchObject({
      planName: 'Enterprise',
      basePlan: 'enterprise',
      cancelAt: '2027-07-01T00:00:00.000Z',
      recurring: { amountMinor: '100000' },
    });
    expect(await story.invoices()).toEqual(['2027-04-01 paid $149.00', '2027-04-16 paid $425.50']);
    expect((await story.check('call')).limit).toBe('10000');
  });

  it('leaves changes and the agreed end to staff', async () => {
    const { can, id } = await story.subscription();
    expect(can.resume.allowed).toBe(false);
    const down = await story.own('POST', 'billing/quotes', { family: 'voice-ops', plan: 'pro' });
    expect(down.json.error.code).toBe('PLAN_NOT_SELF_SERVICE');
    const resumed = await story.own('POST', `billing/subscriptions/${id}/resume`, {});
    expect(resumed.json.cancelAt).toBe('2027-07-01T00:00:00.000Z');
  });

  it('charges 2 000 calls beyond the agreed ones at the agreed price', async () => {
    await story.at('2027-05-10T12:00:00Z', 'a busy May');
    await story.use('call', '12000');
    await story.at('2027-06-01T03:00:00Z', 'June begins: 1000.00, and 2 000 × 0.08 = 160.00 of May');
    expect(await story.invoices()).toEqual([
      '2027-04-01 paid $149.00',
      '2027-04-16 paid $425.50',
      '2027-05-01 paid $1,000.00',
      '2027-06-01 paid $1,000.00',
      '2027-06-01 paid $160.00',
    ]);
  });

  it('announces its end two weeks before and leaves the free plan', async () => {
    await story.at('2027-06-16T12:00:00Z', 'more than two weeks before');
    expect(await story.mails()).not.toContain('plan_ending');
    await story.at('2027-06-18T12:00:00Z', 'less than two weeks before');
    expect(await story.mails()).toContain('plan_ending');
    await story.at('2027-07-01T03:00:00Z', 'the agreement is over');
    expect((await story.subscription()).status).toBe('canceled');
    expect(await story.invoices()).toHaveLength(5);
    expect(await story.check('call')).toMatchObject({ decision: 'blocked' });
  });
});

describe('an agreement with an organization that has nothing yet', () => {
  let story: Scenario;
  beforeAll(async () => {
    story = await Scenario.open('Big Studio', { at: '2027-04-01T00:00:00Z' });
    await story.useCard('pm_card_visa');
  }, 60_000);
  afterAll(() => story.close());

  const limits = [
    { feature: 'users', limit: '40', unitPrice: null },
    { feature: 'agents', limit: '500', unitPrice: null },
    { feature: 'execution', limit: '1000000', unitPrice: '0.001' },
    { feature: 'storage_gb', limit: '1000', unitPrice: null },
  ];
  const agreed = { plan: 'enterprise', interval: 'year', price: '12000', limits };

  it('needs everything agreed that the plan leaves open', async () => {
    const { json } = await story.staff('subscriptions.previewTailoredPlan', {
      family: 'agent-studio',
      terms: agreed,
    });
    expect(json.error.message).toContain('gateways has to be agreed');
  });

  it('starts for a year and renews when its end is taken away', async () => {
    const terms = { ...agreed, limits: [...limits, { feature: 'gateways', limit: null, unitPrice: null }] };
    const preview = await story.staff('subscriptions.previewTailoredPlan', { family: 'agent-studio', terms });
    const { plan, dueNowMinor, quote } = preview.json.result.data;
    expect([dueNowMinor, quote]).toEqual(['1200000', null]);
    const start = { family: 'agent-studio', plan, interval: 'year', quoteId: null, periods: 1, reason };
    const { json } = await story.staff('subscriptions.startTailoredPlan', start);
    expect(json.result.data[0]).toMatchObject({ status: 'active', cancelAt: '2028-04-01T00:00:00.000Z' });
    expect((await story.check('users', '40')).decision).toBe('allowed');
    expect((await story.check('users', '41')).decision).toBe('blocked');
    const { id } = await story.subscription();
    const end = { subscriptionId: id, periods: null, reason: 'goes on for ever' };
    const renewed = await story.staff('subscriptions.agreeEnd', end);
    expect(renewed.json.result.data[0].cancelAt).toBeNull();
    const twice = await story.staff('subscriptions.startTailoredPlan', start);
    expect(twice.json.error.data.code).toBe('SUBSCRIPTION_EXISTS');
    expect(await story.invoices()).toEqual(['2027-04-01 paid $12,000.00']);
  });
});
