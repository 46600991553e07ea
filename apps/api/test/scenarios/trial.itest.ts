import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Scenario } from './scenario.ts';

const studio = { family: 'agent-studio', plan: 'pro', quantity: '3' };

describe('a trial with a card, made longer by staff', () => {
  let story: Scenario;
  beforeAll(async () => {
    story = await Scenario.open('Tryout Studio', { at: '2027-03-01T00:00:00Z' });
  }, 60_000);
  afterAll(() => story.close());

  it('costs nothing for fourteen days', async () => {
    const { status, trialEndsAt } = await story.subscribe({ ...studio, trialDays: 14 });
    expect([status, trialEndsAt]).toEqual(['trialing', '2027-03-15T00:00:00.000Z']);
    expect(await story.invoices()).toEqual(['2027-03-01 paid $0.00']);
  });

  it.each([0, 91, 1.5])('is not extended by %d days', async (days) => {
    const { id } = await story.subscription();
    const refused = await story.staff('subscriptions.extendTrial', {
      subscriptionId: id,
      days,
      reason: 'asked',
    });
    expect(refused.status).toBe(400);
  });

  it('ends a week later when staff say so, with the mail three days before the new end', async () => {
    await story.at('2027-03-11T00:00:00Z', 'they ask for a week more');
    const { id } = await story.subscription();
    const reason = 'their key user was ill';
    const answer = await story.staff('subscriptions.extendTrial', { subscriptionId: id, days: 7, reason });
    expect(answer.json.result.data[0].trialEndsAt).toBe('2027-03-22T00:00:00.000Z');
    await story.at('2027-03-18T12:00:00Z', 'four days before the end');
    expect(await story.mails()).not.toContain('trial_ending');
    await story.at('2027-03-20T12:00:00Z', 'less than three days before');
    expect(await story.mails()).toContain('trial_ending');
  });

  it('is charged for three seats when it ends, and the month begins there', async () => {
    await story.at('2027-03-22T02:00:00Z', 'the trial is over: 3 × 49.00 = 147.00');
    expect(await story.invoices()).toEqual(['2027-03-01 paid $0.00', '2027-03-22 paid $147.00']);
    const { status, currentPeriod } = await story.subscription();
    expect(status).toBe('active');
    expect(currentPeriod).toEqual({ start: '2027-03-22T00:00:00.000Z', end: '2027-04-22T00:00:00.000Z' });
  });

  it('is no trial any more that could be extended', async () => {
    const { id } = await story.subscription();
    const refused = await story.staff('subscriptions.extendTrial', {
      subscriptionId: id,
      days: 7,
      reason: 'again',
    });
    expect(refused.json.error.data.code).toBe('CHANGE_NOT_POSSIBLE');
  });
});

describe('a trial that nobody gave a card for', () => {
  let story: Scenario;
  beforeAll(async () => {
    story = await Scenario.open('Cardless Studio', { at: '2027-03-01T00:00:00Z' });
  }, 60_000);
  afterAll(() => story.close());

  it('ends without a charge and leaves the free plan', async () => {
    await story.subscribe({ ...studio, trialDays: 14, paymentMethod: null });
    expect((await story.check('users', '3')).limit).toBe('3');
    await story.at('2027-03-15T02:00:00Z', 'the trial is over');
    expect((await story.subscription()).status).toBe('canceled');
    expect(await story.invoices()).toEqual(['2027-03-01 paid $0.00']);
    expect(await story.mails()).toContain('subscription_canceled');
    expect((await story.check('execution', '10001')).decision).toBe('blocked');
  });

  it('is given once for each family, and the first charge needs a card', async () => {
    const again = await story.own('POST', 'billing/subscriptions', { ...studio, trialDays: 14 });
    expect([again.status, again.json.error.code]).toEqual([409, 'TRIAL_ALREADY_USED']);
    const cardless = await story.own('POST', 'billing/subscriptions', studio);
    expect([cardless.status, cardless.json.error.code]).toEqual([402, 'PAYMENT_METHOD_REQUIRED']);
    const other = { family: 'voice-ops', plan: 'pro', trialDays: 7 };
    expect((await story.own('POST', 'billing/subscriptions', other)).json.status).toBe('trialing');
    await story.subscribe(studio);
    expect(await story.invoices()).toContain('2027-03-15 paid $147.00');
  });
});

describe('a failed payment with more time from staff', () => {
  let story: Scenario;
  beforeAll(async () => {
    story = await Scenario.open('Late Payer', { at: '2027-04-01T00:00:00Z' });
    await story.subscribe({ family: 'voice-ops', plan: 'pro' });
    await story.useCard('pm_card_chargeCustomerFail');
  }, 60_000);
  afterAll(() => story.close());

  it('narrows after seven days, and widens again when staff add five', async () => {
    await story.at('2027-05-01T02:00:00Z', 'the renewal fails');
    expect(await story.subscription()).toMatchObject({ status: 'past_due', access: 'full' });
    await story.at('2027-05-08T03:00:00Z', 'seven days later');
    expect((await story.subscription()).access).toBe('restricted');
    const { id } = await story.subscription();
    const grace = { subscriptionId: id, days: 5, reason: 'their bank changes' };
    const answer = await story.staff('subscriptions.extendGrace', grace);
    expect(answer.json.result.data[0]).toMatchObject({ access: 'full' });
    await story.at('2027-05-12T23:00:00Z', 'eleven days and some hours');
    expect((await story.subscription()).access).toBe('full');
  });

  it('goes on from there, and starts anew once paid', async () => {
    await story.at('2027-05-13T03:00:00Z', 'twelve days');
    expect((await story.subscription()).access).toBe('restricted');
    await story.at('2027-05-20T03:00:00Z', 'nineteen days');
    expect((await story.subscription()).access).toBe('suspended');
    await story.useCard('pm_card_visa');
    const { json } = await story.own('GET', 'billing/invoices?status=open&limit=1');
    expect((await story.own('POST', `billing/invoices/${json.items[0].id}/pay`)).status).toBe(200);
    await story.settle();
    const paid = await story.subscription();
    expect(paid).toMatchObject({ status: 'active', access: 'full' });
    const grace = { subscriptionId: paid.id, days: 5, reason: 'once more' };
    const refused = await story.staff('subscriptions.extendGrace', grace);
    expect(refused.json.error.data.code).toBe('CHANGE_NOT_POSSIBLE');
  });
});
