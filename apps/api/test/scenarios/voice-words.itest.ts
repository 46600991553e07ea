import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Scenario } from './scenario.ts';

describe('words are charged one by one', () => {
  let story: Scenario;
  beforeAll(async () => {
    story = await Scenario.open('Wingtip Words', { at: '2027-04-01T00:00:00Z' });
  }, 60_000);
  afterAll(() => story.close());

  it('costs $29 before the first word', async () => {
    await story.subscribe({ family: 'voice-words', plan: 'basic' });
    expect(await story.invoices()).toEqual(['2027-04-01 paid $29.00']);
  });

  it('bills the words so far when it is asked to, once', async () => {
    await story.at('2027-04-16T12:00:00Z', 'wants an invoice in the middle of the month');
    await story.use('stt_words', '10001');
    const billed = await story.own('POST', 'billing/usage-invoices', {});
    // 10 001 × $0.001 = 10.001 → 10.00
    expect([billed.status, billed.json.invoice.totalMinor]).toEqual([201, '1000']);
    const again = await story.own('POST', 'billing/usage-invoices', {});
    expect([again.status, again.json.reason]).toEqual([200, 'nothing_to_bill']);
  });

  it('bills the rest after the month, so that both invoices are the price of all words', async () => {
    await story.at('2027-04-28T08:00:00Z', 'more words');
    await story.use('stt_words', '2344');
    await story.at('2027-05-01T02:00:00Z', 'the first renewal');
    // 12 345 × $0.001 = 12.345, half away from zero → 12.35; 10.00 of it is billed already.
    expect(await story.invoices()).toEqual([
      '2027-04-01 paid $29.00',
      '2027-04-16 paid $10.00',
      '2027-05-01 paid $2.35',
      '2027-05-01 paid $29.00',
    ]);
  });

  it('puts spoken words of May on the usage invoice of June', async () => {
    await story.at('2027-05-12T08:00:00Z', 'reads aloud');
    await story.use('tts_words', '500');
    await story.at('2027-06-01T02:00:00Z', 'the second renewal');
    // 500 × $0.001
    expect((await story.invoices()).slice(-2)).toEqual(['2027-06-01 paid $0.50', '2027-06-01 paid $29.00']);
  });
});
