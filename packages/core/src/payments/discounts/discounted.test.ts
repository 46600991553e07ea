import { describe, expect, it } from 'vitest';
import type { Discount } from '../../subscriptions/subscriptions.schemas.ts';
import { discountedMinor } from './discounted.ts';

const at = new Date('2027-05-01T00:00:00Z');

function discount(fields: Partial<Discount>): Discount {
  return {
    id: 'di_1',
    coupon: 'c',
    name: 'C',
    duration: 'forever',
    percentOff: null,
    amountOffMinor: null,
    endsAt: null,
    ...fields,
  };
}

describe('the next invoice after its discounts', () => {
  it.each([
    { what: 'nothing off', discounts: [], total: 9_900n },
    { what: 'a quarter off', discounts: [discount({ percentOff: '25' })], total: 7_425n },
    { what: 'a fraction of a percent off', discounts: [discount({ percentOff: '12.5' })], total: 8_662n },
    {
      what: 'an amount off, once for all lines',
      discounts: [discount({ amountOffMinor: '2000' })],
      total: 7_900n,
    },
    { what: 'more off than there is', discounts: [discount({ amountOffMinor: '20000' })], total: 0n },
    {
      what: 'a percentage and then an amount',
      discounts: [discount({ percentOff: '50' }), discount({ amountOffMinor: '1000' })],
      total: 3_950n,
    },
    {
      what: 'one that is used up by then',
      discounts: [discount({ percentOff: '50', duration: 'once' })],
      total: 9_900n,
    },
    {
      what: 'one that ends at that instant',
      discounts: [discount({ percentOff: '50', duration: 'repeating', endsAt: at.toISOString() })],
      total: 9_900n,
    },
  ])('takes $what', ({ discounts, total }) => {
    expect(discountedMinor([4_900n, 5_000n], { discounts, at })).toBe(total);
  });
});
