import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Scenario } from './scenario.ts';

describe('a subscription that began on the last day of January', () => {
  let story: Scenario;
  beforeAll(async () => {
    story = await Scenario.open('Thirty First', { at: '2027-01-31T10:00:00Z' });
  }, 60_000);
  afterAll(() => story.close());

  it('renews on the last day of February and on the 31st of March, counted from the beginning', async () => {
    await story.subscribe({ family: 'voice-ops', plan: 'pro' });
    const periodEnd = async () => (await story.subscription()).currentPeriod.end;
    expect(await periodEnd()).toBe('2027-02-28T10:00:00.000Z');
    await story.at('2027-02-28T12:00:00Z', 'the first renewal');
    expect(await periodEnd()).toBe('2027-03-31T10:00:00.000Z');
    await story.at('2027-03-31T12:00:00Z', 'the second renewal');
    expect(await periodEnd()).toBe('2027-04-30T10:00:00.000Z');
    expect(await story.invoices()).toEqual([
      '2027-01-31 paid $49.00',
      '2027-02-28 paid $49.00',
      '2027-03-31 paid $49.00',
    ]);
  });
});

describe('a failed payment goes down step by step', () => {
  let story: Scenario;
  beforeAll(async () => {
    story = await Scenario.open('Contoso Voice', { at: '2027-04-01T00:00:00Z' });
  }, 60_000);
  afterAll(() => story.close());

  const standing = async () => {
    const { status, access } = await story.subscription();
    story.tell(`  ${status}, access ${access}`);
    return { status, access };
  };

  it('keeps full access for seven days', async () => {
    await story.subscribe({ family: 'voice-ops', plan: 'business' });
    await story.at('2027-04-20T00:00:00Z', 'a card that will fail');
    await story.useCard('pm_card_chargeCustomerFail');
    await story.at('2027-05-01T02:00:00Z', 'the renewal was charged at 01:00 and failed');
    expect(await standing()).toEqual({ status: 'past_due', access: 'full' });
    expect((await story.subscription()).nextAccessStep).toEqual({
      access: 'restricted',
      at: '2027-05-08T01:00:00.000Z',
    });
    await story.at('2027-05-08T00:45:00Z', 'a quarter of an hour before the first step');
    expect(await standing()).toMatchObject({ access: 'full' });
    expect(await story.check('translation')).toMatchObject({ decision: 'allowed' });
  });

  it('is restricted from the seventh day on: no translation, no new clients, calls go on', async () => {
    await story.at('2027-05-08T01:00:00Z', 'seven days after the first failed attempt');
    expect(await standing()).toMatchObject({ access: 'restricted' });
    expect(await story.check('translation')).toMatchObject({
      decision: 'blocked',
      reason: 'payment_past_due',
    });
    expect(await story.check('call')).toMatchObject({ decision: 'allowed' });
    const refused = await story.own('POST', 'clients', { name: 'Too Late' });
    expect(refused.json.error.code).toBe('CLIENTS_WAIT_FOR_PAYMENT');
  });

  it('is suspended from the fourteenth day on, while usage is still taken', async () => {
    await story.at('2027-05-15T00:45:00Z', 'a quarter of an hour before the second step');
    expect(await standing()).toMatchObject({ access: 'restricted' });
    await story.at('2027-05-15T01:00:00Z', 'fourteen days after the first failed attempt');
    expect(await standing()).toMatchObject({ access: 'suspended' });
    expect(await story.check('call')).toMatchObject({ decision: 'blocked', reason: 'payment_required' });
    await story.use('call', '3');
  });

  it('has everything back with the payment', async () => {
    await story.at('2027-05-16T09:00:00Z', 'a new card pays the open invoice');
    await story.useCard('pm_card_visa');
    const { json } = await story.own('GET', 'billing/invoices?status=open');
    for (const { id } of json.items) {
      expect((await story.own('POST', `billing/invoices/${id}/pay`)).status).toBe(200);
    }
    await story.settle();
    expect(await standing()).toEqual({ status: 'active', access: 'full' });
    expect(await story.check('call')).toMatchObject({ decision: 'allowed', used: '3' });
    expect(await story.invoices()).toEqual(['2027-04-01 paid $149.00', '2027-05-01 paid $149.00']);
  });
});
