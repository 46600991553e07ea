import { buyMissingSeats } from '@metergate/core/payments/seats/buy-missing-seats';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Scenario } from './scenario.ts';

describe('a studio lets seats be bought when people join', () => {
  let story: Scenario;
  beforeAll(async () => {
    story = await Scenario.open('Wingtip Studio', { at: '2027-04-01T00:00:00Z' });
    await story.subscribe({ family: 'agent-studio', plan: 'pro', quantity: '5' });
    await story.own('PUT', 'gauges/users', { value: '5' });
  }, 60_000);
  afterAll(() => story.close());

  /** Agrees and waits until every process has heard it: rights are kept in memory for moments. */
  const agree = async (max: number) => {
    const agreed = await story.asOwner('organizations.setAutoBuySeats', { max });
    story.heard();
    return agreed;
  };
  const seats = async () =>
    (await story.subscription()).items.map(({ quantity }: { quantity: string }) => quantity);

  it('refuses the sixth person while nobody agreed to it, and says what helps', async () => {
    expect(await story.take('users', '1')).toMatchObject({
      decision: 'blocked',
      reason: 'limit_reached',
      limit: '5',
      message:
        'Users: 5 seats are bought and more would be needed. An owner can buy seats, or let them be bought automatically.',
    });
    expect(await seats()).toEqual(['5']);
  });

  it.each([
    ['no number', {}],
    ['no seat', { max: 0 }],
    ['fewer than none', { max: -1 }],
    ['half a seat', { max: 1.5 }],
    ['a billion', { max: 1e9 }],
    ['words', { max: 'many' }],
  ])('is not agreed to with %s', async (_what, input) => {
    expect((await story.asOwner('organizations.setAutoBuySeats', input)).status).toBe(400);
  });

  it('lets three people in at once within what the owner agreed to, and charges once for the three', async () => {
    await story.at('2027-04-16T00:00:00Z', 'an owner agrees to 8 seats; 15 of 30 days are left');
    const agreed = await agree(8);
    expect(agreed.json.result.data.settings).toMatchObject({ autoBuySeats: true, autoBuySeatsMax: 8 });
    expect(await story.take('users', '3', 'three-join')).toMatchObject({ decision: 'allowed', limit: '8' });
    expect(await story.take('users', '3', 'three-join')).toMatchObject({ decision: 'allowed', used: '8' });
    await story.settle();
    expect(await seats()).toEqual(['8']);
    // 8 × 49.00 / 2 − 5 × 49.00 / 2 = 73.50
    expect(await story.invoices()).toEqual(['2027-04-01 paid $245.00', '2027-04-16 paid $73.50']);
    // The eighth of eight seats is worth one alert, not one of 80 % too; in which order mails are written is no promise.
    const mails = (await story.mails()).sort();
    expect(mails).toEqual(['limit_alert', 'receipt', 'receipt', 'seats_bought']);
  });

  it('refuses whoever is beyond the number agreed to', async () => {
    expect(await story.take('users', '1')).toMatchObject({
      decision: 'blocked',
      limit: '8',
      message: 'Users: seats are bought automatically up to 8. An owner can raise this or buy more.',
    });
  });

  it('charges once when ten people come at the same time and two workers look at the same time', async () => {
    await agree(10);
    const answers = await Promise.all(Array.from({ length: 10 }, () => story.take('users', '1')));
    expect(answers.filter(({ decision }) => decision === 'allowed')).toHaveLength(2);
    const outcomes = await Promise.all([1, 2, 3].map(() => story.asWorker(buyMissingSeats)));
    expect(outcomes).toContain('bought');
    expect(outcomes.filter((outcome) => outcome === 'bought')).toHaveLength(1);
    await story.settle();
    expect(await seats()).toEqual(['10']);
    // 2 × 49.00 / 2
    expect(await story.invoices()).toEqual([
      '2027-04-01 paid $245.00',
      '2027-04-16 paid $49.00',
      '2027-04-16 paid $73.50',
    ]);
  });

  it('keeps a change of the interval that is scheduled, with the new number of seats', async () => {
    await story.change({ family: 'agent-studio', interval: 'year', at: 'period_end' });
    await agree(11);
    expect(await story.take('users', '1')).toMatchObject({ decision: 'allowed' });
    await story.settle();
    expect(await seats()).toEqual(['11']);
    expect((await story.subscription()).scheduledChange).toMatchObject({ interval: 'year', quantity: '11' });
    await story.asOwner('subscriptions.undoScheduledChange', {
      subscriptionId: (await story.subscription()).id,
    });
  });

  it('ends the agreement instead of trying a declined card again and again', async () => {
    const before = await story.invoices();
    await story.useCard('pm_card_chargeCustomerFail');
    await agree(20);
    expect(await story.take('users', '1')).toMatchObject({ decision: 'allowed', used: '12', limit: '20' });
    await story.settle();
    expect(await seats()).toEqual(['11']);
    expect(await story.invoices()).toEqual(before);
    expect((await story.mails()).at(-1)).toBe('seats_auto_buy_stopped');
    expect(await story.take('users', '1')).toMatchObject({ decision: 'blocked', limit: '11' });
    const { json } = await story.own('GET', '');
    expect(json.settings).toMatchObject({ autoBuySeats: false, autoBuySeatsMax: null });
  });

  it('buys what is missing when the owner agrees again and the card is good', async () => {
    await story.useCard('pm_card_visa');
    await agree(20);
    await story.settle();
    expect(await seats()).toEqual(['12']);
  });

  it('waits while Stripe is away and buys when it is back', async () => {
    await story.outage(true);
    expect(await story.take('users', '1')).toMatchObject({ decision: 'allowed' });
    await story.settle();
    expect(await seats()).toEqual(['12']);
    await story.outage(false);
    await story.settle();
    expect(await seats()).toEqual(['13']);
  });

  it('buys nothing for a subscription that ends, and lets nobody in who would need it', async () => {
    const { id } = await story.subscription();
    await story.own('POST', `billing/subscriptions/${id}/cancel`, { at: 'period_end' });
    await story.settle();
    expect(await story.take('users', '1')).toMatchObject({ decision: 'blocked', limit: '13' });
    await story.own('PUT', 'gauges/users', { value: '15' });
    await story.settle();
    expect(await seats()).toEqual(['13']);
  });
});
