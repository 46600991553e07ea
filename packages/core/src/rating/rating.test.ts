import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Price, type PriceInput, priceSchema } from '../catalog/price.ts';
import { addQuantities } from '../shared/money/quantity.ts';
import { rateRemaining, rateUsage, withIncluded } from './rate-usage.ts';

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

const scaledQuantity = fc.bigInt(0n, 10n ** 10n).map((n) => {
  const digits = n.toString().padStart(4, '0');
  return `${digits.slice(0, -3)}.${digits.slice(-3)}`;
});
const unitPrice = fc.bigInt(0n, 10n ** 7n).map((n) => {
  const digits = n.toString().padStart(6, '0');
  return `${digits.slice(0, -5)}.${digits.slice(-5)}`;
});
const tierLists = fc
  .tuple(
    fc.uniqueArray(fc.integer({ min: 1, max: 1_000_000 }), { maxLength: 4 }),
    fc.array(unitPrice, { minLength: 5, maxLength: 5 }),
  )
  .map(([bounds, prices]) =>
    [...bounds.toSorted((a, b) => a - b).map(String), null].map((upTo, position) => ({
      upTo,
      unitPrice: prices[position] ?? '0',
    })),
  );
const currencies = fc.constantFrom('USD', 'JPY', 'KWD');
const prices: fc.Arbitrary<PriceInput> = fc.oneof(
  fc.record({
    model: fc.constant('per_unit' as const),
    currency: currencies,
    unitPrice,
    included: scaledQuantity,
  }),
  fc.record({
    model: fc.constant('package' as const),
    currency: currencies,
    packageSize: fc.integer({ min: 1, max: 5000 }).map(String),
    packagePrice: unitPrice,
  }),
  fc.record({ model: fc.constant('graduated' as const), currency: currencies, tiers: tierLists }),
);

/** Thousandths as integers: a second, independent way to the amount of a graduated price. */
function graduatedMinorByUnits(
  input: { currency: string; tiers: { upTo: string | null; unitPrice: string }[] },
  quantity: string,
) {
  const thousandths = BigInt(quantity.replace('.', ''));
  let charged = 0n;
  let below = 0n;
  for (const tier of input.tiers) {
    const bound = tier.upTo === null ? thousandths : BigInt(tier.upTo) * 1000n;
    const inTier = (thousandths < bound ? thousandths : bound) - below;
    if (inTier > 0n) {
      charged += inTier * BigInt(tier.unitPrice.replace('.', ''));
      below += inTier;
    }
  }
  const minorPerMajor = { USD: 100n, JPY: 1n, KWD: 1000n }[input.currency] ?? 0n;
  const denominator = 10n ** 8n;
  return (2n * charged * minorPerMajor + denominator) / (2n * denominator);
}

describe('rating, by properties', () => {
  it('never charges less for more usage (all models but volume)', () => {
    fc.assert(
      fc.property(prices, scaledQuantity, scaledQuantity, (input, first, more) => {
        expect(total(input, first) <= total(input, addQuantities(first, more))).toBe(true);
      }),
    );
  });

  it('agrees with an independent calculation of graduated prices', () => {
    fc.assert(
      fc.property(currencies, tierLists, scaledQuantity, (currency, list, quantity) => {
        expect(total({ model: 'graduated', currency, tiers: list }, quantity)).toBe(
          graduatedMinorByUnits({ currency, tiers: list }, quantity),
        );
      }),
    );
  });

  it('charges the same however usage is split and however often the period is billed', () => {
    fc.assert(
      fc.property(prices, fc.array(scaledQuantity, { minLength: 1, maxLength: 8 }), (input, parts) => {
        let used = '0';
        let billedMinor = 0n;
        for (const part of parts) {
          used = addQuantities(used, part);
          billedMinor += rateRemaining(price(input), { quantity: used, billedMinor });
        }
        expect(billedMinor).toBe(total(input, addQuantities(...parts)));
      }),
    );
  });

  it('is within half a minor unit of the exact amount it explains', () => {
    fc.assert(
      fc.property(prices, scaledQuantity, (input, quantity) => {
        const { lines, totalMinor } = rateUsage(price(input), quantity);
        expect(lines.reduce((sum, { amountMinor }) => sum + amountMinor, 0n)).toBe(totalMinor);
        expect(JSON.parse(JSON.stringify(lines[0]?.explanation))).toEqual(lines[0]?.explanation);
      }),
    );
  });

  it('treats more included units as never dearer', () => {
    fc.assert(
      fc.property(prices, scaledQuantity, scaledQuantity, (input, quantity, included) => {
        const parsed = withIncluded(price(input), '0');
        expect(
          rateUsage(withIncluded(parsed, included), quantity).totalMinor <=
            rateUsage(parsed, quantity).totalMinor,
        ).toBe(true);
      }),
    );
  });
});
