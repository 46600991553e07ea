import { describe, expect, it } from 'vitest';
import { asId } from '../../shared/ids.ts';
import { type LevelFact, monthBoundaries, retention, revenueMonths, standingAt } from './revenue-months.ts';
import { type RevenueFacts, revenueView } from './revenue-view.ts';

const day = (text: string) => new Date(`${text}T00:00:00Z`);

function level(organization: string, at: string, amount: bigint, other: Partial<LevelFact> = {}): LevelFact {
  return {
    organizationId: asId('organization', organization),
    subscriptionId: asId('subscription', `sub of ${organization}`),
    at: day(at),
    family: 'voice-ops',
    plan: 'pro',
    currency: 'USD',
    amountMinor: amount,
    ...other,
  };
}

const levels = [
  level('a', '2026-01-10', 4900n),
  level('a', '2026-02-10', 14_900n),
  level('a', '2026-03-10', 4900n),
  level('b', '2026-01-20', 9900n),
  level('b', '2026-02-20', 0n),
  level('b', '2026-04-02', 9900n),
  level('c', '2026-02-01', 2900n, { currency: 'EUR' }),
  level('d', '2026-02-05', 500n),
  level('d', '2026-02-06', 0n),
];
const boundaries = ['2026-01-01', '2026-02-01', '2026-03-01', '2026-04-01', '2026-04-15'].map(day);

describe('movements of revenue', () => {
  it('tells new, more, less, left and back apart, and the parts sum to the difference of the ends', () => {
    const months = revenueMonths(levels, 'USD', boundaries);
    expect(months.map((month) => month.newMinor)).toEqual([14_800n, 0n, 0n, 0n]);
    expect(months.map((month) => month.expansionMinor)).toEqual([0n, 10_000n, 0n, 0n]);
    expect(months.map((month) => month.churnMinor)).toEqual([0n, -9900n, 0n, 0n]);
    expect(months.map((month) => month.contractionMinor)).toEqual([0n, 0n, -10_000n, 0n]);
    expect(months.map((month) => month.reactivationMinor)).toEqual([0n, 0n, 0n, 9900n]);
    expect(months.map((month) => month.endMinor)).toEqual([14_800n, 14_900n, 4900n, 14_800n]);
    expect(months[1]).toMatchObject({ payingAtStart: 2, payingAtEnd: 1, churnedOrganizations: 1 });
    let end = 0n;
    for (const month of months) {
      end += month.newMinor + month.expansionMinor + month.reactivationMinor;
      end += month.contractionMinor + month.churnMinor;
      expect(month.endMinor).toBe(end);
    }
  });

  it('keeps currencies apart', () => {
    expect(revenueMonths(levels, 'EUR', boundaries).map((month) => month.newMinor)).toEqual([
      0n,
      2900n,
      0n,
      0n,
    ]);
  });

  it('counts a change at the boundary in the month it begins', () => {
    const months = revenueMonths([level('a', '2026-02-01', 100n)], 'USD', boundaries);
    expect(months.map((month) => month.newMinor)).toEqual([0n, 100n, 0n, 0n]);
  });

  it('retains in net what grew and in gross at most what was there', () => {
    const at = (text: string) => standingAt(levels, 'USD', day(text));
    expect(retention(at('2026-02-01'), at('2026-03-01'))).toEqual({ netBp: 10_067, grossBp: 3310 });
    expect(retention(at('2026-01-01'), at('2026-03-01'))).toBeNull();
  });

  it('draws the months by the calendar, across a new year', () => {
    expect(monthBoundaries(day('2026-01-15'), 3).map((at) => at.toISOString().slice(0, 10))).toEqual([
      '2025-11-01',
      '2025-12-01',
      '2026-01-01',
      '2026-01-15',
    ]);
  });
});

const facts: RevenueFacts = {
  levels,
  invoiced: [
    {
      subscriptionId: asId('subscription', 'sub of a'),
      organizationId: asId('organization', 'a'),
      slug: 'a',
      name: 'A',
      plan: 'pro',
      status: 'past_due',
      interval: 'month',
      currency: 'USD',
      recurringMinor: 4900n,
      invoiceNumber: 'A-1',
    },
    {
      subscriptionId: asId('subscription', 'sub of b'),
      organizationId: asId('organization', 'b'),
      slug: 'b',
      name: 'B',
      plan: 'pro',
      status: 'active',
      interval: 'year',
      currency: 'USD',
      recurringMinor: 120_000n,
      invoiceNumber: 'B-1',
    },
  ],
  usage: [{ currency: 'USD', amountMinor: 321n }],
  checkouts: { begun: 4, completed: 3 },
  firstPaid: null,
  disputes: [],
};

describe('the revenue view', () => {
  const view = revenueView(facts, { now: day('2026-04-15'), months: 3 });
  const usd = view.currencies.find(({ currency }) => currency === 'USD');

  it('sums what is paid per month, with what is at risk', () => {
    expect(usd).toMatchObject({
      mrrMinor: '14800',
      arrMinor: '177600',
      netNewMinor: '9900',
      payingOrganizations: 2,
      averageMinor: '7400',
      atRiskMinor: '4900',
      usageMinor: '321',
      churn: { left: 0, of: 1 },
    });
  });

  it('lists every subscription whose last invoice charges something else', () => {
    expect(usd?.reconciliation).toEqual({
      mrrMinor: '14800',
      invoicedMinor: '14900',
      differenceCount: 1,
      differences: [
        {
          organization: { slug: 'b', name: 'B' },
          plan: 'pro',
          mrrMinor: '9900',
          invoicedMinor: '10000',
          invoiceNumber: 'B-1',
        },
      ],
    });
  });

  it('says nothing about retention when nobody paid at the beginning of the range', () => {
    const early = revenueView(facts, { now: day('2026-01-31'), months: 3 });
    expect(early.currencies[0]).toMatchObject({ netRetentionBp: null, churn: null });
  });
});
