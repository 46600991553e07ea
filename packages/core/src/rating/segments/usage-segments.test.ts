import { describe, expect, it } from 'vitest';
import { defineFamily, planVersionOf } from '../../catalog/define-family.ts';
import type { EntitlementInput } from '../../catalog/entitlement.ts';
import { asId } from '../../shared/ids.ts';
import type { SubscriptionTerms } from '../../subscriptions/terms/subscription-terms.ts';
import type { DatedOverride } from './dated-override.ts';
import { usageSegments } from './usage-segments.ts';

const at = (day: number) => new Date(Date.UTC(2026, 3, day));
const limited = (
  base: string,
  perClient?: string,
  onLimit: 'block' | 'overage' = 'overage',
): EntitlementInput => ({
  kind: 'metered',
  feature: 'call',
  onLimit,
  included: { kind: 'limited', base, ...(perClient === undefined ? {} : { perClient }) },
});
const plan = (key: string, unitPrice: string | null, entitlement: EntitlementInput) => ({
  key,
  version: 1,
  name: key,
  description: key,
  offer: 'self_service' as const,
  prices:
    unitPrice === null
      ? []
      : [
          {
            kind: 'usage' as const,
            key: 'call',
            name: 'Calls',
            feature: 'call',
            billing: 'invoice_item' as const,
            rates: [
              {
                interval: 'month' as const,
                price: { model: 'per_unit' as const, currency: 'USD', unitPrice },
              },
            ],
          },
        ],
  entitlements: [entitlement],
});
const family = defineFamily({
  key: 'phones',
  name: 'Phones',
  description: '',
  meters: [{ key: 'call', name: 'Calls', unit: 'call', eventName: 'call', aggregation: 'sum' }],
  features: [{ key: 'call', kind: 'metered', name: 'Calls', unit: 'call' }],
  plans: [
    plan('basic', null, limited('100', undefined, 'block')),
    plan('pro', '0.10', limited('500', '50')),
    plan('business', '0.08', limited('2000')),
  ],
});

function terms(day: number, changed: Partial<SubscriptionTerms> = {}): SubscriptionTerms {
  return {
    subscriptionId: asId('subscription', '01890000-0000-7000-8000-000000000001'),
    effectiveAt: at(day),
    plan: 'pro',
    planVersion: 1,
    currency: 'USD',
    billingAnchor: at(1),
    seats: 0,
    clients: 0,
    isBillable: true,
    isPaused: false,
    ...changed,
  };
}

function override(startsAt: number, endsAt: number | null, changed: Partial<DatedOverride>): DatedOverride {
  return {
    id: `${startsAt}`,
    feature: 'call',
    startsAt: at(startsAt),
    endsAt: endsAt === null ? null : at(endsAt),
    ...changed,
  };
}

function segments(history: readonly SubscriptionTerms[], overrides: readonly DatedOverride[] = []): string[] {
  const month = { period: { start: at(1), end: at(31) }, isClosed: true, endsPaused: false, terms: history };
  const planOf = (one: SubscriptionTerms) => planVersionOf(family, one.plan) ?? null;
  return usageSegments({ month, meters: family.meters, planOf, overrides }).map(
    ({ period, usagePrice: { price }, isOpening, isLastOfKey }) => {
      const days = `${period.start.getUTCDate()}–${period.end.getTime() === at(31).getTime() ? 31 : period.end.getUTCDate()}`;
      const text = price.model === 'per_unit' ? `${price.unitPrice} beyond ${price.included}` : price.model;
      return [days, text, isOpening ? 'opening' : '', isLastOfKey ? '' : 'comes back']
        .filter(Boolean)
        .join(' ');
    },
  );
}

describe('parts of a month', () => {
  it('are one while nothing changes', () => {
    expect(segments([terms(1)])).toEqual(['1–31 0.1 beyond 500 opening']);
  });

  it('are cut where the plan changes, each with its own price', () => {
    expect(segments([terms(1), terms(12, { plan: 'business' })])).toEqual([
      '1–12 0.1 beyond 500 opening',
      '12–31 0.08 beyond 2000',
    ]);
  });

  it('leave out the time of a plan that charges nothing for it', () => {
    expect(segments([terms(1, { plan: 'basic' }), terms(12)])).toEqual(['12–31 0.1 beyond 500 opening']);
    expect(segments([terms(1), terms(12, { plan: 'basic' })])).toEqual(['1–12 0.1 beyond 500 opening']);
  });

  it('leave out trials', () => {
    expect(segments([terms(1, { isBillable: false }), terms(8)])).toEqual(['8–31 0.1 beyond 500 opening']);
  });

  it('with a client more or less are one with the larger included quantity', () => {
    const history = [terms(1, { clients: 2 }), terms(10, { clients: 4 }), terms(20, { clients: 1 })];
    expect(segments(history)).toEqual(['1–31 0.1 beyond 700 opening']);
  });

  it('are cut by a price of the organization’s own, from its beginning to its end', () => {
    const own = override(10, 20, { unitPrice: '0.05' });
    expect(segments([terms(1)], [own])).toEqual([
      '1–10 0.1 beyond 500 opening comes back',
      '10–20 0.05 beyond 500 comes back',
      '20–31 0.1 beyond 500',
    ]);
  });

  it('keep the larger limit that was granted for a time', () => {
    const own = override(10, 20, { limit: { kind: 'limited', quantity: '900' } });
    expect(segments([terms(1)], [own])).toEqual(['1–31 0.1 beyond 900 opening']);
  });

  it('do not know what was granted before the month or after it', () => {
    const ended = { ...override(1, 2, { unitPrice: '0.05' }), startsAt: new Date(0), endsAt: at(1) };
    expect(segments([terms(1)], [ended])).toEqual(['1–31 0.1 beyond 500 opening']);
  });

  it('of there and back are three, of which the last owns the line of the price', () => {
    const history = [terms(1), terms(10, { plan: 'business' }), terms(20)];
    expect(segments(history)).toEqual([
      '1–10 0.1 beyond 500 opening comes back',
      '10–20 0.08 beyond 2000',
      '20–31 0.1 beyond 500',
    ]);
  });
});
