import { describe, expect, it } from 'vitest';
import { defineFamily, planVersionOf } from '../../catalog/define-family.ts';
import { limited, metered } from '../../catalog/entitlement.ts';
import type { PriceInput } from '../../catalog/price.ts';
import type { DatedOverride } from '../../rating/segments/dated-override.ts';
import { asId } from '../../shared/ids.ts';
import type { SubscriptionTerms } from '../../subscriptions/terms/subscription-terms.ts';
import { counterName } from '../counter-key.ts';
import { type EntitlementFacts, entitlementSnapshot } from '../entitlement-snapshot.ts';
import type { CounterKey, ReadLevels } from '../limits.ports.ts';
import type { Budget } from './budget.ts';
import { costOf, costPartsOf, countersOf } from './budget-cost.ts';

const organizationId = asId('organization', '01900000-0000-7000-8000-000000000001');
const subscriptionId = asId('subscription', '01900000-0000-7000-8000-000000000003');
const clientId = asId('client', '01900000-0000-7000-8000-000000000002');
const at = new Date('2027-05-20T12:00:00Z');

/** 100 messages a month are free; the price is what a test is about. */
function familyWith(price: PriceInput) {
  const { currency } = price;
  const meter = { key: 'message', name: 'Messages', unit: 'message', eventName: 'message' };
  return defineFamily({
    key: 'post',
    name: 'Post',
    description: 'Messages.',
    meters: [{ ...meter, aggregation: 'sum' }],
    features: [{ key: 'message', kind: 'metered', name: 'Messages', unit: 'message' }],
    plans: [
      {
        key: 'basic',
        version: 1,
        name: 'Basic',
        description: 'Basic.',
        offer: 'self_service',
        prices: [
          {
            kind: 'base',
            key: 'base',
            name: 'Basic',
            rates: [{ interval: 'month', price: { model: 'flat', currency, unitPrice: '10' } }],
          },
          {
            kind: 'usage',
            key: 'message',
            name: 'Messages',
            feature: 'message',
            billing: 'invoice_item',
            rates: [{ interval: 'month', price }],
          },
        ],
        entitlements: [metered('message', { included: limited('100'), onLimit: 'overage' })],
      },
    ],
  });
}

const perMessage: PriceInput = { model: 'per_unit', currency: 'USD', unitPrice: '0.02' };

interface Told {
  /** Also the currency of the organization. */
  price?: PriceInput;
  anchor?: string;
  ended?: string;
  status?: string;
  terms?: SubscriptionTerms[];
  overrides?: DatedOverride[];
}

function snapshotOf(options: Told = {}) {
  const { price = perMessage } = options;
  const { currency } = price;
  const family = familyWith(price);
  const planVersion = planVersionOf(family, 'basic');
  if (planVersion === undefined) throw new Error('the family has a plan');
  const endedAt = options.ended === undefined ? null : new Date(options.ended);
  const subscription = {
    id: subscriptionId,
    family: 'post',
    planVersion,
    currency,
    status: endedAt === null ? (options.status ?? 'active') : 'canceled',
    access: 'full' as const,
    billingAnchor: new Date(options.anchor ?? '2027-01-15T08:00:00Z'),
    seats: 0,
    terms: options.terms ?? [],
    earlierPlans: [],
    seatsMax: null,
    endedAt,
  };
  const facts: EntitlementFacts = {
    organizationId,
    slug: 'acme',
    name: 'Acme',
    email: 'a@example.test',
    currency,
    timeZone: 'UTC',
    isClosed: false,
    isSuspended: false,
    families: [],
    subscriptions: endedAt === null ? [subscription] : [],
    endedSubscriptions: endedAt === null ? [] : [subscription],
    overrides: [],
    overrideHistory: options.overrides ?? [],
    activeClientCount: 0,
    archivedClients: new Set(),
    clientLimits: new Map(),
    budgets: new Map(),
  };
  return entitlementSnapshot(facts, new Map([['post', family]]), at);
}

const budget: Budget = {
  clientId: null,
  amountMinor: 1000n,
  currency: 'USD',
  period: 'billing_period',
  onReached: 'block',
  thresholds: [],
};

/** Totals by begin and end of the window; what is not named has not been used. */
function totals(used: Readonly<Record<string, string>>): ReadLevels {
  return ({ window, clientId: whose }: CounterKey) => {
    const name = `${window.start.toISOString()} ${window.end.toISOString()}${whose === undefined ? '' : ' client'}`;
    return { used: used[name] ?? '0', reserved: '0' };
  };
}

it('is the price of the running billing period, with its free units', () => {
  const parts = costPartsOf(snapshotOf(), budget, at);
  // 350 messages, 100 of them free: 250 × $0.02 = $5.00.
  expect(costOf(parts, totals({ '2027-05-15T08:00:00.000Z 2027-06-15T08:00:00.000Z': '350' }))).toBe(500n);
});

it('counts in a calendar month what each billing period has cost in that month', () => {
  const parts = costPartsOf(snapshotOf(), { ...budget, period: 'calendar_month' }, at);
  const read = totals({
    // Until 1 May 180 messages had cost 80 × $0.02 = $1.60, at the end of the period 300 cost $4.00: May had $2.40.
    '2027-04-15T08:00:00.000Z 2027-05-01T00:00:00.000Z': '180',
    '2027-04-15T08:00:00.000Z 2027-05-15T08:00:00.000Z': '300',
    // The next period has used 130 so far: 30 × $0.02 = $0.60.
    '2027-05-15T08:00:00.000Z 2027-06-01T00:00:00.000Z': '130',
  });
  expect(costOf(parts, read)).toBe(240n + 60n);
});

it('keeps what this month had cost when a subscription ended, and nothing once that month is over', () => {
  const ended = snapshotOf({ ended: '2027-05-10T00:00:00Z' });
  const read = totals({
    // Until 1 May 180 messages had cost $1.60, at the end 300 cost $4.00: May had $2.40.
    '2027-04-15T08:00:00.000Z 2027-05-01T00:00:00.000Z': '180',
    '2027-04-15T08:00:00.000Z 2027-05-10T00:00:00.000Z': '300',
  });
  for (const period of ['calendar_month', 'billing_period'] as const) {
    expect(costOf(costPartsOf(ended, { ...budget, period }, at), read)).toBe(240n);
  }
  const june = new Date('2027-06-02T00:00:00Z');
  expect(costPartsOf(ended, { ...budget, period: 'calendar_month' }, june)).toEqual([]);
});

it('reads no period that has not begun, and none from before the subscription', () => {
  const month = { ...budget, period: 'calendar_month' } as const;
  const names = (anchor: string) =>
    countersOf(costPartsOf(snapshotOf({ anchor }), month, at)).map(counterName);
  expect(names('2027-05-25T00:00:00Z')).toHaveLength(0);
  expect(names('2027-05-10T00:00:00Z')).toHaveLength(1);
  expect(names('2027-04-25T00:00:00Z')).toHaveLength(2);
});

it("values a client's usage without the free units and the minimum of the organization", () => {
  const price: PriceInput = { ...perMessage, model: 'per_unit', minimum: '50' };
  const snapshot = snapshotOf({ price });
  const read = totals({
    '2027-05-15T08:00:00.000Z 2027-06-15T08:00:00.000Z': '120',
    '2027-05-15T08:00:00.000Z 2027-06-15T08:00:00.000Z client': '30',
  });
  expect(costOf(costPartsOf(snapshot, budget, at), read)).toBe(5000n);
  expect(costOf(costPartsOf(snapshot, { ...budget, clientId }, at), read)).toBe(60n);
});

it('is nothing in a trial and for what is charged flat', () => {
  expect(costPartsOf(snapshotOf({ status: 'trialing' }), budget, at)).toEqual([]);
  const flat: PriceInput = { model: 'flat', currency: 'USD', unitPrice: '5' };
  expect(costPartsOf(snapshotOf({ price: flat }), { ...budget, clientId }, at)).toEqual([]);
});

const monthStart = '2027-05-15T08:00:00.000Z';
const noon = '2027-05-18T12:00:00.000Z';
const monthEnd = '2027-06-15T08:00:00.000Z';

it('keeps what a part of the month has cost at the price of that part', () => {
  const overrides: DatedOverride[] = [
    // Until noon of the 18th a message was five cents, then the plan's own two.
    { id: 'own', feature: 'message', unitPrice: '0.05', startsAt: new Date(0), endsAt: new Date(noon) },
  ];
  const read = totals({ [`${monthStart} ${noon}`]: '120', [`${monthStart} ${monthEnd}`]: '150' });
  // 20 beyond the free hundred × $0.05 = $1.00, then 30 × $0.02 = $0.60.
  expect(costOf(costPartsOf(snapshotOf({ overrides }), budget, at), read)).toBe(160n);
});

it('takes nothing for what a trial used earlier in the month', () => {
  const terms = (effectiveAt: string, isBillable: boolean): SubscriptionTerms => ({
    subscriptionId,
    effectiveAt: new Date(effectiveAt),
    plan: 'basic',
    planVersion: 1,
    currency: 'USD',
    billingAnchor: new Date('2027-01-15T08:00:00Z'),
    seats: 0,
    clients: 0,
    isBillable,
    isPaused: false,
  });
  const read = totals({ [`${monthStart} ${noon}`]: '120', [`${monthStart} ${monthEnd}`]: '150' });
  const history = [terms('2027-01-15T08:00:00Z', false), terms(noon, true)];
  expect(costOf(costPartsOf(snapshotOf({ terms: history }), budget, at), read)).toBe(60n);
});

it('takes away what a part had cost before the budget’s month, at the price of that part', () => {
  const overrides: DatedOverride[] = [
    { id: 'own', feature: 'message', unitPrice: '0.05', startsAt: new Date(0), endsAt: new Date(noon) },
  ];
  const may = { ...budget, period: 'calendar_month' } as const;
  const read = totals({
    // $4.00 until May and $5.00 at the end of the month that began in April: May had $1.00 of it.
    '2027-04-15T08:00:00.000Z 2027-05-01T00:00:00.000Z': '180',
    [`2027-04-15T08:00:00.000Z ${monthStart}`]: '200',
    [`${monthStart} ${noon}`]: '120',
    [`${monthStart} 2027-06-01T00:00:00.000Z`]: '150',
  });
  expect(costOf(costPartsOf(snapshotOf({ overrides }), may, at), read)).toBe(100n + 160n);
});

describe('priced as on the bill', () => {
  const whole = `${monthStart} ${monthEnd}`;
  const kwd = 'KWD';
  const jpy = 'JPY';
  const tiers = [
    { upTo: '100', unitPrice: '0.0155' },
    { upTo: null, unitPrice: '0.01025', flatPrice: '2' },
  ];
  // Of every total the plan's 100 are free.
  it.each<[string, PriceInput, string, bigint]>([
    ['yen have no smaller coin', { model: 'per_unit', currency: jpy, unitPrice: '1.5' }, '101', 2n],
    ['less than half a yen is none', { model: 'per_unit', currency: jpy, unitPrice: '0.4' }, '101', 0n],
    [
      'dinars are charged in steps of ten thousandths',
      { model: 'per_unit', currency: kwd, unitPrice: '0.0125' },
      '104',
      50n,
    ],
    ['a fraction of a message', { model: 'per_unit', currency: kwd, unitPrice: '0.0125' }, '100.5', 10n],
    [
      'a package that is begun',
      { model: 'package', currency: jpy, packageSize: '10', packagePrice: '250' },
      '111',
      500n,
    ],
    [
      'a package that is full',
      { model: 'package', currency: jpy, packageSize: '10', packagePrice: '250' },
      '110',
      250n,
    ],
    ['each tier at its price', { model: 'graduated', currency: kwd, tiers }, '210', 3650n],
    ['all at the price of the tier', { model: 'volume', currency: kwd, tiers }, '210', 3130n],
    ['the free units only', { model: 'graduated', currency: kwd, tiers }, '100', 0n],
  ])('%s', (_title, price, used, expected) => {
    const snapshot = snapshotOf({ price });
    const parts = costPartsOf(snapshot, { ...budget, currency: price.currency }, at);
    expect(costOf(parts, totals({ [whole]: used }))).toBe(expected);
  });

  it('and what is held costs what it would cost if it were used', () => {
    const price: PriceInput = { model: 'per_unit', currency: kwd, unitPrice: '0.0125' };
    const parts = costPartsOf(snapshotOf({ price }), { ...budget, currency: kwd }, at);
    expect(costOf(parts, () => ({ used: '90', reserved: '30' }))).toBe(250n);
  });
});
