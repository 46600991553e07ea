import { describe, expect, it } from 'vitest';
import { keyedPricesOf, lookupKey, parseLookupKey } from '../../catalog/lookup-key.ts';
import {
  canonicalAmount,
  mayHaveOwnPrice,
  priceOfKey,
  twinOf,
  withOwnPrice,
} from '../../catalog/own-price.ts';
import { type PlanVersion, planVersionSchema } from '../../catalog/plan.ts';
import { asId } from '../../shared/ids.ts';
import type { SubscriptionItemRecord } from '../../subscriptions/subscriptions.ports.ts';
import { itemPriceOf } from './item-price.ts';
import { atOwnPrices, atRunningPrices, type OwnPrice, ownPriceAt } from './own-price.ts';
import { ownPriceChanges } from './told-own-prices.ts';

const seatKey = 'mg_desk_team_v2_user_month_usd';
const team: PlanVersion = planVersionSchema.parse({
  family: 'desk',
  rank: 1,
  key: 'team',
  version: 2,
  name: 'Team',
  description: '',
  offer: 'self_service',
  entitlements: [],
  prices: [
    {
      kind: 'seat',
      key: 'user',
      name: 'User',
      feature: 'users',
      rates: ['month', 'year'].map((interval) => ({
        interval,
        price: { model: 'per_unit', currency: 'USD', unitPrice: interval === 'month' ? '49' : '490' },
      })),
    },
    {
      kind: 'addon',
      key: 'client',
      name: 'Client',
      addOn: 'client',
      rates: [
        {
          interval: 'month',
          price: {
            model: 'graduated',
            currency: 'USD',
            tiers: [
              { upTo: '5', unitPrice: '9' },
              { upTo: null, unitPrice: '7' },
            ],
          },
        },
      ],
    },
  ],
});
const prices = keyedPricesOf(team);
const seat = (key = seatKey) => {
  const found = priceOfKey(team, key);
  if (found === undefined) throw new Error(`no price ${key}`);
  return found;
};

const own: OwnPrice = {
  id: asId('override', '01'),
  family: 'desk',
  plan: 'team',
  component: 'user',
  interval: 'month',
  currency: 'USD',
  unitPrice: '39.5',
  reason: 'agreed',
  createdBy: 'ops@example.test',
  createdAt: new Date('2027-04-10T00:00:00Z'),
  expiresAt: new Date('2027-06-01T00:00:00Z'),
  endedAt: null,
};
const item = (priceKey: string, running: SubscriptionItemRecord['running'] = null) => ({
  id: '1',
  priceKey,
  stripeItemId: 'si_1',
  stripePriceId: `price_${priceKey}`,
  quantity: '3',
  kind: 'seat' as const,
  running,
});

describe('the key of an own price', () => {
  it('names the amount behind the key of the catalogue and is read back to the same', () => {
    const key = withOwnPrice(seat(), '39.5').key;
    expect(key).toBe(`${seatKey}_own_39.5`);
    const identity = parseLookupKey(key);
    expect(identity && lookupKey(identity)).toBe(key);
    expect(priceOfKey(team, key)?.price).toMatchObject({ model: 'per_unit', unitPrice: '39.5' });
  });

  it.each([
    `${seatKey}_own_`,
    `${seatKey}_own_-1`,
    `${seatKey}_own_1e2`,
    `${seatKey}_own_1.`,
    `${seatKey}_39`,
  ])('is not %s', (key) => {
    expect(parseLookupKey(key)).toBeUndefined();
  });

  it('has a twin of the same amount, which Stripe takes for another price', () => {
    expect(twinOf(seat()).key).toBe(`${seatKey}_own_49`);
    expect(twinOf(seat(`${seatKey}_own_39`)).key).toBe(`${seatKey}_own_39.0`);
    expect(twinOf(seat(`${seatKey}_own_39.5`)).key).toBe(`${seatKey}_own_39.50`);
    expect(twinOf(seat(`${seatKey}_own_39`)).price).toMatchObject({ unitPrice: '39' });
    expect(['39.0', '39.50', '100', '0.10', '0'].map(canonicalAmount)).toEqual([
      '39',
      '39.5',
      '100',
      '0.1',
      '0',
    ]);
  });

  it('is never of tiers', () => {
    const tiers = prices.find(({ component }) => component.key === 'client');
    expect(tiers && mayHaveOwnPrice(tiers)).toBe(false);
    expect(tiers && withOwnPrice(tiers, '5').key).toBe(tiers?.key);
  });
});

describe('an own price', () => {
  const at = (instant: string, all = [own]) => ownPriceAt(all, own, new Date(instant))?.unitPrice ?? null;

  it('counts for periods that begin from when it was agreed until its end, the end not with it', () => {
    expect(at('2027-04-09T23:59:59Z')).toBeNull();
    expect(at('2027-04-10T00:00:00Z')).toBe('39.5');
    expect(at('2027-05-31T23:59:59Z')).toBe('39.5');
    expect(at('2027-06-01T00:00:00Z')).toBeNull();
  });

  it('ends by hand before its date, and the one that was agreed after it counts', () => {
    const ended = { ...own, endedAt: new Date('2027-05-01T00:00:00Z') };
    expect(at('2027-05-01T00:00:00Z', [ended])).toBeNull();
    const later = { ...own, unitPrice: '35', createdAt: new Date('2027-05-01T00:00:00Z') };
    expect(at('2027-05-01T00:00:00Z', [ended, later])).toBe('35');
  });

  it.each([
    ['another family', { family: 'chat' }],
    ['another plan', { plan: 'solo' }],
    ['another component', { component: 'client' }],
    ['another interval', { interval: 'year' as const }],
    ['another currency', { currency: 'EUR' }],
  ])('does not count for %s', (_what, other) => {
    expect(ownPriceAt([own], { ...own, ...other }, new Date('2027-05-01T00:00:00Z'))).toBeNull();
  });

  it('changes the amount of its place alone', () => {
    const keys = atOwnPrices(prices, [own], new Date('2027-05-01T00:00:00Z')).map(({ key }) => key);
    expect(keys).toEqual([
      `${seatKey}_own_39.5`,
      'mg_desk_team_v2_user_year_usd',
      'mg_desk_team_v2_client_month_usd',
    ]);
  });

  it('waits while the running period is charged another price, for what runs and not for what is new', () => {
    const present = [item(`${seatKey}_own_39.5`, { priceKey: seatKey, stripePriceId: 'price_1' })];
    const found = atRunningPrices(prices, present).map(({ item: { key }, isNew }) => [key, isNew]);
    expect(found[0]).toEqual([seatKey, false]);
    expect(found[2]).toEqual(['mg_desk_team_v2_client_month_usd', true]);
    expect(itemPriceOf(team, present[0] ?? item(''))).toEqual({
      unitPrice: '49',
      planPrice: '49',
      nextUnitPrice: '39.5',
    });
  });

  it('is said to end where the change goes to a plan without it', () => {
    const from = { plan: team, keys: [`${seatKey}_own_39.5`] };
    expect(ownPriceChanges(from, { plan: team, keys: ['mg_desk_team_v2_user_year_usd'] })).toEqual({
      gains: [],
      losses: ['Own price ends. User: $39.50 a month instead of $49.00, as agreed with you'],
    });
    expect(ownPriceChanges(from, from)).toEqual({ gains: [], losses: [] });
  });
});
