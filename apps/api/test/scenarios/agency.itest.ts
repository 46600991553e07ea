import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Scenario } from './scenario.ts';

describe('an agency grows in the middle of a month', () => {
  let story: Scenario;
  beforeAll(async () => {
    story = await Scenario.open('Northstar Agency', { at: '2027-04-01T00:00:00Z' });
  }, 60_000);
  afterAll(() => story.close());

  const addClient = async (name: string) => {
    expect((await story.own('POST', 'clients', { name })).status).toBe(201);
    await story.settle();
    story.tell(`  adds the client ${name}`);
  };

  it('pays $99 for itself and $49 for each of its two clients', async () => {
    await addClient('Harbor Dental');
    await addClient('Pine Optics');
    await story.subscribe({ family: 'agency', plan: 'agency' });
    // 99.00 + 2 × 49.00
    expect(await story.invoices()).toEqual(['2027-04-01 paid $197.00']);
  });

  it('is charged nothing at once for a third client', async () => {
    await story.at('2027-04-20T07:30:00Z', 'ten days, sixteen and a half hours before the end');
    await addClient('Cedar Veterinary');
    expect((await story.subscription()).recurring.amountMinor).toBe('24600');
    expect(await story.invoices()).toEqual(['2027-04-01 paid $197.00']);
  });

  it('finds the rest of April, to the second, on the invoice of May', async () => {
    await story.at('2027-05-01T02:00:00Z', 'the first renewal');
    // Remaining 923 400 s of 2 592 000 s = 0.35625.
    // Credit 98.00 × 0.35625 = 34.9125 → 34.91; debit 147.00 × 0.35625 = 52.36875 → 52.37; together 17.46.
    // 99.00 + 3 × 49.00 + 17.46
    expect(await story.invoices()).toEqual(['2027-04-01 paid $197.00', '2027-05-01 paid $263.46']);
    const lines = Object.values(await story.linesOfNewest('paid'));
    expect(lines.toSorted()).toEqual(['$147.00', '$52.37', '$99.00', '-$34.91'].toSorted());
  });

  it('pays for the messages beyond 5 000 and 1 000 for each client after the month they were sent in', async () => {
    await story.at('2027-05-20T10:00:00Z', 'a busy month');
    await story.use('message', '8123');
    await story.at('2027-06-01T02:00:00Z', 'the second renewal');
    // 8 123 − (5 000 + 3 × 1 000) = 123 messages at $0.01, and 99.00 + 3 × 49.00.
    expect(await story.invoices()).toEqual([
      '2027-04-01 paid $197.00',
      '2027-05-01 paid $263.46',
      '2027-06-01 paid $1.23',
      '2027-06-01 paid $246.00',
    ]);
  });
});
