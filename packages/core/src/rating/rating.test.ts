import { describe, expect, it } from 'vitest';
import { type Price, type PriceInput, priceSchema } from '../catalog/price.ts';
import { rateUsage } from './rate-usage.ts';

const price = (input: PriceInput): Price => priceSchema.parse(input);
const total = (input: PriceInput, quantity: string) => rateUsage(price(input), quantity).totalMinor;

const tiers = [
  { upTo: '100', unitPrice: '0.10' },
  { upTo: '1000', unitPrice: '0.05', flatPrice: '3' },
  { upTo: null, unitPrice: '0.01' },
];

describe('rateUsage', () => {
  it('charges a flat price whatever the quantity', () => {
    expect(total({ model: 'flat', currency: 'USD', unitPrice: '29' }, '0')).toBe(2900n);
    expect(total({ model: 'flat', currency: 'KWD', unitPrice: '9.000' }, '7')).toBe(9000n);
    expect(total({ model: 'flat', currency: 'JPY', unitPrice: '4300' }, '1')).toBe(4300n);
  });

  it('charges units beyond the included ones', () => {
    const message: PriceInput = { model: 'per_unit', currency: 'USD', unitPrice: '0.01', included: '5000' };
    expect(total(message, '5000')).toBe(0n);
    expect(total(message, '6500')).toBe(1500n);
  });

  it('charges parts of a unit, rounding the line once and half away from zero', () => {
    const word: PriceInput = { model: 'per_unit', currency: 'USD', unitPrice: '0.001' };
    expect(total(word, '1004')).toBe(100n);
    expect(total(word, '1005')).toBe(101n);
    expect(total({ ...word, unitPrice: '1' }, '1.005')).toBe(101n);
  });

  it('charges the minimum even when nothing was used, and no more than the price above it', () => {
    const least: PriceInput = { model: 'per_unit', currency: 'USD', unitPrice: '0.02', minimum: '10' };
    expect(total(least, '0')).toBe(1000n);
    expect(total(least, '600')).toBe(1200n);
    expect(rateUsage(price(least), '1').lines[0]?.explanation.isMinimumApplied).toBe(true);
  });

  it('charges a begun package as a whole one', () => {
    const pack: PriceInput = { model: 'package', currency: 'USD', packageSize: '1000', packagePrice: '5' };
    expect(['0', '1', '1000', '1000.5'].map((quantity) => total(pack, quantity))).toEqual([
      0n,
      500n,
      500n,
      1000n,
    ]);
  });

  it('charges each unit at its own tier when graduated', () => {
    const graduated: PriceInput = { model: 'graduated', currency: 'USD', tiers };
    expect(['0', '100', '101', '1000', '1500'].map((quantity) => total(graduated, quantity))).toEqual([
      0n,
      1000n,
      1000n + 5n + 300n,
      1000n + 4500n + 300n,
      1000n + 4500n + 300n + 500n,
    ]);
  });

  it('charges all units at the tier of the total when volume-priced', () => {
    const volume: PriceInput = { model: 'volume', currency: 'USD', tiers };
    expect(['0', '100', '101', '1001'].map((quantity) => total(volume, quantity))).toEqual([
      0n,
      1000n,
      505n + 300n,
      1001n,
    ]);
  });

  it.each([
    ['a yen is never split: 1 005 × 0.5 = 502.5', { currency: 'JPY', unitPrice: '0.5' }, '1005', 503n],
    [
      'a dinar has a thousand fils, charged in tens: 1 007 × 0.0625 = 62.9375',
      { currency: 'KWD', unitPrice: '0.0625' },
      '1007',
      62_940n,
    ],
    [
      '100 free, (130 − 100) × 0.0625 = 1.875',
      { currency: 'KWD', unitPrice: '0.0625', included: '100' },
      '130',
      1_880n,
    ],
    [
      'the minimum of 500 yen: 100 × 3 = 300',
      { currency: 'JPY', unitPrice: '3', minimum: '500' },
      '100',
      500n,
    ],
    [
      'a minimum in fils: 10 × 0.0625 = 0.625 is below 1.250',
      { currency: 'KWD', unitPrice: '0.0625', minimum: '1.25' },
      '10',
      1_250n,
    ],
  ] as const)('%s', (_, { currency, ...charge }, quantity, expected) => {
    expect(total({ model: 'per_unit', currency, ...charge }, quantity)).toBe(expected);
  });

  it.each([
    // 100 × 1.5 + 50 × 0.75 + 20 = 150 + 37.5 + 20
    ['JPY', '1.5', '0.75', '20', '150', 208n],
    // 100 × 0.0015 + 50 × 0.0005 + 0.01 = 0.15 + 0.025 + 0.01
    ['KWD', '0.0015', '0.0005', '0.010', '150', 190n],
    // 100 × 0.0015 + 1 × 0.0005 + 0.01 = 0.1605
    ['KWD', '0.0015', '0.0005', '0.010', '101', 160n],
  ] as const)(
    'charges tiers in %s with a flat price of the second one',
    (currency, first, second, flatPrice, used, expected) => {
      const list = [
        { upTo: '100', unitPrice: first },
        { upTo: null, unitPrice: second, flatPrice },
      ];
      expect(total({ model: 'graduated', currency, tiers: list, included: '0' }, used)).toBe(expected);
    },
  );

  it('explains the amount with the arithmetic that made it', () => {
    const { lines } = rateUsage(price({ model: 'graduated', currency: 'USD', tiers, included: '50' }), '200');
    expect(lines[0]).toEqual({
      amountMinor: 1550n,
      quantity: '200',
      explanation: {
        model: 'graduated',
        currency: 'USD',
        quantity: '200',
        included: '50',
        billableQuantity: '150',
        formula: '100 × 0.1 + 50 × 0.05 + 3 USD',
        tiers: [
          { from: '0', upTo: '100', quantity: '100', unitPrice: '0.1', flatPrice: null, amount: '10' },
          { from: '100', upTo: '1000', quantity: '50', unitPrice: '0.05', flatPrice: '3', amount: '5.5' },
        ],
        minimum: null,
        isMinimumApplied: false,
        exactAmount: '15.5',
      },
    });
  });

  it('keeps digits that a double would lose', () => {
    expect(total({ model: 'per_unit', currency: 'USD', unitPrice: '1' }, '9007199254740993')).toBe(
      900719925474099300n,
    );
  });

  it('refuses quantities that are negative or not decimals', () => {
    for (const quantity of ['-1', '1e3', 'NaN']) {
      expect(() => total({ model: 'flat', currency: 'USD', unitPrice: '1' }, quantity)).toThrow(
        expect.objectContaining({ code: 'QUANTITY_INVALID' }),
      );
    }
  });
});

describe('priceSchema', () => {
  it('refuses tiers that do not tile and fields it does not know', () => {
    const bad: unknown[] = [
      { model: 'graduated', currency: 'USD', tiers: [] },
      { model: 'graduated', currency: 'USD', tiers: [{ upTo: '10', unitPrice: '1' }] },
      { model: 'volume', currency: 'USD', tiers: [tiers[1], tiers[0], tiers[2]] },
      { model: 'volume', currency: 'USD', tiers: [tiers[2], tiers[2]] },
      { model: 'package', currency: 'USD', packageSize: '0', packagePrice: '1' },
      { model: 'per_unit', currency: 'USD', unitPrice: '-1' },
      { model: 'per_unit', currency: 'XXX', unitPrice: '1' },
      { model: 'flat', currency: 'USD', unitPrice: '1', discount: '1' },
      { model: 'stairs', currency: 'USD' },
    ];
    for (const input of bad) expect(priceSchema.safeParse(input).success).toBe(false);
  });
});
