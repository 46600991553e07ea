import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Scenario } from './scenario.ts';

const family = 'agent-leads';
const own = (unitPrice: string) => ({ feature: 'lead_qualified', unitPrice, reason: 'agreed by mail' });

describe('dinars have a thousand fils, and an organization without a subscription pays nothing', () => {
  let story: Scenario;
  beforeAll(async () => {
    story = await Scenario.open('Kuwait Leads', { at: '2027-04-01T00:00:00Z', currency: 'KWD' });
  }, 60_000);
  afterAll(() => story.close());

  it('is blocked before it has a plan; what it uses all the same is counted', async () => {
    expect(await story.check('lead_qualified')).toMatchObject({
      decision: 'blocked',
      reason: 'no_subscription',
    });
    await story.use('lead_qualified', '5');
    await story.at('2027-04-02T00:00:00Z', 'buys Growth, 31.000, and agrees on 0.0625 a lead');
    await story.subscribe({ family, plan: 'growth' });
    expect((await story.staff('subscriptions.setPrice', own('0.0625'))).status).toBe(200);
    expect(await story.invoices()).toEqual(['2027-04-02 paid KWD\u00a031.000']);
  });

  it('pays 1 007 × 0.0625 = 62.9375 as 62.940: dinars are charged in tens of fils', async () => {
    await story.at('2027-04-10T12:00:00Z', '1 007 leads');
    await story.use('lead_qualified', '1007');
    await story.at(
      '2027-05-02T03:00:00Z',
      'the month is closed; the five leads from before the plan are not in it',
    );
    await story.at('2027-05-02T05:00:00Z', 'everything is billed');
    expect((await story.invoices()).slice(1)).toEqual([
      '2027-05-02 paid KWD\u00a031.000',
      '2027-05-02 paid KWD\u00a062.940',
    ]);
  });

  it('pays for a late lead what is missing to 1 008 × 0.0625 = 63.000', async () => {
    await story.at('2027-05-05T12:00:00Z', 'one lead of 20 April');
    await story.use('lead_qualified', '1', '2027-04-20T12:00:00Z');
    await story.at('2027-05-06T00:00:00Z', 'what is missing waits for the next invoice');
    await story.at('2027-06-02T03:00:00Z', 'the renewal carries 63.000 − 62.940 = 0.060');
    expect((await story.invoices()).at(-1)).toBe('2027-06-02 paid KWD\u00a031.060');
  });

  it('ends with what was used last, and is blocked again', async () => {
    await story.at('2027-06-10T12:00:00Z', '16 leads, and it cancels');
    await story.use('lead_qualified', '16');
    const { id } = await story.subscription();
    expect((await story.own('POST', `billing/subscriptions/${id}/cancel`, {})).status).toBe(200);
    await story.at('2027-07-02T03:00:00Z', '16 × 0.0625 = 1.000');
    await story.at('2027-07-02T05:00:00Z', 'nothing is left to bill');
    expect((await story.invoices()).at(-1)).toBe('2027-07-02 paid KWD\u00a01.000');
    expect(await story.check('lead_qualified')).toMatchObject({
      decision: 'blocked',
      reason: 'no_subscription',
    });
    await story.use('lead_qualified', '3');
    await story.at('2027-08-10T00:00:00Z', 'what it uses afterwards is counted and not billed');
    expect(await story.invoices()).toHaveLength(5);
  });
});

describe('yen have nothing smaller', () => {
  let story: Scenario;
  beforeAll(async () => {
    story = await Scenario.open('Osaka Leads', { at: '2027-04-01T00:00:00Z', currency: 'JPY' });
    await story.subscribe({ family, plan: 'growth' });
    await story.staff('subscriptions.setPrice', own('0.5'));
  }, 60_000);
  afterAll(() => story.close());

  it('pays 1 005 × 0.5 = 502.5 as 503, and for two late leads 503.5 → 504 less 503', async () => {
    await story.at('2027-04-10T12:00:00Z', '1 005 leads');
    await story.use('lead_qualified', '1005');
    await story.at('2027-05-01T03:00:00Z', 'the month is closed');
    await story.at('2027-05-01T05:00:00Z', 'everything is billed');
    expect((await story.invoices()).slice(1)).toEqual(['2027-05-01 paid ¥14,800', '2027-05-01 paid ¥503']);
    await story.at('2027-05-04T12:00:00Z', 'two leads of 20 April');
    await story.use('lead_qualified', '2', '2027-04-20T12:00:00Z');
    await story.at('2027-05-06T00:00:00Z', 'what is missing waits for the next invoice');
    await story.at('2027-06-01T03:00:00Z', 'the renewal carries one yen');
    expect((await story.invoices()).at(-1)).toBe('2027-06-01 paid ¥14,801');
  });
});
