import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { liveMonth } from './live-month.ts';
import { Scenario } from './scenario.ts';

/** Every amount is worked out in docs/stories/fourteen-months.md. */
describe('voice operations through fourteen months from a 31st over a leap February', {
  timeout: 120_000,
}, () => {
  let story: Scenario;
  beforeAll(async () => {
    story = await Scenario.open('Litware Voice', { at: '2027-01-31T10:00:00Z' });
  }, 60_000);
  afterAll(() => story.close());

  it('pays for calls and minutes beyond the included ones', async () => {
    await story.subscribe({ family: 'voice-ops', plan: 'pro' });
    expect(await story.invoices()).toEqual(['2027-01-31 paid $49.00']);
    const uses = [
      ['call', '530', '2027-02-03T08:00:00Z'],
      ['minute', '5150', '2027-02-03T09:00:00Z'],
    ] as const;
    expect(await liveMonth(story, { uses, until: '2027-02-28T12:00:00Z' })).toEqual([
      'paid $49.00',
      'paid $6.00',
    ]);
  });

  it('pays its plan alone in ten months with nothing beyond', async () => {
    const ends = ['03-31', '04-30', '05-31', '06-30', '07-31', '08-31', '09-30', '10-31', '11-30', '12-31'];
    for (const end of ends) {
      const uses = [['transcription', '500', `2027-${end}T09:00:00Z`]] as const;
      expect(await liveMonth(story, { uses, until: `2027-${end}T12:00:00Z` })).toEqual(['paid $49.00']);
    }
  });

  it('is refused translations until it moves up with 14 of 29 days left', async () => {
    const january = [['call', '745', '2028-01-15T08:00:00Z']] as const;
    expect(await liveMonth(story, { uses: january, until: '2028-01-31T12:00:00Z' })).toEqual([
      'paid $24.50',
      'paid $49.00',
    ]);
    await story.at('2028-02-15T10:00:00Z', 'halfway through a leap February');
    expect(await story.check('translation')).toMatchObject({ decision: 'blocked', reason: 'not_in_plan' });
    const quote = await story.change({ family: 'voice-ops', plan: 'business', at: 'now' });
    expect(quote.dueNowMinor).toBe('4827');
    expect(await story.check('translation')).toMatchObject({ decision: 'allowed' });
    expect(await liveMonth(story, { until: '2028-02-29T12:00:00Z' })).toEqual(['paid $149.00']);
  });

  it('pays calls and translations beyond Business, and is back on Pro after the 31st of March', async () => {
    await story.at('2028-03-10T08:00:00Z', 'wants less from the next month on');
    const quote = await story.change({ family: 'voice-ops', plan: 'pro' });
    expect(quote).toMatchObject({ at: 'period_end', dueNowMinor: '0' });
    const uses = [
      ['call', '2050', '2028-03-11T08:00:00Z'],
      ['translation', '2010', '2028-03-12T08:00:00Z'],
    ] as const;
    expect(await liveMonth(story, { uses, until: '2028-03-31T12:00:00Z' })).toEqual([
      'paid $49.00',
      'paid $5.80',
    ]);
    expect((await story.subscription()).plan).toBe('pro');
  });
});
