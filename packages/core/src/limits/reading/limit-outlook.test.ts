import { expect, it } from 'vitest';
import { defineFamily } from '../../catalog/define-family.ts';
import { limited, metered } from '../../catalog/entitlement.ts';
import { asId } from '../../shared/ids.ts';
import { type EntitlementFacts, entitlementSnapshot } from '../entitlement-snapshot.ts';
import { toLimitView } from './list-limits.ts';

const base = {
  kind: 'base' as const,
  key: 'base',
  name: 'Plan',
  rates: [
    { interval: 'month' as const, price: { model: 'flat' as const, currency: 'USD', unitPrice: '10' } },
  ],
};
const plan = (key: string, name: string, included: string, onLimit: 'block' | 'warn' = 'block') => ({
  key,
  version: 1,
  name,
  description: name,
  offer: key === 'free' ? ('free' as const) : ('self_service' as const),
  prices: key === 'free' ? [] : [base],
  entitlements: [metered('run', { included: limited(included), onLimit })],
});
type Plan = ReturnType<typeof plan>;
const works = (plans: Plan[]) =>
  defineFamily({
    key: 'works',
    name: 'Works',
    description: 'Runs.',
    meters: [{ key: 'run', name: 'Runs', unit: 'run', eventName: 'run', aggregation: 'sum' }],
    features: [{ key: 'run', kind: 'metered', name: 'Runs', unit: 'run' }],
    plans,
  });
const usual = [plan('free', 'Free', '300'), plan('pro', 'Pro', '500'), plan('max', 'Max', '5000')];
const facts: EntitlementFacts = {
  organizationId: asId('organization', '01900000-0000-7000-8000-000000000001'),
  slug: 'acme',
  name: 'Acme',
  email: 'a@example.test',
  currency: 'USD',
  timeZone: 'UTC',
  isClosed: false,
  isSuspended: false,
  families: [],
  subscriptions: [],
  endedSubscriptions: [],
  overrides: [],
  overrideHistory: [],
  activeClientCount: 0,
  archivedClients: new Set(),
  clientLimits: new Map(),
  budgets: new Map(),
};

/** Ten of thirty days into April. */
const now = new Date('2027-04-11T00:00:00Z');

function outlook(used: string, reserved = '0', plans = usual, change: Partial<EntitlementFacts> = {}) {
  const snapshot = entitlementSnapshot({ ...facts, ...change }, new Map([['works', works(plans)]]), now);
  const grant = snapshot.grants.get('run');
  if (grant === undefined) throw new Error('the family has the feature');
  const view = toLimitView(snapshot, grant, { levels: { used, reserved }, rule: undefined, now });
  return { at: view?.limitReachedAt, to: view?.upgradeTo?.name };
}

it('says nothing while use will stay within the limit', () => {
  // 90 in ten days make 270 of 300.
  expect(outlook('90')).toEqual({ at: null, to: undefined });
});

it('names the day a limit will be reached, and the plan that holds the forecast', () => {
  // 150 in ten days are 15 a day: 300 after twenty days, 450 in the month, which Pro holds.
  expect(outlook('150')).toEqual({ at: '2027-04-21T00:00:00.000Z', to: 'Pro' });
  // 200 make 600 in the month: more than Pro holds. 300 are reached after fifteen days.
  expect(outlook('200')).toEqual({ at: '2027-04-16T00:00:00.000Z', to: 'Max' });
  // What is held counts like what is used.
  expect(outlook('100', '100')).toEqual({ at: '2027-04-16T00:00:00.000Z', to: 'Max' });
});

it('names no day while nothing can be used', () => {
  expect(outlook('150', '0', usual, { isSuspended: true }).at).toBeNull();
});

it('says now for a limit that is reached', () => {
  expect(outlook('300')).toEqual({ at: now.toISOString(), to: 'Max' });
});

it('names no plan where none holds more', () => {
  expect(outlook('6000').to).toBeUndefined();
});

it('names no plan that only tells at the same limit, because it holds no more', () => {
  const [free, ...higher] = usual;
  const plans = [free, plan('flex', 'Flex', '300', 'warn'), ...higher].flatMap((one) => one ?? []);
  expect(outlook('150', '0', plans).to).toBe('Pro');
  expect(outlook('6000', '0', plans).to).toBeUndefined();
});

it('names no plan that is not sold in the currency of the organization', () => {
  expect(outlook('150', '0', usual, { currency: 'EUR' }).to).toBeUndefined();
});
