import { describe, expect, test } from 'vitest';
import { amountFromStripe, amountToStripe, unitAmountFromStripe, unitAmountToStripe } from './amounts.ts';

describe('amounts between Stripe and ISO 4217', () => {
  test.each([
    [9900, 'USD', 9900n],
    [4300, 'JPY', 4300n],
    [9000, 'KWD', 9000n],
    [500, 'ISK', 5n],
    [1200, 'UGX', 12n],
    [7, 'MGA', 700n],
    [-250, 'EUR', -250n],
  ])('%d %s at Stripe is %s minor units, and back', (stripe, currency, minor) => {
    expect(amountFromStripe(stripe, currency)).toBe(minor);
    expect(amountToStripe(minor, currency)).toBe(stripe);
  });

  test('an amount that one side cannot express is refused instead of rounded', () => {
    expect(() => amountFromStripe(501, 'ISK')).toThrow(RangeError);
    expect(() => amountToStripe(701n, 'MGA')).toThrow(RangeError);
    expect(() => amountToStripe(655n, 'KWD')).toThrow(RangeError);
    expect(() => amountFromStripe(1.5, 'USD')).toThrow(RangeError);
    expect(() => amountFromStripe(Number.MAX_SAFE_INTEGER + 2, 'USD')).toThrow(RangeError);
  });

  test.each([
    ['0.01', 'USD', '1'],
    ['0.001', 'USD', '0.1'],
    ['99', 'USD', '9900'],
    ['300', 'JPY', '300'],
    ['0.65', 'KWD', '650'],
    ['0', 'USD', '0'],
    ['0.000000000001', 'USD', '0.0000000001'],
  ])('a unit price of %s %s is %s in Stripe units, and back', (major, currency, stripe) => {
    expect(unitAmountToStripe(major, currency)).toBe(stripe);
    expect(unitAmountFromStripe(stripe, currency)).toBe(major);
  });
});
