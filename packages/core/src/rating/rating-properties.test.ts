import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Price, type PriceInput, priceSchema } from '../catalog/price.ts';
import { addQuantities, compareQuantities, subtractQuantities } from '../shared/money/quantity.ts';
import { add, rational, rationalFromDecimal, subtract } from '../shared/money/rational.ts';
import { rateRemaining, rateUsage, withIncluded } from './rate-usage.ts';

const minorPerMajor = { USD: 100n, JPY: 1n, KWD: 1000n };
const minorUnitsOf = (currency: string) =>
  new Map<string, bigint>(Object.entries(minorPerMajor)).get(currency) ?? 0n;
/** Dinars are charged in steps of ten fils. */
const stepOf = (currency: string) => (currency === 'KWD' ? 10n : 1n);
const currencies = fc.constantFrom('USD' as const, 'JPY' as const, 'KWD' as const);

/** `n` in units of 10^-scale, as decimal text. */
function decimal(n: bigint, scale: number): string {
  const digits = n.toString().padStart(scale + 1, '0');
  return `${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
}

const quantities = fc.bigInt(0n, 10n ** 10n).map((n) => decimal(n, 3));
/** From whole units of the currency to a ten-thousandth of a cent. */
const unitPrices = fc
  .tuple(fc.bigInt(0n, 10n ** 7n), fc.constantFrom(2, 5, 8))
  .map(([n, scale]) => decimal(n, scale));
const optionalAmount = fc.option(
  fc.bigInt(0n, 10n ** 5n).map((n) => decimal(n, 2)),
  { nil: undefined },
);
const tierLists = fc
  .tuple(
    fc.uniqueArray(fc.integer({ min: 1, max: 1_000_000 }), { maxLength: 4 }),
    fc.array(fc.record({ unitPrice: unitPrices, flatPrice: optionalAmount }), { minLength: 5, maxLength: 5 }),
  )
  .map(([bounds, charges]) =>
    [...bounds.toSorted((a, b) => a - b).map(String), null].map((upTo, n) => ({
      upTo,
      unitPrice: charges[n]?.unitPrice ?? '0',
      ...(charges[n]?.flatPrice === undefined ? {} : { flatPrice: charges[n].flatPrice }),
    })),
  );

const parsed = (input: fc.Arbitrary<PriceInput>) => input.map((one): Price => priceSchema.parse(one));
const common = { currency: currencies, included: quantities };
const flat = parsed(
  fc.record({ model: fc.constant('flat' as const), currency: currencies, unitPrice: unitPrices }),
);
const perUnit = parsed(
  fc.record({ model: fc.constant('per_unit' as const), ...common, unitPrice: unitPrices }),
);
const packages = parsed(
  fc.record({
    model: fc.constant('package' as const),
    ...common,
    packageSize: fc.integer({ min: 1, max: 5000 }).map(String),
    packagePrice: unitPrices,
  }),
);
const graduated = parsed(
  fc.record({ model: fc.constant('graduated' as const), ...common, tiers: tierLists }),
);
const volume = parsed(fc.record({ model: fc.constant('volume' as const), ...common, tiers: tierLists }));
const withMinimum = (price: fc.Arbitrary<Price>) =>
  fc
    .tuple(price, optionalAmount)
    .map(([one, minimum]): Price => (one.model === 'flat' || !minimum ? one : { ...one, minimum }));
/** Of volume prices more usage may cost less; of all others never. */
const rising = withMinimum(fc.oneof(flat, perUnit, packages, graduated));
const prices = withMinimum(fc.oneof(flat, perUnit, packages, graduated, volume));

/** The last and the first quantity of neighbouring tiers, free units included. */
function edgesOf(price: Price): string[] {
  if (price.model !== 'graduated') return [];
  const included = price.included ?? '0';
  const bounds = price.tiers.flatMap(({ upTo }) => (upTo === null ? [] : [upTo]));
  return bounds.flatMap((upTo) => [addQuantities(included, upTo), addQuantities(included, upTo, '0.001')]);
}

const total = (price: Price, quantity: string) => rateUsage(price, quantity).totalMinor;

describe('rating, by properties', () => {
  it('never charges less for more usage, of all models but volume (I17)', () => {
    fc.assert(
      fc.property(rising, fc.array(quantities, { minLength: 2, maxLength: 6 }), (price, list) => {
        const amounts = [...list, ...edgesOf(price)]
          .toSorted(compareQuantities)
          .map((quantity) => total(price, quantity));
        expect(amounts).toEqual(amounts.toSorted((a, b) => (a < b ? -1 : a > b ? 1 : 0)));
      }),
    );
  });

  it('charges the same however an event is split and in whatever order its parts come (I17)', () => {
    const cuts = fc.array(fc.bigInt(0n, 10n ** 10n), { maxLength: 8 });
    fc.assert(
      fc.property(
        prices,
        fc.bigInt(0n, 10n ** 10n),
        cuts,
        fc.infiniteStream(fc.nat()),
        (price, n, at, keys) => {
          const bounds = [0n, ...at.map((cut) => cut % (n + 1n)), n].toSorted((a, b) => (a < b ? -1 : 1));
          const parts = bounds.slice(1).map((end, k) => decimal(end - (bounds[k] ?? 0n), 3));
          const shuffled = parts
            .map((part) => ({ part, key: keys.next().value ?? 0 }))
            .toSorted((a, b) => a.key - b.key);
          const sum = addQuantities(...shuffled.map(({ part }) => part));
          expect(rateUsage(price, sum)).toEqual(rateUsage(price, decimal(n, 3)));
        },
      ),
    );
  });

  it('charges the same however often a period is billed on the way, whatever is taken back (R2)', () => {
    const steps = fc.array(fc.record({ quantity: quantities, isTakenBack: fc.boolean() }), {
      minLength: 1,
      maxLength: 8,
    });
    fc.assert(
      fc.property(prices, steps, (price, list) => {
        let used = '0';
        let billedMinor = 0n;
        for (const { quantity, isTakenBack } of list) {
          used = addQuantities(used, quantity);
          billedMinor += rateRemaining(price, { quantity: used, billedMinor });
          if (isTakenBack) used = subtractQuantities(used, quantity);
        }
        billedMinor += rateRemaining(price, { quantity: used, billedMinor });
        expect(billedMinor).toBe(total(price, used));
      }),
    );
  });

  it('shows lines that sum to the total, each within half of what can be charged of the exact amount it explains (I11)', () => {
    fc.assert(
      fc.property(prices, quantities, (price, quantity) => {
        const { lines, totalMinor } = rateUsage(price, quantity);
        expect(lines.reduce((sum, { amountMinor }) => sum + amountMinor, 0n)).toBe(totalMinor);
        for (const { amountMinor, explanation } of lines) {
          const exact = rationalFromDecimal(explanation.exactAmount);
          const scale = minorUnitsOf(price.currency);
          const error = amountMinor * exact.denominator - exact.numerator * scale;
          expect(2n * (error < 0n ? -error : error) <= exact.denominator * stepOf(price.currency)).toBe(true);
          expect(amountMinor % stepOf(price.currency)).toBe(0n);
          expect(JSON.parse(JSON.stringify(explanation))).toEqual(explanation);
        }
      }),
    );
  });

  it('explains tiers that sum to the amount before the minimum', () => {
    fc.assert(
      fc.property(fc.oneof(graduated, volume), quantities, (price, quantity) => {
        const explanation = rateUsage(price, quantity).lines[0]?.explanation;
        const tiers = explanation?.tiers ?? [];
        const sum = tiers.reduce(
          (all, { amount }) => add(all, rationalFromDecimal(amount)),
          rational(0n, 1n),
        );
        expect(subtract(sum, rationalFromDecimal(explanation?.exactAmount ?? '')).numerator).toBe(0n);
        expect(addQuantities('0', ...tiers.map((tier) => tier.quantity))).toBe(explanation?.billableQuantity);
      }),
    );
  });
});

describe('free units, by properties', () => {
  const priced = fc.oneof(perUnit, packages, graduated, volume);

  it('cost nothing up to the last one, and what is beyond them costs what it costs without any', () => {
    fc.assert(
      fc.property(priced, quantities, quantities, (price, included, beyond) => {
        const free = withIncluded(price, included);
        expect(total(free, included)).toBe(0n);
        expect(total(free, addQuantities(included, beyond))).toBe(total(withIncluded(price, '0'), beyond));
      }),
    );
  });

  it('make nothing dearer, of all models but volume', () => {
    fc.assert(
      fc.property(rising, quantities, quantities, quantities, (price, quantity, included, more) => {
        const few = withIncluded(price, included);
        const many = withIncluded(price, addQuantities(included, more));
        expect(total(many, quantity) <= total(few, quantity)).toBe(true);
      }),
    );
  });

  it('do not lower a minimum', () => {
    fc.assert(
      fc.property(priced, quantities, (price, included) => {
        const least = priceSchema.parse({ ...price, included, minimum: '12.00' });
        expect(total(least, '0')).toBe(12n * minorUnitsOf(least.currency));
      }),
    );
  });
});

describe('graduated prices', () => {
  it('agree with a second way that counts thousandths of units as integers', () => {
    fc.assert(
      fc.property(graduated, quantities, (price, quantity) => {
        if (price.model !== 'graduated') throw new Error('not graduated');
        const unfree = withIncluded(price, '0');
        expect(total(unfree, quantity)).toBe(graduatedMinorByUnits(price, quantity));
      }),
    );
  });
});

/** An independent way: integers of a thousandth of a unit times integers of 10^-12 of the currency. */
function graduatedMinorByUnits(price: Extract<Price, { model: 'graduated' }>, quantity: string): bigint {
  const thousandths = scaled(quantity, 3);
  let charged = 0n;
  let below = 0n;
  for (const { upTo, unitPrice, flatPrice } of price.tiers) {
    const isLast = upTo === null || scaled(upTo, 3) >= thousandths;
    const inTier = (isLast ? thousandths : scaled(upTo, 3)) - below;
    if (inTier <= 0n) continue;
    charged += inTier * scaled(unitPrice, 12) + scaled(flatPrice ?? '0', 12) * 1000n;
    below += inTier;
  }
  const step = stepOf(price.currency);
  const denominator = 10n ** 15n * step;
  const scale = minorUnitsOf(price.currency);
  return ((2n * charged * scale + denominator) / (2n * denominator)) * step;
}

function scaled(text: string, scale: number): bigint {
  const [whole = '0', part = ''] = text.split('.');
  return BigInt(whole + part.padEnd(scale, '0'));
}
