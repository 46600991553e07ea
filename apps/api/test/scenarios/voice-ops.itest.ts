import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Scenario } from './scenario.ts';

describe('a call center meets a limit and upgrades', () => {
  let story: Scenario;
  beforeAll(async () => {
    story = await Scenario.open('Lakeside Calls', { at: '2027-04-01T00:00:00Z' });
  }, 60_000);
  afterAll(() => story.close());

  it('starts on Pro for $49, where translation is no part of the plan', async () => {
    expect(await story.check('call')).toMatchObject({ decision: 'blocked' });
    await story.subscribe({ family: 'voice-ops', plan: 'pro' });
    expect(await story.check('call')).toMatchObject({ decision: 'allowed', limit: '500', remaining: '500' });
    expect(await story.check('translation')).toMatchObject({
      decision: 'blocked',
      reason: 'not_in_plan',
      upgradeTo: 'business',
    });
  });

  it('is told, and not stopped, when the included calls are used up', async () => {
    await story.at('2027-04-15T09:00:00Z', 'the five hundredth call');
    await story.use('call', '500');
    expect(await story.check('call')).toMatchObject({ decision: 'warned', used: '500', remaining: '0' });
  });

  it('pays half of the difference for the second half of the month', async () => {
    await story.at('2027-04-16T00:00:00Z', 'upgrades with 15 of 30 days left');
    const quote = await story.change({ family: 'voice-ops', plan: 'business' });
    // 149.00 / 2 − 49.00 / 2
    expect(quote.dueNowMinor).toBe('5000');
    expect(await story.check('translation')).toMatchObject({ decision: 'allowed', limit: '2000' });
    expect(await story.check('call')).toMatchObject({ decision: 'allowed', limit: '2000', used: '500' });
  });

  it('pays $149 at both renewals, and each call beyond 2 000 afterwards', async () => {
    await story.at('2027-05-01T02:00:00Z', 'the first renewal');
    await story.at('2027-05-20T12:00:00Z', 'more calls than included');
    await story.use('call', '2030');
    await story.at('2027-06-01T02:00:00Z', 'the second renewal');
    // 30 calls at $0.10
    expect(await story.invoices()).toEqual([
      '2027-04-01 paid $49.00',
      '2027-04-16 paid $50.00',
      '2027-05-01 paid $149.00',
      '2027-06-01 paid $149.00',
      '2027-06-01 paid $3.00',
    ]);
  });
});

describe('a call center that upgrades after a month over the limit', () => {
  let story: Scenario;
  beforeAll(async () => {
    story = await Scenario.open('Riverbend Calls', { at: '2027-04-01T00:00:00Z' });
  }, 60_000);
  afterAll(() => story.close());

  it('pays for the calls of that month by the plan it had then, whatever it changes to', async () => {
    await story.subscribe({ family: 'voice-ops', plan: 'pro' });
    await story.at('2027-04-20T12:00:00Z', 'twelve calls more than included');
    await story.use('call', '512');
    await story.at('2027-05-01T02:00:00Z', 'the first renewal');
    await story.at('2027-05-16T12:00:00Z', 'upgrades with 15.5 of 31 days left');
    const quote = await story.change({ family: 'voice-ops', plan: 'business' });
    // 149.00 / 2 − 49.00 / 2
    expect(quote.dueNowMinor).toBe('5000');
    await story.at('2027-06-01T02:00:00Z', 'the second renewal');
    // 12 calls at $0.10; Business would have included them.
    expect(await story.invoices()).toEqual([
      '2027-04-01 paid $49.00',
      '2027-05-01 paid $1.20',
      '2027-05-01 paid $49.00',
      '2027-05-16 paid $50.00',
      '2027-06-01 paid $149.00',
    ]);
  });
});
