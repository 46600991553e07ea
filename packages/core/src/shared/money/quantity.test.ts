import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  addQuantities,
  compareQuantities,
  multiplyQuantity,
  parseQuantity,
  quantityInputSchema,
  subtractQuantities,
  unitsRoundedUp,
} from './quantity.ts';
import { parseUnitPrice, unitPriceSchema } from './unit-price.ts';

const refused: unknown[] = [
  '1,000',
  '0x10',
  ' 5 ',
  '５',
  '-0',
  '-0.00',
  '1e3',
  '+1',
  '01',
  '.5',
  '5.',
  '',
  'NaN',
  'Infinity',
  '-5',
  '10000000000000000',
  '0.0000000000001',
  '1\n',
  -5,
  -0,
  1.5,
  1e16,
  1e308,
  2 ** 53,
  Number.NaN,
  Number.POSITIVE_INFINITY,
  null,
  undefined,
  true,
  [],
  ['1'],
  {},
  10n,
];

describe('parseQuantity', () => {
  it.each(refused.map((input) => [input]))('refuses %p, and the request schema refuses it too', (input) => {
    expect(() => parseQuantity(input)).toThrow(
      expect.objectContaining({ code: 'QUANTITY_INVALID', kind: 'invalid_input' }),
    );
    expect(quantityInputSchema.safeParse(input).success).toBe(false);
  });

  it.each([
    ['1.50', '1.5'],
    ['0', '0'],
    ['0.000', '0'],
    ['100', '100'],
    ['9007199254740993', '9007199254740993'],
    ['9999999999999999.999999999999', '9999999999999999.999999999999'],
    [42, '42'],
    [9007199254740991, '9007199254740991'],
  ])('reads %p as %s', (input, canonical) => {
    expect(parseQuantity(input)).toBe(canonical);
    expect(quantityInputSchema.parse(input)).toBe(canonical);
  });

  it('takes negative quantities only where corrections are allowed', () => {
    expect(parseQuantity('-2.50', { sign: 'any' })).toBe('-2.5');
  });

  it('is stable: a canonical quantity reads as itself', () => {
    fc.assert(
      fc.property(fc.bigInt(0n, 10n ** 28n - 1n), (scaled) => {
        const digits = scaled.toString().padStart(13, '0');
        const canonical = parseQuantity(`${digits.slice(0, -12)}.${digits.slice(-12)}`);
        expect(parseQuantity(canonical)).toBe(canonical);
      }),
    );
  });
});

describe('quantity arithmetic', () => {
  it('adds, subtracts, multiplies and compares exactly', () => {
    expect(addQuantities('0.1', '0.2')).toBe('0.3');
    expect(addQuantities()).toBe('0');
    expect(subtractQuantities('1', '1.000000000001')).toBe('-0.000000000001');
    expect(multiplyQuantity('1000.5', 3)).toBe('3001.5');
    expect(compareQuantities('10', '9')).toBe(1);
    expect(compareQuantities('1.50', '1.5')).toBe(0);
  });

  it('keeps sums that are larger than one quantity may be', () => {
    const sum = addQuantities('9999999999999999', '9999999999999999');
    expect(addQuantities(sum, '0.5')).toBe('19999999999999998.5');
  });

  it('counts a begun unit as a whole one', () => {
    expect(unitsRoundedUp('60', '60')).toBe('1');
    expect(unitsRoundedUp('61', '60')).toBe('2');
    expect(unitsRoundedUp('0', '60')).toBe('0');
    expect(unitsRoundedUp('60.000000000001', '60')).toBe('2');
  });
});

describe('whole numbers of few digits', () => {
  const whole = fc.oneof(
    fc.bigInt({ min: 0n, max: 10n ** 17n }),
    fc.constantFrom(0n, 999_999_999_999_999n, 10n ** 15n, 9_007_199_254_740_993n),
  );

  it('are added, taken away and compared as exactly as all others', () => {
    fc.assert(
      fc.property(fc.array(whole, { minLength: 1, maxLength: 12 }), whole, (values, other) => {
        const sum = values.reduce((total, value) => total + value, 0n);
        expect(addQuantities(...values.map(String))).toBe(String(sum));
        expect(subtractQuantities(String(values[0]), String(other))).toBe(String((values[0] ?? 0n) - other));
        expect(Math.sign(compareQuantities(String(values[0]), String(other)))).toBe(
          Number((values[0] ?? 0n) > other) - Number((values[0] ?? 0n) < other),
        );
      }),
    );
  });
});

describe('unit prices', () => {
  it('are plain decimals that are not negative', () => {
    expect(parseUnitPrice('0.0010')).toBe('0.001');
    expect(unitPriceSchema.parse('49.00')).toBe('49');
    for (const text of ['-1', '1e-3', '$1', '']) {
      expect(() => parseUnitPrice(text)).toThrow(expect.objectContaining({ code: 'UNIT_PRICE_INVALID' }));
      expect(unitPriceSchema.safeParse(text).success).toBe(false);
    }
  });
});
