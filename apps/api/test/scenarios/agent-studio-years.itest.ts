import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { liveMonth } from './live-month.ts';
import { Scenario } from './scenario.ts';

/** Every amount is worked out in docs/stories/fourteen-months.md. */
describe('a studio pays by the month, by the year and by the month again', { timeout: 120_000 }, () => {
  let story: Scenario;
  beforeAll(async () => {
    story = await Scenario.open('Adatum Studio', { at: '2027-01-31T10:00:00Z' });
  }, 60_000);
  afterAll(() => story.close());

  const quiet = (until: string) => liveMonth(story, { until });

  it('pays for three seats from the 31st of January on', async () => {
    await story.subscribe({ family: 'agent-studio', plan: 'pro', quantity: '3' });
    for (const end of ['02-28', '03-31', '04-30']) {
      expect(await quiet(`2027-${end}T12:00:00Z`)).toEqual(['paid $147.00']);
    }
  });

  it('pays at once for two more seats with 15 of 31 days left', async () => {
    await story.at('2027-05-16T10:00:00Z', 'two people join');
    const quote = await story.change({ family: 'agent-studio', quantity: '5' });
    expect(quote.dueNowMinor).toBe('4742');
    for (const end of ['05-31', '06-30', '07-31', '08-31']) {
      expect(await quiet(`2027-${end}T12:00:00Z`)).toEqual(['paid $245.00']);
    }
  });

  it('begins a year with 15 of 30 days left, and is given those back', async () => {
    await story.at('2027-09-15T10:00:00Z', 'switches to yearly');
    const quote = await story.change({ family: 'agent-studio', interval: 'year', at: 'now' });
    expect(quote.dueNowMinor).toBe('232750');
    expect((await story.subscription()).currentPeriod).toEqual({
      start: '2027-09-15T10:00:00.000Z',
      end: '2028-09-15T10:00:00.000Z',
    });
  });

  it('pays 199 of 366 days of a seat that joins on 29 February', async () => {
    expect(await quiet('2028-02-29T10:00:00Z')).toEqual([]);
    const quote = await story.change({ family: 'agent-studio', quantity: '6' });
    expect(quote.dueNowMinor).toBe('26642');
    expect(await quiet('2028-03-31T12:00:00Z')).toEqual([]);
  });

  it('is back to monthly payment when the year is over', async () => {
    await story.at('2028-09-01T10:00:00Z', 'switches back');
    const quote = await story.change({ family: 'agent-studio', interval: 'month' });
    expect(quote).toMatchObject({ at: 'period_end', dueNowMinor: '0' });
    expect(await quiet('2028-09-15T12:00:00Z')).toEqual(['paid $294.00']);
    expect((await story.subscription()).currentPeriod.end).toBe('2028-10-15T10:00:00.000Z');
    expect(await quiet('2028-10-15T12:00:00Z')).toEqual(['paid $294.00']);
  });
});
