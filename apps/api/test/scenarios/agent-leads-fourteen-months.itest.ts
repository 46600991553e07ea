import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { liveMonth } from './live-month.ts';
import { Scenario } from './scenario.ts';

/** Every amount is worked out in docs/stories/fourteen-months.md. */
describe('leads through fourteen months from a 31st over a leap February', { timeout: 120_000 }, () => {
  let story: Scenario;
  beforeAll(async () => {
    story = await Scenario.open('Proseware Leads', { at: '2027-01-31T10:00:00Z' });
  }, 60_000);
  afterAll(() => story.close());

  const consume = async (id: string, quantity: string) => {
    const body = { organization: story.organization, feature: 'lead_qualified', quantity, id };
    return (await story.call('POST', '/v1/limits/consume', body)).json;
  };

  /** The hour in which they happened closes and is reported to Stripe before the month ends. */
  const lead = async (day: string, quantity: string) => {
    await story.at(`${day}T08:00:00Z`, 'leads');
    await story.use('lead_qualified', quantity);
    await story.at(`${day}T09:00:00Z`, 'the hour is reported');
  };

  it('has a hundred leads a month on Starter, and a hundred again in the next one', async () => {
    await story.subscribe({ family: 'agent-leads', plan: 'starter' });
    expect(await consume('february', '100')).toMatchObject({ decision: 'allowed', remaining: '0' });
    expect(await consume('one-too-many', '1')).toMatchObject({
      decision: 'blocked',
      reason: 'limit_reached',
      resetsAt: '2027-02-28T10:00:00.000Z',
    });
    expect(await liveMonth(story, { until: '2027-02-28T12:00:00Z' })).toEqual(['paid $29.00']);
    expect(await consume('march', '100')).toMatchObject({ decision: 'allowed' });
    for (const end of ['03-31', '04-30', '05-31']) {
      expect(await liveMonth(story, { until: `2027-${end}T12:00:00Z` })).toEqual(['paid $29.00']);
    }
  });

  it('moves to Growth with the end of a month and pays every lead from then on', async () => {
    await story.at('2027-06-10T08:00:00Z', 'wants no ceiling from July on');
    const quote = await story.change({ family: 'agent-leads', plan: 'growth', at: 'period_end' });
    expect(quote).toMatchObject({ dueNowMinor: '0', effectiveAt: '2027-06-30T10:00:00.000Z' });
    expect(await liveMonth(story, { until: '2027-06-30T12:00:00Z' })).toEqual(['paid $99.00']);
    await lead('2027-07-10', '7');
    expect(await liveMonth(story, { until: '2027-07-31T12:00:00Z' })).toEqual(['paid $113.00']);
  });

  it('pays months without a lead, and months with many', async () => {
    for (const [end, leads, total] of [
      ['2027-08-31', null, '$99.00'],
      ['2027-09-30', '1', '$101.00'],
      ['2027-10-31', null, '$99.00'],
      ['2027-11-30', '250', '$599.00'],
      ['2027-12-31', null, '$99.00'],
      ['2028-01-31', '12', '$123.00'],
      ['2028-02-29', '29', '$157.00'],
      ['2028-03-31', '31', '$161.00'],
    ] as const) {
      if (leads !== null) await lead(`${end.slice(0, 8)}12`, leads);
      expect(await liveMonth(story, { until: `${end}T12:00:00Z` })).toEqual([`paid ${total}`]);
    }
  });
});
