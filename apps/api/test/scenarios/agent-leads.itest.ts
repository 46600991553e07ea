import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Scenario } from './scenario.ts';

describe('leads stop with the first failed payment', () => {
  let story: Scenario;
  beforeAll(async () => {
    story = await Scenario.open('Lumiere Prospection', { at: '2027-04-01T00:00:00Z', currency: 'EUR' });
  }, 60_000);
  afterAll(() => story.close());

  it('starts on Starter for 29 euros with a hundred leads', async () => {
    await story.subscribe({ family: 'agent-leads', plan: 'starter' });
    const taken = { organization: story.organization, feature: 'lead_qualified', quantity: '100', id: 'all' };
    expect((await story.call('POST', '/v1/limits/consume', taken)).status).toBe(200);
    const refused = await story.call('POST', '/v1/limits/consume', {
      ...taken,
      quantity: '1',
      id: 'one-more',
    });
    expect([refused.status, refused.json.reason]).toEqual([402, 'limit_reached']);
  });

  it('renews, and is suspended in the hour its next payment fails', async () => {
    await story.at('2027-05-01T02:00:00Z', 'the first renewal');
    expect(await story.check('lead_qualified')).toMatchObject({ decision: 'allowed', used: '0' });
    await story.at('2027-05-20T12:00:00Z', 'the card is replaced by one that will fail');
    await story.useCard('pm_card_chargeCustomerFail');
    await story.at('2027-06-01T02:00:00Z', 'the second renewal fails');
    expect(await story.subscription()).toMatchObject({
      status: 'past_due',
      access: 'suspended',
      pastDueSince: '2027-06-01T01:00:00.000Z',
    });
    expect(await story.check('lead_qualified')).toMatchObject({
      decision: 'blocked',
      reason: 'payment_required',
    });
  });

  it('still takes what is reported, and works again with the payment', async () => {
    await story.use('lead_qualified', '1');
    await story.at('2027-06-03T12:00:00Z', 'a new card pays');
    await story.useCard('pm_card_visa');
    const { json } = await story.own('GET', 'billing/invoices?status=open');
    for (const { id } of json.items) {
      expect((await story.own('POST', `billing/invoices/${id}/pay`)).json).toMatchObject({ status: 'paid' });
    }
    await story.settle();
    expect(await story.subscription()).toMatchObject({
      status: 'active',
      access: 'full',
      pastDueSince: null,
    });
    expect(await story.check('lead_qualified')).toMatchObject({ decision: 'allowed', used: '1' });
    expect(await story.invoices()).toEqual([
      '2027-04-01 paid €29.00',
      '2027-05-01 paid €29.00',
      '2027-06-01 paid €29.00',
    ]);
  });
});
