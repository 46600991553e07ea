import { describe, expect, test } from 'vitest';
import { type ComparableFields, compareFields } from '../../shared/compared-field.ts';
import { type DriftKind, driftKinds, driftMeanings } from '../../shared/drift-kinds.ts';
import { classifyDrift, type InFlight } from './classify-drift.ts';

const now = new Date('2026-06-15T12:00:00Z');
const past = '2026-06-15T11:59:59.000Z';
const later = '2026-07-01T00:00:00.000Z';
const quiet: InFlight = { events: [], messages: [], isChanging: false };

const subscription = {
  status: 'active',
  access: 'full',
  plan: 'voice-ops/pro v1',
  discounts: '',
  currentPeriodEnd: later,
  cancelAt: null,
  isCancelAtPeriodEnd: false,
  canceledAt: null,
  scheduledChange: null,
  items: 'base × 1',
};
const invoice = {
  status: 'open',
  currency: 'USD',
  totalMinor: 4900n,
  lines: 'il_1 4900',
  amountPaidMinor: 0n,
  attemptCount: 0,
};

function kindOf(
  object: string,
  [local, remote]: [ComparableFields | null, ComparableFields],
  inFlight: Partial<InFlight> = {},
): DriftKind | undefined {
  const facts = { compared: compareFields(object, local, remote), issues: [], absent: [] };
  return classifyDrift(facts, { inFlight: { ...quiet, ...inFlight }, now })[0]?.kind;
}

const event = { name: 'evt_1', type: 'customer.subscription.updated', objectId: 'sub_1', isGivenUp: false };
const message = { name: 'cancel:sub_1:1', stripeSubscriptionId: 'sub_1', isGivenUp: false };

describe('why a subscription differs', () => {
  const canceled = { status: 'canceled', access: 'suspended', canceledAt: now };
  test.each<[string, ComparableFields, ComparableFields, DriftKind]>([
    ['renewed without a webhook', {}, { currentPeriodEnd: '2026-08-01T00:00:00Z' }, 'stale'],
    ['a payment failed', {}, { status: 'past_due' }, 'stale'],
    ['paid again', { status: 'past_due', access: 'restricted' }, {}, 'stale'],
    ['the ladder ended it', { status: 'past_due' }, canceled, 'stale'],
    ['it ended at the agreed instant', { cancelAt: past }, { ...canceled, cancelAt: past }, 'stale'],
    [
      'it ended before the agreed instant',
      { cancelAt: later },
      { ...canceled, cancelAt: later },
      'changed_at_stripe',
    ],
    ['somebody ended it', {}, canceled, 'changed_at_stripe'],
    ['somebody ends it later', {}, { cancelAt: later, isCancelAtPeriodEnd: true }, 'changed_at_stripe'],
    ['somebody changed the plan', {}, { plan: 'voice-ops/free v1', items: '' }, 'changed_at_stripe'],
    ['somebody changed a quantity', {}, { items: 'base × 2' }, 'changed_at_stripe'],
    ['somebody paused it', {}, { status: 'paused', access: 'suspended' }, 'changed_at_stripe'],
    ['somebody gave a discount', {}, { discounts: 'SUMMER ' }, 'changed_at_stripe'],
    ['a discount ran out', { discounts: `SUMMER ${past}` }, { discounts: '' }, 'stale'],
    ['a discount was taken away', { discounts: `SUMMER ${later}` }, { discounts: '' }, 'changed_at_stripe'],
    [
      'the scheduled change took place',
      { scheduledChange: `free v1 month at ${past}` },
      { scheduledChange: null, plan: 'voice-ops/free v1' },
      'stale',
    ],
    [
      'the scheduled change was dropped',
      { scheduledChange: `free v1 month at ${later}` },
      { scheduledChange: null },
      'changed_at_stripe',
    ],
    ['only our conclusion differs', { access: 'suspended' }, {}, 'derived'],
    ['a field nobody knows', { mystery: '1' }, { mystery: '2' }, 'unknown'],
  ])('%s', (_, local, remote, kind) => {
    const pair: [ComparableFields, ComparableFields] = [
      { ...subscription, ...local },
      { ...subscription, ...remote },
    ];
    expect(kindOf('subscription sub_1', pair)).toBe(kind);
  });

  test('one that we do not have is missing here, whatever its fields', () => {
    expect(kindOf('subscription sub_1', [null, subscription])).toBe('missing_here');
  });

  test('equal ones are no difference', () => {
    expect(kindOf('subscription sub_1', [subscription, subscription])).toBeUndefined();
  });
});

describe('what is under way explains a difference', () => {
  const change: [ComparableFields, ComparableFields] = [subscription, { ...subscription, cancelAt: later }];
  test.each<[string, Partial<InFlight>, DriftKind]>([
    ['an event that waits', { events: [event] }, 'expected_lag'],
    ['an event that was given up', { events: [{ ...event, isGivenUp: true }] }, 'given_up'],
    [
      'an event of its invoice',
      { events: [{ ...event, type: 'invoice.paid', objectId: 'in_1' }] },
      'expected_lag',
    ],
    [
      'an event of a card, which is not about it',
      { events: [{ ...event, type: 'payment_method.updated' }] },
      'changed_at_stripe',
    ],
    ['a message that waits', { messages: [message] }, 'expected_lag'],
    ['a message that was given up', { messages: [{ ...message, isGivenUp: true }] }, 'given_up'],
    [
      'a message about another one',
      { messages: [{ ...message, stripeSubscriptionId: 'sub_2' }] },
      'changed_at_stripe',
    ],
    ['a change that is being made', { isChanging: true }, 'expected_lag'],
    [
      'both: what waits comes first',
      { events: [{ ...event, isGivenUp: true }], messages: [message] },
      'expected_lag',
    ],
  ])('%s', (_, inFlight, kind) => {
    expect(kindOf('subscription sub_1', change, inFlight)).toBe(kind);
  });

  test('names its cause', () => {
    const facts = { compared: compareFields('subscription sub_1', ...change), issues: [], absent: [] };
    const [found] = classifyDrift(facts, { inFlight: { ...quiet, messages: [message] }, now });
    expect(found).toMatchObject({ cause: 'cancel:sub_1:1', fields: [{ field: 'cancelAt', local: null }] });
  });
});

describe('why an invoice differs', () => {
  test.each<[string, ComparableFields, ComparableFields, DriftKind]>([
    ['it was paid', {}, { status: 'paid', amountPaidMinor: 4900n }, 'stale'],
    ['an attempt failed', {}, { attemptCount: 1 }, 'stale'],
    [
      'a draft got another line',
      { status: 'draft' },
      { status: 'draft', totalMinor: 1n, lines: 'il_2 1' },
      'stale',
    ],
    ['a draft was finalized with another total', { status: 'draft' }, { totalMinor: 1n }, 'stale'],
    ['its total changed when it was final', {}, { totalMinor: 4901n }, 'money'],
    ['its lines changed when it was final', {}, { lines: 'il_1 4900, il_2 1' }, 'money'],
    [
      'its currency changed when it was paid',
      { status: 'paid' },
      { status: 'paid', currency: 'EUR' },
      'money',
    ],
    ['it was paid and its total changed', {}, { status: 'paid', totalMinor: 1n }, 'money'],
    ['a field nobody knows', { mystery: '1' }, { mystery: '2' }, 'unknown'],
  ])('%s', (_, local, remote, kind) => {
    const pair: [ComparableFields, ComparableFields] = [
      { ...invoice, ...local },
      { ...invoice, ...remote },
    ];
    expect(kindOf('invoice in_1', pair)).toBe(kind);
  });

  test('money is money also while an event waits', () => {
    const waits = { ...event, type: 'invoice.paid', objectId: 'in_1' };
    expect(kindOf('invoice in_1', [invoice, { ...invoice, totalMinor: 1n }], { events: [waits] })).toBe(
      'money',
    );
  });

  test('an event of another invoice does not explain it', () => {
    const waits = { ...event, type: 'invoice.paid', objectId: 'in_2' };
    expect(kindOf('invoice in_1', [invoice, { ...invoice, status: 'paid' }], { events: [waits] })).toBe(
      'stale',
    );
  });
});

test('what Stripe does not list, and what does not fit the catalogue, are told', () => {
  const facts = {
    compared: [],
    absent: ['subscription sub_9'],
    issues: [{ code: 'SUBSCRIPTION_PRICE_UNKNOWN' as const, stripeId: 'sub_8' }],
  };
  expect(classifyDrift(facts, { inFlight: quiet, now })).toMatchObject([
    { object: 'subscription sub_9', kind: 'missing_at_stripe' },
    { object: 'subscription sub_8', kind: 'unmapped', fields: [{ remote: 'SUBSCRIPTION_PRICE_UNKNOWN' }] },
  ]);
});

test('every kind says what happened and what to do, and nothing about money is repaired by itself', () => {
  expect(Object.keys(driftMeanings).toSorted()).toEqual([...driftKinds].toSorted());
  for (const { what, next } of Object.values(driftMeanings))
    expect(Math.min(what.length, next.length)).toBeGreaterThan(7);
  expect(driftMeanings.money).toMatchObject({ repairs: false, needsPerson: true, severity: 'critical' });
});
