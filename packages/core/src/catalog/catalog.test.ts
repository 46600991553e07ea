import { describe, expect, it } from 'vitest';
import { contentHashInput } from './content-hash-input.ts';
import { defineFamily, freePlanOf, planVersionOf } from './define-family.ts';
import { type EntitlementOverride, entitlementsOf } from './effective-entitlements.ts';
import { allocated, custom, limited, metered, switches, unlimited } from './entitlement.ts';
import { keyedPricesOf, lookupKey, parseLookupKey, pricesForSubscription } from './lookup-key.ts';
import { currenciesOf, intervalsOf, isSelfService, planVersionSchema } from './plan.ts';
import type { ProductFamilyInput } from './product-family.ts';
import { suggestUpgrade } from './suggest-upgrade.ts';
import { usagePriceOf } from './usage-price.ts';

const perUnit = (unitPrice: string, currency = 'USD') => ({
  model: 'per_unit' as const,
  currency,
  unitPrice,
});

function familyInput(): ProductFamilyInput {
  return {
    key: 'desk',
    name: 'Desk',
    description: 'Test family.',
    meters: [{ key: 'ticket', name: 'Tickets', unit: 'ticket', eventName: 'ticket', aggregation: 'sum' }],
    features: [
      { key: 'ticket', kind: 'metered', name: 'Tickets', unit: 'ticket' },
      { key: 'users', kind: 'allocated', name: 'Users', unit: 'user' },
      { key: 'sso', kind: 'boolean', name: 'Single sign-on' },
      { key: 'theme', kind: 'config', name: 'Theme' },
    ],
    addOns: [{ key: 'client', name: 'Client', counts: 'clients' }],
    paymentFailure: { restrictedFeatures: ['users'] },
    plans: [
      {
        key: 'free',
        version: 1,
        name: 'Free',
        description: '',
        offer: 'free',
        prices: [],
        entitlements: [
          metered('ticket', { included: limited('10') }),
          allocated('users', { included: limited('3') }),
          ...switches(['sso'], false),
          { kind: 'config', feature: 'theme', value: 'light' },
        ],
      },
      {
        key: 'team',
        version: 2,
        name: 'Team',
        description: '',
        offer: 'self_service',
        prices: [
          {
            kind: 'seat',
            key: 'user',
            name: 'User',
            feature: 'users',
            rates: [
              { interval: 'month', price: perUnit('49') },
              { interval: 'year', price: perUnit('490') },
            ],
          },
          {
            kind: 'addon',
            key: 'client',
            name: 'Client',
            addOn: 'client',
            rates: [{ interval: 'month', price: perUnit('5') }],
          },
          {
            kind: 'usage',
            key: 'ticket',
            name: 'Tickets',
            feature: 'ticket',
            billing: 'invoice_item',
            rates: [{ interval: 'month', price: perUnit('0.10') }],
          },
        ],
        entitlements: [
          metered('ticket', { included: limited('500', { perClient: '100' }), onLimit: 'overage' }),
          allocated('users', { included: limited('0', { perSeat: '1' }) }),
          ...switches(['sso'], false),
        ],
      },
      {
        key: 'enterprise',
        version: 1,
        name: 'Enterprise',
        description: '',
        offer: 'contact_sales',
        prices: [],
        entitlements: [
          metered('ticket', { included: custom }),
          allocated('users', { included: unlimited }),
          ...switches(['sso'], true),
        ],
      },
    ],
  };
}

const family = defineFamily(familyInput());
function planOf(key: string) {
  const version = planVersionOf(family, key);
  if (version === undefined) throw new Error(`no plan ${key}`);
  return version;
}
const at = new Date('2026-06-01T00:00:00Z');
function entitlement(plan: string, feature: string, overrides: EntitlementOverride[] = []) {
  const all = entitlementsOf({
    planVersion: planOf(plan),
    quantities: { clients: 3, seats: 7 },
    overrides,
    at,
  });
  const found = all.get(feature);
  if (found === undefined) throw new Error(`no ${feature}`);
  return found;
}
function quantityEntitlement(plan: string, feature: string, overrides: EntitlementOverride[] = []) {
  const found = entitlement(plan, feature, overrides);
  if (found.kind !== 'metered' && found.kind !== 'allocated') throw new Error(`${feature} has no limit`);
  return found;
}
const override = (fields: Partial<EntitlementOverride>): EntitlementOverride => ({
  id: 'o1',
  feature: 'ticket',
  expiresAt: null,
  ...fields,
});

describe('defineFamily', () => {
  it('freezes what it returns, through and through', () => {
    expect(() => Object.assign(family.plans[0]?.entitlements[0] ?? {}, { feature: 'x' })).toThrow(TypeError);
  });

  it('fills in defaults: closed for block, open for overage, restricted features marked', () => {
    expect(quantityEntitlement('free', 'ticket')).toMatchObject({
      onUnavailable: 'closed',
      thresholds: [80, 100],
      reset: 'billing_period',
      isRestrictedWhenPastDue: false,
    });
    expect(entitlement('team', 'ticket').onUnavailable).toBe('open');
    expect(entitlement('team', 'users').isRestrictedWhenPastDue).toBe(true);
    expect(family.paymentFailure).toMatchObject({
      restrictedAfterDays: 7,
      suspendedAfterDays: 14,
      canceledAfterDays: 30,
    });
  });

  it('lets a family decide what is answered in an outage', () => {
    const open = defineFamily({ ...familyInput(), onUnavailable: 'open' });
    expect(open.plans.flatMap(({ entitlements }) => entitlements.map((e) => e.onUnavailable))).not.toContain(
      'closed',
    );
  });

  it.each<[string, (input: ProductFamilyInput) => void]>([
    ['is granted twice', (input) => input.plans[0]?.entitlements.push(...switches(['sso'], true))],
    ['no such feature', (input) => input.plans[0]?.entitlements.push(...switches(['nothing'], true))],
    [
      'no such feature of this kind',
      (input) => input.plans[2]?.entitlements.splice(2, 1, metered('sso', { included: unlimited })),
    ],
    ['overage needs a usage price', (input) => input.plans[1]?.prices.splice(2, 1)],
    ['unknown add-on', (input) => input.addOns?.splice(0, 1)],
    ['a key is used twice', (input) => input.features.push({ key: 'sso', kind: 'boolean', name: 'x' })],
    ['has the key of its meter', (input) => input.features.push({ key: 'x', kind: 'metered', name: 'x' })],
    ['does not grant users', (input) => input.plans[1]?.entitlements.splice(1, 1)],
    [
      'other currencies',
      (input) => input.plans[1]?.prices[0]?.rates.push({ interval: 'month', price: perUnit('40', 'EUR') }),
    ],
    ['only plans sold by self-service', (input) => Object.assign(input.plans[1] ?? {}, { offer: 'free' })],
    ['is not a feature', (input) => input.paymentFailure?.restrictedFeatures?.push('nothing')],
    [
      'the steps follow each other',
      (input) => Object.assign(input.paymentFailure ?? {}, { suspendedAfterDays: 3 }),
    ],
  ])('refuses a family where a part contradicts the rest: %s', (problem, spoil) => {
    const input = familyInput();
    spoil(input);
    expect(() => defineFamily(input)).toThrow(problem);
  });

  it('publishes plan versions that stand for themselves', () => {
    const version = planOf('team');
    expect(version).toMatchObject({ family: 'desk', rank: 1, key: 'team', version: 2 });
    expect(planVersionSchema.parse(JSON.parse(JSON.stringify(version)))).toEqual(version);
    expect(freePlanOf(family)?.key).toBe('free');
    expect(planVersionOf(family, 'constructor')).toBeUndefined();
  });

  it('knows what a plan is sold in and to whom', () => {
    expect(intervalsOf(planOf('team'))).toEqual(['month', 'year']);
    expect(currenciesOf(planOf('team'))).toEqual(['USD']);
    expect(['free', 'team', 'enterprise'].map((key) => isSelfService(planOf(key)))).toEqual([
      false,
      true,
      false,
    ]);
  });
});

describe('lookup keys', () => {
  it('are stable and can be read back', () => {
    const keys = keyedPricesOf(planOf('team')).map(({ key }) => key);
    expect(keys).toEqual([
      'mg_desk_team_v2_user_month_usd',
      'mg_desk_team_v2_user_year_usd',
      'mg_desk_team_v2_client_month_usd',
      'mg_desk_team_v2_ticket_month_usd',
    ]);
    for (const key of keys) {
      const identity = parseLookupKey(key);
      expect(identity && lookupKey(identity)).toBe(key);
    }
    expect(parseLookupKey('mg_voice-ops_pro_v12_ai_run_month_usd')?.component).toBe('ai_run');
    expect(parseLookupKey('price_123')).toBeUndefined();
  });

  it('charge usage monthly beside an annual plan', () => {
    const keys = pricesForSubscription(planOf('team'), { interval: 'year', currency: 'USD' }).map(
      (p) => p.key,
    );
    expect(keys).toEqual(['mg_desk_team_v2_user_year_usd', 'mg_desk_team_v2_ticket_month_usd']);
  });
});

describe('contentHashInput', () => {
  it('does not depend on the order of keys, but on the order of lists', () => {
    expect(contentHashInput({ b: 1, a: { d: [2, 1], c: undefined } })).toBe('{"a":{"d":[2,1]},"b":1}');
    expect(contentHashInput({ a: { d: [2, 1] }, b: 1 })).toBe(contentHashInput({ b: 1, a: { d: [2, 1] } }));
    expect(contentHashInput([1, 2])).not.toBe(contentHashInput([2, 1]));
  });
});

describe('entitlementsOf', () => {
  it('adds up what clients and seats bring', () => {
    expect(quantityEntitlement('team', 'ticket').limit).toEqual({ kind: 'limited', quantity: '800' });
    expect(quantityEntitlement('team', 'users').limit).toEqual({ kind: 'limited', quantity: '7' });
    expect(quantityEntitlement('enterprise', 'users').limit).toEqual({ kind: 'unlimited' });
  });

  it('grants nothing of what is agreed per organization until an override says how much', () => {
    expect(quantityEntitlement('enterprise', 'ticket').limit).toEqual({ kind: 'limited', quantity: '0' });
    const agreed = override({ limit: { kind: 'limited', quantity: '9000' } });
    expect(quantityEntitlement('enterprise', 'ticket', [agreed]).limit).toEqual({
      kind: 'limited',
      quantity: '9000',
    });
  });

  it('inherits what an override does not say and lets the later one win', () => {
    const merged = quantityEntitlement('team', 'ticket', [
      override({ id: 'a', limit: { kind: 'limited', quantity: '1' }, unitPrice: '0.05' }),
      override({ id: 'b', limit: { kind: 'limited', quantity: '2' } }),
    ]);
    expect(merged).toMatchObject({
      limit: { quantity: '2' },
      unitPriceOverride: '0.05',
      onLimit: 'overage',
      overrideIds: ['a', 'b'],
    });
  });

  it('ignores overrides from their end on, and those of other features', () => {
    const limit = { kind: 'limited' as const, quantity: '1' };
    for (const other of [override({ limit, expiresAt: at }), override({ limit, feature: 'users' })]) {
      expect(quantityEntitlement('team', 'ticket', [other]).limit).toEqual({
        kind: 'limited',
        quantity: '800',
      });
    }
    const later = override({ limit, expiresAt: new Date(at.getTime() + 1) });
    expect(quantityEntitlement('team', 'ticket', [later]).limit).toEqual(limit);
  });

  it('switches a boolean for one organization', () => {
    expect(entitlement('team', 'sso', [override({ feature: 'sso', isEnabled: true })])).toMatchObject({
      isEnabled: true,
    });
  });
});

describe('usagePriceOf', () => {
  const price = (overrides: EntitlementOverride[]) =>
    usagePriceOf(planOf('team'), quantityEntitlement('team', 'ticket', overrides), 'USD');

  it('has the organization its own free units and its own unit price', () => {
    expect(price([])).toMatchObject({
      key: 'mg_desk_team_v2_ticket_month_usd',
      billing: 'invoice_item',
      price: { unitPrice: '0.1', included: '800' },
    });
    expect(price([override({ unitPrice: '0.05' })])?.price).toMatchObject({
      unitPrice: '0.05',
      included: '800',
    });
  });

  it('charges nothing when an override lifts the limit for good', () => {
    expect(price([override({ limit: { kind: 'unlimited' } })])).toBeUndefined();
  });

  it('charges from the first unit where the plan includes no quantity, even below a ceiling', () => {
    const input = familyInput();
    input.plans[1]?.entitlements.splice(0, 1, metered('ticket', { included: unlimited }));
    const version = planVersionOf(defineFamily(input), 'team');
    const capped = override({ limit: { kind: 'limited', quantity: '50' } });
    const found =
      version &&
      entitlementsOf({
        planVersion: version,
        quantities: { clients: 0, seats: 0 },
        overrides: [capped],
        at,
      }).get('ticket');
    if (version === undefined || found?.kind !== 'metered') throw new Error('ticket is metered');
    expect(usagePriceOf(version, found, 'USD')?.price).toMatchObject({ included: '0' });
  });
});

describe('suggestUpgrade', () => {
  const need = { quantities: { clients: 0, seats: 0 }, needed: '11', currency: 'USD' };

  it('names the next plan that would allow it', () => {
    expect(suggestUpgrade(family, { ...need, currentPlan: 'free', feature: 'ticket' })?.plan).toBe('team');
    expect(suggestUpgrade(family, { ...need, currentPlan: 'free', feature: 'users' })?.plan).toBe('team');
    expect(suggestUpgrade(family, { ...need, currentPlan: 'free', feature: 'sso' })).toEqual({
      plan: 'enterprise',
      offer: 'contact_sales',
    });
    expect(suggestUpgrade(family, { ...need, currentPlan: null, feature: 'ticket' })?.plan).toBe('team');
  });

  it('names none that is not sold in the currency, except what is priced by hand', () => {
    const inYen = { ...need, currentPlan: 'free', currency: 'JPY' };
    const found = ['ticket', 'users'].map((feature) => suggestUpgrade(family, { ...inYen, feature })?.offer);
    expect(found).not.toContain('self_service');
    expect(suggestUpgrade(family, { ...inYen, feature: 'sso' })?.plan).toBe('enterprise');
  });

  it('names none where none helps', () => {
    expect(suggestUpgrade(family, { ...need, currentPlan: 'enterprise', feature: 'sso' })).toBeUndefined();
    expect(suggestUpgrade(family, { ...need, currentPlan: 'free', feature: 'theme' })).toBeUndefined();
  });
});
