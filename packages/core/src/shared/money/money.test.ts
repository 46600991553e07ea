import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { currencyExponent, parseCurrency } from './currency.ts';
import { formatMoney, formatQuantity, formatUnitPrice } from './format-money.ts';
import { addMoney, allocate, compareMoney, money, subtractMoney, sumMoney, toMajorDecimal } from './money.ts';
import { rational, roundHalfAwayFromZero, roundUp } from './rational.ts';

/** CLDR separates with no-break spaces; people read them as spaces. */
const plain = (text: string) => text.replaceAll(/[\u00a0\u202f]/g, ' ');

describe('currency', () => {
  it.each([
    ['JPY', 0],
    ['USD', 2],
    ['EUR', 2],
    ['KWD', 3],
    ['CLF', 4],
    ['HUF', 2],
  ])('%s has %i minor digits', (code, exponent) => {
    expect(currencyExponent(code)).toBe(exponent);
  });

  it('reads a code in any case and refuses what is not ISO 4217', () => {
    expect(parseCurrency('eur')).toBe('EUR');
    for (const text of ['EURO', 'ıdr', 'XXX', '', 'constructor', '__proto__']) {
      expect(() => parseCurrency(text)).toThrow(expect.objectContaining({ code: 'CURRENCY_UNKNOWN' }));
    }
  });
});

describe('money', () => {
  it('refuses to mix currencies', () => {
    const mix = [money(1n, 'USD'), money(1n, 'EUR')] as const;
    for (const operation of [addMoney, subtractMoney, compareMoney]) {
      expect(() => operation(...mix)).toThrow(expect.objectContaining({ code: 'CURRENCY_MISMATCH' }));
    }
  });

  it('sums an empty list to zero of its currency', () => {
    expect(sumMoney('JPY', [])).toEqual({ amountMinor: 0n, currency: 'JPY' });
  });

  it('writes major units with exactly the digits of the currency', () => {
    expect(toMajorDecimal(money(123456n, 'USD'))).toBe('1234.56');
    expect(toMajorDecimal(money(-5n, 'USD'))).toBe('-0.05');
    expect(toMajorDecimal(money(5n, 'KWD'))).toBe('0.005');
    expect(toMajorDecimal(money(4300n, 'JPY'))).toBe('4300');
  });

  it('formats for people in their locale', () => {
    expect(formatMoney(money(123456n, 'USD'), 'en-US')).toBe('$1,234.56');
    expect(plain(formatMoney(money(123456n, 'EUR'), 'de-DE'))).toBe('1.234,56 €');
    expect(formatMoney(money(4300n, 'JPY'), 'en-US')).toBe('¥4,300');
    expect(plain(formatMoney(money(9000n, 'KWD'), 'en-US'))).toBe('KWD 9.000');
  });

  it('formats amounts beyond 2^53 without losing a digit', () => {
    expect(formatMoney(money(900719925474099301n, 'USD'), 'en-US')).toBe('$9,007,199,254,740,993.01');
  });

  it('shows every decimal of a unit price and of a quantity', () => {
    expect(formatUnitPrice({ price: '0.001', currency: 'USD' }, 'en-US')).toBe('$0.001');
    expect(formatUnitPrice({ price: '2', currency: 'USD' }, 'en-US')).toBe('$2.00');
    expect(formatUnitPrice({ price: '300', currency: 'JPY' }, 'en-US')).toBe('¥300');
    expect(formatQuantity('9007199254740993.000000000001', 'en-US')).toBe(
      '9,007,199,254,740,993.000000000001',
    );
  });
});

describe('rounding', () => {
  it('moves exactly one half away from zero', () => {
    expect(roundHalfAwayFromZero(rational(5n, 2n))).toBe(3n);
    expect(roundHalfAwayFromZero(rational(-5n, 2n))).toBe(-3n);
    expect(roundHalfAwayFromZero(rational(249n, 100n))).toBe(2n);
    expect(roundHalfAwayFromZero(rational(1005n, 10n))).toBe(101n);
  });

  it('is the nearest integer and mirrors around zero', () => {
    fc.assert(
      fc.property(fc.bigInt(-(10n ** 30n), 10n ** 30n), fc.bigInt(1n, 10n ** 15n), (n, d) => {
        const rounded = roundHalfAwayFromZero(rational(n, d));
        const distance = rounded * d - n;
        expect(2n * (distance < 0n ? -distance : distance) <= d).toBe(true);
        expect(roundHalfAwayFromZero(rational(-n, d))).toBe(-rounded);
      }),
    );
  });

  it('rounds up to whole units only when something is left', () => {
    expect([roundUp(rational(6n, 3n)), roundUp(rational(7n, 3n)), roundUp(rational(-7n, 3n))]).toEqual([
      2n,
      3n,
      -2n,
    ]);
  });
});

describe('allocate', () => {
  it('gives left-over units to the largest remainder and to the earlier part on a tie', () => {
    expect(allocate(100n, [1n, 1n, 1n])).toEqual([34n, 33n, 33n]);
    expect(allocate(-100n, [1n, 1n, 1n])).toEqual([-34n, -33n, -33n]);
    expect(allocate(5n, [0n, 3n, 7n])).toEqual([0n, 2n, 3n]);
  });

  it('always sums to the whole, and no part is off by a unit or more', () => {
    const weights = fc
      .array(fc.bigInt(0n, 10n ** 12n), { minLength: 1, maxLength: 30 })
      .filter((list) => list.some((weight) => weight > 0n));
    fc.assert(
      fc.property(fc.bigInt(-(10n ** 20n), 10n ** 20n), weights, (total, list) => {
        const parts = allocate(total, list);
        const weightSum = list.reduce((sum, weight) => sum + weight, 0n);
        expect(parts.reduce((sum, part) => sum + part, 0n)).toBe(total);
        for (const [position, part] of parts.entries()) {
          const error = part * weightSum - total * (list[position] ?? 0n);
          expect((error < 0n ? -error : error) < weightSum).toBe(true);
        }
      }),
    );
  });

  it('refuses weights that are negative or all zero', () => {
    expect(() => allocate(1n, [0n])).toThrow('weights');
    expect(() => allocate(1n, [2n, -1n])).toThrow('weights');
  });
});
