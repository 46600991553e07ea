import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { liveMonth } from './live-month.ts';
import { Scenario } from './scenario.ts';

/** Every amount is worked out in docs/stories/fourteen-months.md. */
describe('words through fourteen months from a 31st over a leap February', { timeout: 120_000 }, () => {
  let story: Scenario;
  beforeAll(async () => {
    story = await Scenario.open('Fabrikam Words', { at: '2027-01-31T10:00:00Z' });
  }, 60_000);
  afterAll(() => story.close());

  const quiet = (until: string) => liveMonth(story, { until });

  it('rounds every meter once, half away from zero', async () => {
    await story.subscribe({ family: 'voice-words', plan: 'basic' });
    const uses = [
      ['stt_words', '12345', '2027-02-03T08:00:00Z'],
      ['tts_words', '777', '2027-02-04T08:00:00Z'],
    ] as const;
    expect(await liveMonth(story, { uses, until: '2027-02-28T12:00:00Z' })).toEqual([
      'paid $13.13',
      'paid $29.00',
    ]);
  });

  it('bills three parts of one month to the price of the whole', async () => {
    for (const [day, words, total] of [
      ['10', '1234', '123'],
      ['20', '1234', '124'],
    ] as const) {
      await story.at(`2027-03-${day}T08:00:00Z`, 'bills so far');
      await story.use('stt_words', words);
      const billed = await story.own('POST', 'billing/usage-invoices', {});
      expect(billed.json.invoice.totalMinor).toBe(total);
    }
    const uses = [['stt_words', '1234', '2027-03-25T08:00:00Z']] as const;
    expect(await liveMonth(story, { uses, until: '2027-03-31T12:00:00Z' })).toEqual([
      'paid $1.23',
      'paid $29.00',
    ]);
    expect(await quiet('2027-04-30T12:00:00Z')).toEqual(['paid $29.00']);
    expect(await quiet('2027-05-31T12:00:00Z')).toEqual(['paid $29.00']);
  });

  it('moves up with 15 of 30 days left', async () => {
    await story.at('2027-06-15T10:00:00Z', 'wants Pro');
    const quote = await story.change({ family: 'voice-words', plan: 'pro', at: 'now' });
    expect(quote.dueNowMinor).toBe('3500');
    for (const end of ['06-30', '07-31']) {
      expect(await quiet(`2027-${end}T12:00:00Z`)).toEqual(['paid $99.00']);
    }
  });

  it('is given words back that are voided after their month was paid', async () => {
    const uses = [['stt_words', '10000', '2027-08-20T08:00:00Z']] as const;
    expect(await liveMonth(story, { uses, until: '2027-08-31T12:00:00Z' })).toEqual([
      'paid $10.00',
      'paid $99.00',
    ]);
    await story.at('2027-09-05T08:00:00Z', 'they were counted by mistake');
    await story.voidUsage('stt_words', '10000', '2027-08-20T08:00:00Z');
    await story.at('2027-09-05T09:00:00Z', 'the difference waits for the next invoice');
    expect(await quiet('2027-09-30T12:00:00Z')).toEqual(['paid $89.00']);
    for (const end of ['2027-10-31', '2027-11-30', '2027-12-31', '2028-01-31']) {
      expect(await quiet(`${end}T12:00:00Z`)).toEqual(['paid $99.00']);
    }
  });

  it('counts a word at 09:59:59 on 29 February to February and one second later to March', async () => {
    const uses = [
      ['tts_words', '2000', '2028-02-29T09:59:59Z'],
      ['tts_words', '3000', '2028-02-29T10:00:00Z'],
    ] as const;
    expect(await liveMonth(story, { uses, until: '2028-02-29T12:00:00Z' })).toEqual([
      'paid $2.00',
      'paid $99.00',
    ]);
    expect(await quiet('2028-03-31T12:00:00Z')).toEqual(['paid $3.00', 'paid $99.00']);
  });
});
