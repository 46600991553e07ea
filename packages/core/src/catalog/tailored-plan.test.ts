import { describe, expect, it } from 'vitest';
import { asId } from '../shared/ids.ts';
import { defineFamily } from './define-family.ts';
import { custom, limited, metered } from './entitlement.ts';
import { basePlanKey, isTailored, rankIn, tailoredPlanKey, tailorPlan } from './tailored-plan.ts';

const organization = asId('organization', '01a1fd8d-4a11-7000-ae09-bf07d5a99b55');
const family = defineFamily({
  key: 'calls',
  name: 'Calls',
  description: '',
  meters: [{ key: 'call', name: 'Calls', unit: 'call', eventName: 'call', aggregation: 'sum' }],
  features: [{ key: 'call', kind: 'metered', name: 'Calls', unit: 'call' }],
  plans: [
    {
      key: 'free',
      version: 1,
      name: 'Free',
      description: '',
      offer: 'free',
      prices: [],
      entitlements: [metered('call', { included: limited('5') })],
    },
    {
      key: 'large',
      version: 1,
      name: 'Large',
      description: '',
      offer: 'contact_sales',
      prices: [],
      entitlements: [metered('call', { included: custom })],
    },
  ],
});
const terms = {
  plan: 'large',
  interval: 'month' as const,
  price: '500',
  currency: 'USD',
  limits: [{ feature: 'call', limit: '1000', unitPrice: '0.02' }],
};

describe('a plan made to measure', () => {
  it('has a key of its own that leads back to the plan it was made from', () => {
    const key = tailoredPlanKey('large', organization);
    expect(key).toBe('large-xbf07d5a99b55');
    expect([isTailored(key), basePlanKey(key)]).toEqual([true, 'large']);
    expect([isTailored('large'), basePlanKey('large')]).toEqual([false, 'large']);
    expect(rankIn(family, { key, rank: 0 })).toBe(1);
  });

  it('charges the agreed price and what goes beyond the agreed quantity', () => {
    const plan = tailorPlan(family, organization, { terms, version: 3 });
    expect(plan).toMatchObject({ version: 3, offer: 'contact_sales', trialDays: 0 });
    expect(plan.prices.map(({ kind, key }) => `${kind} ${key}`)).toEqual(['base base', 'usage call']);
    expect(plan.entitlements).toMatchObject([
      { feature: 'call', included: { kind: 'limited', base: '1000' }, onLimit: 'overage' },
    ]);
  });

  it('refuses what is beyond when no price was agreed for it', () => {
    const limits = [{ feature: 'call', limit: '1000', unitPrice: null }];
    const plan = tailorPlan(family, organization, { terms: { ...terms, limits }, version: 1 });
    expect(plan.entitlements[0]).toMatchObject({ onLimit: 'block' });
    expect(plan.prices).toHaveLength(1);
  });

  it.each([
    { what: 'a plan that is not sold by hand', change: { plan: 'free' }, says: 'Free is sold as it is' },
    { what: 'a limit left open', change: { limits: [] }, says: 'call has to be agreed' },
    { what: 'a negative price', change: { price: '-1' }, says: 'plain decimal' },
  ])('is not made of $what', ({ change, says }) => {
    expect(() => tailorPlan(family, organization, { terms: { ...terms, ...change }, version: 1 })).toThrow(
      says,
    );
  });
});
