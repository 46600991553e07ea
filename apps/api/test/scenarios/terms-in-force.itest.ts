import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Scenario } from './scenario.ts';

describe('a plan that changes in the middle of a month', () => {
  let story: Scenario;
  beforeAll(async () => {
    story = await Scenario.open('Tidewater Leads', { at: '2027-04-01T00:00:00Z' });
  }, 60_000);
  afterAll(() => story.close());

  it('leaves the leads before the upgrade to Starter, where they cost nothing', async () => {
    await story.subscribe({ family: 'agent-leads', plan: 'starter' });
    await story.at('2027-04-05T10:00:00Z', 'thirty leads on Starter');
    await story.use('lead_qualified', '30');
    await story.at('2027-04-16T00:00:00Z', 'half of the month is over');
    await story.change({ family: 'agent-leads', plan: 'growth', at: 'now' });
    await story.at('2027-04-20T10:00:00Z', 'seven leads on Growth');
    await story.use('lead_qualified', '7');
    await story.at('2027-04-20T12:00:00Z', 'the hour closes and is reported');
    await story.at('2027-05-01T02:00:00Z', 'the renewal: 99.00 + 7 × 2.00 = 113.00');
    expect(await story.invoices()).toEqual([
      '2027-04-01 paid $29.00',
      // Half a month: −29.00 ÷ 2 + 99.00 ÷ 2.
      '2027-04-16 paid $35.00',
      '2027-05-01 paid $113.00',
    ]);
  });

  it('charges the leads before a downgrade, although Growth is gone when the month closes', async () => {
    await story.at('2027-05-10T10:00:00Z', 'ten leads on Growth');
    await story.use('lead_qualified', '10');
    await story.at('2027-05-10T12:00:00Z', 'the hour closes and is reported');
    await story.at('2027-05-16T12:00:00Z', 'back to Starter at once');
    await story.change({ family: 'agent-leads', plan: 'starter', at: 'now' });
    await story.at('2027-05-20T10:00:00Z', 'four leads on Starter');
    await story.use('lead_qualified', '4');
    await story.at('2027-06-01T02:00:00Z', 'Stripe’s invoice knows nothing of the ten leads');
    await story.at('2027-07-01T02:00:00Z', 'the next one has them: 10 × 2.00 = 20.00');
    expect(await story.linesOfNewest('paid')).toMatchObject({
      'Qualified leads: adjustment for 2027-05-01 to 2027-05-16 (10 in all)': '$20.00',
    });
  });

  it('proves each part of the months by itself', async () => {
    await story.at('2027-07-01T03:00:00Z', 'the proofs are in');
    const { items } = (await story.own('GET', 'billing/usage-proofs')).json;
    expect(items).toMatchObject([
      {
        period: { start: '2027-05-01T00:00:00.000Z', end: expect.stringMatching(/^2027-05-16T12:00/) },
        billedMinor: '2000',
        verdict: 'equal',
      },
      { eventsQuantity: '7', toldQuantity: '7', billedMinor: '1400', verdict: 'equal' },
    ]);
  });

  it('charges a lead of the first half of April that comes late nothing, for it belongs to Starter', async () => {
    await story.at('2027-07-02T00:00:00Z', 'a backfill reaches back to April');
    const event = {
      id: 'late-april',
      organization: story.organization,
      meter: 'lead_qualified',
      quantity: '5',
    };
    const backfill = (id: string, occurredAt: string) =>
      story.call('POST', '/v1/usage-backfills', {
        organization: story.organization,
        reason: 'found in an old export',
        events: [{ ...event, id, occurredAt }],
      });
    expect((await backfill('late-starter', '2027-04-10T10:00:00Z')).status).toBe(200);
    expect((await backfill('late-growth', '2027-04-25T10:00:00Z')).status).toBe(200);
    await story.at('2027-07-02T02:00:00Z', 'billing looks at April again');
    await story.at('2027-08-01T02:00:00Z', '29.00 + 5 × 2.00 for April');
    expect(await story.linesOfNewest('paid')).toMatchObject({
      'Qualified leads: adjustment for 2027-04-16 to 2027-05-01 (12 in all)': '$10.00',
    });
  });
});
