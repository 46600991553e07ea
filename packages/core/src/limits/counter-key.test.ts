import { describe, expect, it } from 'vitest';
import { defineFamily, planVersionOf } from '../catalog/define-family.ts';
import { limited, metered, type Reset } from '../catalog/entitlement.ts';
import { asId } from '../shared/ids.ts';
import type { MeterAggregation } from '../usage/usage-event.ts';
import { addedBy, counterKeyOf } from './counter-key.ts';
import {
  type EntitlementFacts,
  type EntitlingSubscription,
  entitlementSnapshot,
} from './entitlement-snapshot.ts';
import { grantOf } from './limit-subject.ts';

const organizationId = asId('organization', '01900000-0000-7000-8000-000000000001');

interface Told {
  reset?: Reset;
  timeZone?: string;
  /** Absent = no subscription. */
  anchor?: string;
  interval?: 'month' | 'year';
  aggregation?: MeterAggregation;
}

function subjectOf({ reset = 'billing_period', timeZone = 'UTC', anchor, aggregation = 'sum' }: Told) {
  const plan = {
    version: 1,
    description: '',
    entitlements: [metered('call', { included: limited('10'), reset })],
  };
  const rate = { model: 'flat', currency: 'USD', unitPrice: '10' } as const;
  const rates = [
    { interval: 'month', price: rate },
    { interval: 'year', price: rate },
  ] as const;
  const family = defineFamily({
    key: 'lab',
    name: 'Lab',
    description: 'Calls.',
    meters: [
      {
        key: 'call',
        name: 'Calls',
        unit: 'call',
        eventName: 'call',
        aggregation,
        ...(aggregation === 'unique_count' && { valueField: 'who' }),
      },
    ],
    features: [{ key: 'call', kind: 'metered', name: 'Calls', unit: 'call' }],
    plans: [
      { ...plan, key: 'free', name: 'Free', offer: 'free', prices: [] },
      {
        ...plan,
        key: 'pro',
        name: 'Pro',
        offer: 'self_service',
        prices: [{ kind: 'base', key: 'base', name: 'Pro', rates: [...rates] }],
      },
    ],
  });
  const planVersion = planVersionOf(family, 'pro');
  if (planVersion === undefined) throw new Error('the family has a plan');
  const subscription = (billingAnchor: string): EntitlingSubscription => ({
    id: asId('subscription', '01900000-0000-7000-8000-000000000003'),
    family: 'lab',
    planVersion,
    currency: 'USD',
    status: 'active',
    access: 'full',
    billingAnchor: new Date(billingAnchor),
    seats: 0,
    terms: [],
    earlierPlans: [],
    seatsMax: null,
    endedAt: null,
  });
  const facts: EntitlementFacts = {
    organizationId,
    slug: 'acme',
    name: 'Acme',
    email: 'a@example.test',
    currency: 'USD',
    timeZone,
    isClosed: false,
    isSuspended: false,
    families: [],
    subscriptions: anchor === undefined ? [] : [subscription(anchor)],
    endedSubscriptions: [],
    overrides: [],
    overrideHistory: [],
    activeClientCount: 0,
    archivedClients: new Set(),
    clientLimits: new Map(),
    budgets: new Map(),
  };
  const snapshot = entitlementSnapshot(facts, new Map([['lab', family]]), new Date('2028-01-01T00:00:00Z'));
  return { snapshot, grant: grantOf(snapshot, 'call') };
}

function windowAt(told: Told, at: string): string {
  const { window } = counterKeyOf({ ...subjectOf(told), at: new Date(at) });
  const text = (instant: Date) => instant.toISOString().replace(':00.000Z', 'Z');
  return `${text(window.start)} – ${text(window.end)}`;
}

const berlin: Told = { reset: 'day', timeZone: 'Europe/Berlin' };
const last = '2028-01-31T18:30Z – 2028-02-29T18:30Z';
const leap: Told = { anchor: '2027-12-31T18:30:00Z' };

describe('the window of a limit', () => {
  it.each<[string, Told, string, string]>([
    [
      'the calendar month of a plan that is free',
      {},
      '2028-02-29T23:59:59.999Z',
      '2028-02-01T00:00Z – 2028-03-01T00:00Z',
    ],
    [
      'the next month from its first instant on',
      {},
      '2028-03-01T00:00:00.000Z',
      '2028-03-01T00:00Z – 2028-04-01T00:00Z',
    ],
    ['a period from the 31st in a leap year, to its last instant', leap, '2028-02-29T18:29:59.999Z', last],
    [
      'the period that begins in a short month, and ends on the 31st again',
      leap,
      '2028-02-29T18:30:00.000Z',
      '2028-02-29T18:30Z – 2028-03-31T18:30Z',
    ],
    [
      'a month of the time before the subscription, for what was reserved then',
      { anchor: '2028-03-31T12:00:00Z' },
      '2028-03-31T11:59:59.999Z',
      '2028-02-29T12:00Z – 2028-03-31T12:00Z',
    ],
    [
      'an hour, half-open',
      { reset: 'hour' },
      '2028-02-29T17:59:59.999Z',
      '2028-02-29T17:00Z – 2028-02-29T18:00Z',
    ],
    ['the next hour', { reset: 'hour' }, '2028-02-29T18:00:00.000Z', '2028-02-29T18:00Z – 2028-02-29T19:00Z'],
    [
      'an hour in UTC where the zone is off by 45 minutes',
      { reset: 'hour', timeZone: 'Asia/Kathmandu' },
      '2028-02-29T18:14:00Z',
      '2028-02-29T18:00Z – 2028-02-29T19:00Z',
    ],
    ['a day of the zone', berlin, '2028-01-31T23:00:00.000Z', '2028-01-31T23:00Z – 2028-02-01T23:00Z'],
    ['a day of 23 hours', berlin, '2028-03-26T12:00:00Z', '2028-03-25T23:00Z – 2028-03-26T22:00Z'],
    [
      'a day of 25 hours, in its second two o’clock',
      berlin,
      '2028-10-29T01:30:00Z',
      '2028-10-28T22:00Z – 2028-10-29T23:00Z',
    ],
    [
      'a day of the zone beside a subscription',
      { ...berlin, anchor: '2028-01-31T18:30:00Z' },
      '2028-02-29T18:30:00Z',
      '2028-02-28T23:00Z – 2028-02-29T23:00Z',
    ],
  ])('is %s', (_title, told, at, expected) => {
    expect(windowAt(told, at)).toBe(expected);
  });

  it('is the same object as long as it lasts, whatever is asked in between', () => {
    const subject = subjectOf({ reset: 'hour' });
    const at = (text: string) => counterKeyOf({ ...subject, at: new Date(text) });
    const first = at('2028-02-29T17:00:00Z');
    expect(at('2028-02-29T17:59:59.999Z')).toBe(first);
    expect(at('2028-02-29T18:00:00Z').window.start).toEqual(first.window.end);
    expect(at('2028-02-29T17:30:00Z').window).toEqual(first.window);
  });
});

describe('what a request adds to its total', () => {
  it.each<[MeterAggregation, string, string, string]>([
    ['sum', '2.5', '7', '2.5'],
    ['sum', '0', '7', '0'],
    ['count', '50', '7', '1'],
    ['count', '0', '7', '1'],
    ['max', '9', '7', '2'],
    ['max', '7', '7', '0'],
    ['latest', '3', '7', '0'],
    ['latest', '0.5', '0', '0.5'],
    ['unique_count', '4', '7', '4'],
  ])('of a %s meter asking for %s at %s is %s', (aggregation, quantity, used, expected) => {
    expect(addedBy({ ...subjectOf({ aggregation }), quantity }, { used })).toBe(expected);
  });
});
