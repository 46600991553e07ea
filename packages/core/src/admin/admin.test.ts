import { describe, expect, it } from 'vitest';
import { defineFamily, planVersionOf } from '../catalog/define-family.ts';
import { keyedPricesOf } from '../catalog/lookup-key.ts';
import { monthlyRecurring, type RecurringSubscription, revenueRank } from '../rating/monthly-recurring.ts';
import { toTimelineEntry } from './timeline-entry.ts';

const family = defineFamily({
  key: 'shop',
  name: 'Shop',
  description: 'For tests',
  meters: [],
  features: [{ key: 'export', name: 'Export', kind: 'boolean' }],
  addOns: [],
  paymentFailure: {
    restrictedAfterDays: 3,
    suspendedAfterDays: 7,
    canceledAfterDays: 14,
    restrictedFeatures: [],
  },
  plans: [
    {
      key: 'pro',
      version: 1,
      name: 'Pro',
      description: 'Paid',
      offer: 'self_service',
      prices: [
        {
          kind: 'base',
          key: 'base',
          name: 'Base',
          rates: [
            { interval: 'month', price: { model: 'flat', currency: 'USD', unitPrice: '29' } },
            { interval: 'year', price: { model: 'flat', currency: 'USD', unitPrice: '290.5' } },
            { interval: 'month', price: { model: 'flat', currency: 'JPY', unitPrice: '4000' } },
          ],
        },
      ],
      entitlements: [],
    },
  ],
});
const plan = planVersionOf(family, 'pro');

function subscription(change: Partial<RecurringSubscription>): RecurringSubscription {
  const { interval = 'month', currency = 'USD' } = change;
  const key =
    plan === undefined
      ? undefined
      : keyedPricesOf(plan).find((keyed) => keyed.interval === interval && keyed.price.currency === currency)
          ?.key;
  return {
    status: 'active',
    interval,
    currency,
    plan,
    items: [{ priceKey: key ?? '', quantity: '1' }],
    ...change,
  };
}

describe('monthly recurring revenue', () => {
  it('takes a year as twelve months and rounds once', () => {
    expect(monthlyRecurring([subscription({ interval: 'year' })])).toEqual([
      { currency: 'USD', amountMinor: 2421n },
    ]);
  });

  it('adds up per currency and never across', () => {
    const all = [subscription({}), subscription({ status: 'past_due' }), subscription({ currency: 'JPY' })];
    expect(monthlyRecurring(all)).toEqual([
      { currency: 'JPY', amountMinor: 4000n },
      { currency: 'USD', amountMinor: 5800n },
    ]);
    expect(revenueRank(monthlyRecurring(all))).toBe(4000);
  });

  it('leaves out trials, ended and paused subscriptions, usage and unknown plans', () => {
    const quiet = ['trialing', 'canceled', 'paused', 'unpaid', 'incomplete'].map((status) =>
      subscription({ status }),
    );
    const usage = subscription({});
    const metered = { ...usage, items: usage.items.map((item) => ({ ...item, quantity: null })) };
    expect(monthlyRecurring([...quiet, metered, subscription({ plan: undefined })])).toEqual([]);
  });
});

describe('the timeline', () => {
  const at = new Date('2026-03-01T10:00:00Z');

  it('tells who did what and why, and marks what staff did', () => {
    const actor = { kind: 'staff', userId: 'u', email: 'ann@example.test', role: 'billing_ops' } as const;
    const entry = toTimelineEntry({
      source: 'audit',
      at,
      action: 'limit_override.set',
      actor,
      reason: 'pilot',
    });
    expect(entry).toEqual({
      at: '2026-03-01T10:00:00.000Z',
      kind: 'staff',
      text: 'Limit override set by ann@example.test (staff) (pilot)',
      link: null,
    });
  });

  it('links an event to its page', () => {
    const id = '01900000-0000-7000-8000-000000000001';
    const entry = toTimelineEntry({ source: 'inbound', at, id, type: 'invoice.paid', status: 'processed' });
    expect(entry).toMatchObject({ kind: 'event', link: `/admin/events/evt_${id.replaceAll('-', '')}` });
  });
});
