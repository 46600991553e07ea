import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { liveMonth } from './live-month.ts';
import { Scenario } from './scenario.ts';

/** Every amount is worked out in docs/stories/fourteen-months.md. */
describe('an agency through fourteen months from a 31st over a leap February', { timeout: 120_000 }, () => {
  let story: Scenario;
  beforeAll(async () => {
    story = await Scenario.open('Meridian Agency', { at: '2027-01-31T10:00:00Z' });
  }, 60_000);
  afterAll(() => story.close());

  const quiet = (until: string) => liveMonth(story, { until });

  it('begins with two clients', async () => {
    for (const name of ['Harbor Dental', 'Pine Optics']) {
      expect((await story.own('POST', 'clients', { name, externalId: name })).status).toBe(201);
    }
    await story.subscribe({ family: 'agency', plan: 'agency' });
    expect(await story.invoices()).toEqual(['2027-01-31 paid $197.00']);
  });

  it('charges nothing for messages up to the last included one', async () => {
    const uses = [['message', '7000', '2027-02-10T08:00:00Z']] as const;
    expect(await liveMonth(story, { uses, until: '2027-02-28T12:00:00Z' })).toEqual(['paid $197.00']);
  });

  it('charges what goes beyond on an invoice of its own, every meter once', async () => {
    const march = [['message', '7250', '2027-03-03T08:00:00Z']] as const;
    expect(await liveMonth(story, { uses: march, until: '2027-03-31T12:00:00Z' })).toEqual([
      'paid $197.00',
      'paid $2.50',
    ]);
    const april = [
      ['voice_transcription', '612', '2027-04-05T08:00:00Z'],
      ['message', '7123', '2027-04-06T08:00:00Z'],
    ] as const;
    expect(await liveMonth(story, { uses: april, until: '2027-04-30T12:00:00Z' })).toEqual([
      'paid $197.00',
      'paid $6.83',
    ]);
  });

  it('charges a client who joins with 15 of 31 days left with the next invoice', async () => {
    await story.at('2027-05-16T10:00:00Z', 'Cedar Veterinary joins');
    const body = { name: 'Cedar Veterinary', externalId: 'cedar' };
    expect((await story.own('POST', 'clients', body)).status).toBe(201);
    await story.settle();
    expect(await quiet('2027-05-31T12:00:00Z')).toEqual(['paid $269.71']);
    const uses = [['message', '8400', '2027-06-03T08:00:00Z']] as const;
    expect(await liveMonth(story, { uses, until: '2027-06-30T12:00:00Z' })).toEqual([
      'paid $246.00',
      'paid $4.00',
    ]);
    expect(await quiet('2027-07-31T12:00:00Z')).toEqual(['paid $246.00']);
  });

  it('gives back a client who leaves with 21 of 31 days left with the next invoice', async () => {
    await story.at('2027-08-10T10:00:00Z', 'Cedar Veterinary leaves');
    expect((await story.own('DELETE', 'clients/cedar')).status).toBe(200);
    await story.settle();
    expect(await quiet('2027-08-31T12:00:00Z')).toEqual(['paid $163.81']);
    expect(await quiet('2027-09-30T12:00:00Z')).toEqual(['paid $197.00']);
  });

  it('charges messages that were reported after the freeze as an adjustment', async () => {
    const uses = [['message', '7000', '2027-10-20T08:00:00Z']] as const;
    expect(await liveMonth(story, { uses, until: '2027-10-31T12:00:00Z' })).toEqual(['paid $197.00']);
    await story.at('2027-11-05T09:00:00Z', '300 messages of 20 October are reported');
    await story.use('message', '300', '2027-10-20T09:00:00Z');
    await story.at('2027-11-05T10:00:00Z', 'the difference waits for the next invoice');
    expect(await quiet('2027-11-30T12:00:00Z')).toEqual(['paid $200.00']);
    expect(await story.linesOfNewest('paid')).toMatchObject({
      'Messages: adjustment for 2027-09-30 to 2027-10-31 (7,300 in all)': '$3.00',
    });
    expect(await quiet('2027-12-31T12:00:00Z')).toEqual(['paid $197.00']);
    expect(await quiet('2028-01-31T12:00:00Z')).toEqual(['paid $197.00']);
  });

  it('ends its thirteenth period on 29 February, to the second', async () => {
    const uses = [
      ['message', '7500', '2028-02-10T08:00:00Z'],
      ['message', '100', '2028-02-29T09:59:59Z'],
      ['message', '500', '2028-02-29T10:00:00Z'],
    ] as const;
    expect(await liveMonth(story, { uses, until: '2028-02-29T12:00:00Z' })).toEqual([
      'paid $197.00',
      'paid $6.00',
    ]);
    const march = [['message', '7000', '2028-03-02T08:00:00Z']] as const;
    expect(await liveMonth(story, { uses: march, until: '2028-03-31T12:00:00Z' })).toEqual([
      'paid $197.00',
      'paid $5.00',
    ]);
  });
});
