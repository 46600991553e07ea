import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Scenario } from './scenario.ts';

describe('a studio buys seats and gives some back', () => {
  let story: Scenario;
  beforeAll(async () => {
    story = await Scenario.open('Tailspin Studio', { at: '2027-04-01T00:00:00Z' });
  }, 60_000);
  afterAll(() => story.close());

  it('pays $49 for each of five seats', async () => {
    await story.subscribe({ family: 'agent-studio', plan: 'pro', quantity: '5' });
    const reported = await story.own('PUT', 'gauges/users', { value: '5' });
    expect(reported.json).toEqual({ value: '5', limit: '5' });
    expect(await story.check('users')).toMatchObject({ decision: 'blocked', reason: 'limit_reached' });
  });

  it('pays for three more seats for the rest of the month, and may use them at once', async () => {
    await story.at('2027-04-16T00:00:00Z', 'three people join with 15 of 30 days left');
    const quote = await story.change({ family: 'agent-studio', quantity: '8' });
    // 8 × 49.00 / 2 − 5 × 49.00 / 2 = 196.00 − 122.50
    expect(quote.dueNowMinor).toBe('7350');
    expect(await story.check('users', '3')).toMatchObject({ decision: 'allowed', limit: '8' });
  });

  it('keeps the seats until the end of the paid month when it gives two back', async () => {
    await story.at('2027-05-01T02:00:00Z', 'the first renewal');
    await story.at('2027-05-10T09:00:00Z', 'two people leave');
    const quote = await story.change({ family: 'agent-studio', quantity: '6' });
    expect(quote).toMatchObject({
      at: 'period_end',
      dueNowMinor: '0',
      effectiveAt: '2027-06-01T00:00:00.000Z',
    });
    expect((await story.subscription()).scheduledChange).toMatchObject({
      plan: 'pro',
      quantity: '6',
      at: '2027-06-01T00:00:00.000Z',
    });
    expect(await story.check('users')).toMatchObject({ limit: '8' });
    await story.at('2027-06-01T02:00:00Z', 'the second renewal');
    expect(await story.check('users')).toMatchObject({ limit: '6' });
    // 5 × 49.00; the difference; 8 × 49.00; 6 × 49.00
    expect(await story.invoices()).toEqual([
      '2027-04-01 paid $245.00',
      '2027-04-16 paid $73.50',
      '2027-05-01 paid $392.00',
      '2027-06-01 paid $294.00',
    ]);
  });
});
