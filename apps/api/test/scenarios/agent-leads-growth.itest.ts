import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Scenario } from './scenario.ts';

describe('qualified leads at two dollars each', () => {
  let story: Scenario;
  beforeAll(async () => {
    story = await Scenario.open('Harbor Leads', { at: '2027-04-01T00:00:00Z' });
  }, 60_000);
  afterAll(() => story.close());

  it('starts on Growth for 99 dollars without a ceiling', async () => {
    await story.subscribe({ family: 'agent-leads', plan: 'growth' });
    expect(await story.check('lead_qualified', '1000')).toMatchObject({ decision: 'allowed', limit: null });
  });

  it('pays 7 leads of April with the renewal of May', async () => {
    await story.at('2027-04-03T09:10:00Z', 'leads come in');
    await story.use('lead_qualified', '3');
    await story.at('2027-04-03T09:40:00Z', 'more in the same hour');
    await story.use('lead_qualified', '2');
    await story.at('2027-04-20T15:00:00Z', 'a quiet month otherwise');
    await story.use('lead_qualified', '2');
    await story.at('2027-04-20T16:00:00Z', 'the hour closes and is reported');
    await story.at('2027-05-01T02:00:00Z', 'the first renewal: 99.00 + 7 × 2.00 = 113.00');
    expect(await story.invoices()).toEqual(['2027-04-01 paid $99.00', '2027-05-01 paid $113.00']);
  });

  it('charges a lead that was reported too late as an adjustment that names its month', async () => {
    await story.at('2027-05-10T12:00:00Z', 'one lead of April is reported in May');
    await story.use('lead_qualified', '1', '2027-04-28T12:00:00Z');
    await story.use('lead_qualified', '10');
    await story.at('2027-05-10T13:00:00Z', 'ten leads of May are reported');
    await story.at('2027-06-01T02:00:00Z', 'the second renewal: 99.00 + 10 × 2.00 + 2.00 = 121.00');
    expect(await story.invoices()).toEqual([
      '2027-04-01 paid $99.00',
      '2027-05-01 paid $113.00',
      '2027-06-01 paid $121.00',
    ]);
    expect(await story.linesOfNewest('paid')).toMatchObject({
      'Qualified leads: adjustment for 2027-04-01 to 2027-05-01 (8 in all)': '$2.00',
    });
  });

  it('proves of every closed month that events, totals, the meter at Stripe and the invoices agree', async () => {
    await story.at('2027-06-01T03:00:00Z', 'the proofs are in');
    const { items } = (await story.own('GET', 'billing/usage-proofs')).json;
    expect(items).toMatchObject([
      { bucketsQuantity: '10', toldQuantity: '10', toldSource: 'stripe', invoicedMinor: '2000' },
      // Seven were told in time; the eighth came too late for the meter and was billed by an adjustment.
      { eventsQuantity: '8', bucketsQuantity: '8', toldQuantity: '7', billedQuantity: '8' },
    ]);
    expect(items).toMatchObject([
      { verdict: 'equal', billedMinor: '2000' },
      { verdict: 'equal', billedMinor: '1600', invoicedMinor: '1600' },
    ]);
  });

  it('explains the leads of May down to the event', async () => {
    const list = (await story.own('GET', 'billing/invoices?status=paid&limit=1')).json;
    const { json: invoice } = await story.own('GET', `billing/invoices/${list.items[0].id}`);
    const line = invoice.lines.find(
      (one: Record<string, string>) => one.meter === 'lead_qualified' && one.quantity === '10',
    );
    const path = `billing/invoices/${invoice.id}/lines/${line.id}`;
    const { json } = await story.own('GET', `${path}/explain`);
    expect(json).toMatchObject({
      kind: 'usage',
      formula: ['10 × 2 USD = 20 USD', '= $20.00'],
      days: [{ date: '2027-05-10', client: null, quantity: '10' }],
      events: [{ quantity: '10', occurredAt: '2027-05-10T12:00:00.000Z' }],
      hasMoreEvents: false,
    });
    const csv = await story.own('GET', `${path}/events.csv`);
    expect(csv.text.split('\r\n')).toHaveLength(3);
    expect(csv.text).toContain('usage,lead_qualified,10,2027-05-10T12:00:00.000Z');
  });

  it('explains the leads of April in steps, and names the one that came late, so that the numbers add up', async () => {
    const lineOf = async (number: number, total: string) => {
      const { items } = (await story.own('GET', 'billing/invoices?limit=100')).json;
      const { json } = await story.own('GET', `billing/invoices/${items.at(-number).id}`);
      const line = json.lines.find(
        (one: Record<string, string>) => one.meter === 'lead_qualified' && one.amountMinor === total,
      );
      return (await story.own('GET', `billing/invoices/${json.id}/lines/${line.id}/explain`)).json;
    };
    const first = await lineOf(2, '1400');
    const adjustment = await lineOf(3, '200');
    expect(first.steps).toMatchObject([
      { kind: 'final', quantity: '7', amountMinor: '1400', isThisLine: true },
      { kind: 'adjustment', quantity: '8', amountMinor: '200', isThisLine: false },
    ]);
    expect(adjustment.steps.map(({ isThisLine }: { isThisLine: boolean }) => isThisLine)).toEqual([
      false,
      true,
    ]);
    const invoices = first.steps.map(({ invoice }: { invoice: { id: string } }) => invoice.id);
    expect(new Set(invoices).size).toBe(2);
    expect(adjustment.steps.map(({ invoice }: { invoice: { id: string } }) => invoice.id)).toEqual(invoices);
    const april = 'meter=lead_qualified&from=2027-04-01T00:00:00Z&to=2027-05-01T00:00:00Z';
    const parts = (await story.own('GET', `usage/parts?${april}`)).json;
    expect(parts).toMatchObject({
      total: '8',
      lateFrom: '2027-05-01T01:00:00.000Z',
      parts: [
        { part: 'late', count: 1, adds: '1' },
        { part: 'reported', count: 3, adds: '7' },
      ],
    });
    const late = (await story.own('GET', `usage-events?${april}&part=late`)).json.items;
    expect(late).toMatchObject([{ quantity: '1', occurredAt: '2027-04-28T12:00:00.000Z' }]);
  });
});
