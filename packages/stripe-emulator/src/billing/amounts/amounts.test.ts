import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { split } from '../discounts/allocate.ts';
import { fraction, parseDecimal, roundHalfAway, toDecimal } from './fraction.ts';
import { boundary } from './period.ts';
import { prorate } from './proration.ts';

describe('exact amounts', () => {
  it('rounds half away from zero on both sides', () => {
    expect([fraction(1, 2), fraction(-1, 2), fraction(3, 2), fraction(149, 100)].map(roundHalfAway)).toEqual([
      1, -1, 2, 1,
    ]);
  });

  it('reads back every decimal it writes', () => {
    fc.assert(
      fc.property(fc.bigInt(-(10n ** 20n), 10n ** 20n), fc.integer({ min: 0, max: 12 }), (digits, scale) => {
        const value = fraction(digits, 10n ** BigInt(scale));
        const back = parseDecimal(toDecimal(value));
        expect(back.numerator * value.denominator).toBe(value.numerator * back.denominator);
      }),
    );
  });

  it('splits an amount into parts that sum to it and never exceed their weight', () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat(100_000), { minLength: 1, maxLength: 20 }),
        fc.nat(1_000_000),
        (weights, amount) => {
          const parts = split(amount, weights);
          const total = weights.reduce((sum, weight) => sum + weight, 0);
          expect(parts.reduce((sum, part) => sum + part, 0)).toBe(Math.min(amount, total));
          expect(parts.every((part, index) => part <= (weights[index] ?? 0))).toBe(true);
        },
      ),
    );
  });

  it('gives all at the start of a period, nothing at its end, and refuses instants outside', () => {
    const period = { start: 1000, end: 2000 };
    expect([prorate(999, period, 1000), prorate(999, period, 2000)]).toEqual([999, 0]);
    expect(() => prorate(999, period, 2001)).toThrow(RangeError);
  });

  it('has periods without gaps or drift for every anchor day', () => {
    for (let day = 1; day <= 31; day++) {
      const anchor = Date.UTC(2024, 0, day, 7, 30) / 1000;
      for (let n = 0; n < 240; n++) {
        const at = new Date(boundary(anchor, { interval: 'month', interval_count: 1 }, n) * 1000);
        const lastDay = new Date(Date.UTC(at.getUTCFullYear(), at.getUTCMonth() + 1, 0)).getUTCDate();
        expect([at.getUTCDate(), at.getUTCMonth(), at.getUTCHours()]).toEqual([
          Math.min(day, lastDay),
          n % 12,
          7,
        ]);
      }
    }
  });
});
