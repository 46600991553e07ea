import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type PriceInput, priceSchema } from '../catalog/price.ts';
import { rateSegment, type SegmentUsage } from './rate-segment.ts';
import { rateUsage } from './rate-usage.ts';

const price = (input: PriceInput) => priceSchema.parse(input);
const perCall = price({ model: 'per_unit', currency: 'USD', unitPrice: '0.10', included: '500' });
const perLead = price({ model: 'per_unit', currency: 'USD', unitPrice: '2.00' });
const packs = price({ model: 'package', currency: 'USD', packageSize: '1000', packagePrice: '3' });
const graduated = price({
  model: 'graduated',
  currency: 'USD',
  tiers: [
    { upTo: '100', unitPrice: '1' },
    { upTo: null, unitPrice: '0.5' },
  ],
});
const volume = price({
  model: 'volume',
  currency: 'USD',
  tiers: [
    { upTo: '100', unitPrice: '1' },
    { upTo: null, unitPrice: '0.5' },
  ],
});
const withMinimum = price({ model: 'per_unit', currency: 'USD', unitPrice: '2.00', minimum: '10' });
const flat = price({ model: 'flat', currency: 'USD', unitPrice: '15' });

const cents = (input: ReturnType<typeof price>, usage: Partial<SegmentUsage>) =>
  rateSegment(input, { before: '0', total: '0', isOpening: true, ...usage }).totalMinor;

describe('a part of a month', () => {
  it.each([
    [
      'only what came after the change is charged: (37 − 30) × 2.00',
      perLead,
      { before: '30', total: '37' },
      1400n,
    ],
    [
      'included units are used once: 620 − 500 before, 650 − 500 after, 30 × 0.10',
      perCall,
      { before: '620', total: '650' },
      300n,
    ],
    [
      'what is left of them still counts: (650 − 500) − 0 = 150 × 0.10',
      perCall,
      { before: '400', total: '650' },
      1500n,
    ],
    [
      'a package that was begun before is not paid again: ⌈1.2⌉ − ⌈1.1⌉',
      packs,
      { before: '1100', total: '1200' },
      0n,
    ],
    ['the next package is: ⌈2.1⌉ − ⌈1.1⌉ = 1 × 3.00', packs, { before: '1100', total: '2100' }, 300n],
    ['tiers go on: (100 + 10 × 0.5) − 90', graduated, { before: '90', total: '110' }, 1500n],
    [
      'a cheaper tier for all gives nothing back: 110 × 0.5 − 100 × 1 is below zero',
      volume,
      { before: '100', total: '110' },
      0n,
    ],
    [
      'a minimum belongs to the first part with a price: 2 × 2.00 is raised to 10',
      withMinimum,
      { before: '30', total: '32' },
      1000n,
    ],
    ['and not to a later one', withMinimum, { before: '30', total: '32', isOpening: false }, 400n],
    ['a flat charge belongs to the first part with a price', flat, { before: '30', total: '32' }, 1500n],
    ['and is not charged twice', flat, { before: '30', total: '32', isOpening: false }, 0n],
    ['nothing used is nothing', perLead, { before: '30', total: '30' }, 0n],
  ] as const)('%s', (_, input, usage, expected) => {
    expect(cents(input, usage)).toBe(expected);
  });

  it('explains what it adds', () => {
    const usage = { before: '620', total: '650', isOpening: false };
    expect(rateSegment(perCall, usage).lines[0]?.explanation).toMatchObject({
      quantity: '30',
      included: '0',
      billableQuantity: '30',
      formula: '30 × 0.1 USD',
      exactAmount: '3',
    });
    expect(
      rateSegment(graduated, { ...usage, before: '90', total: '110' }).lines[0]?.explanation.formula,
    ).toBe('(100 × 1 + 10 × 0.5 USD) − (90 × 1 USD)');
  });

  it('costs what the month costs when it is all of it', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(perCall, perLead, packs, graduated, volume, withMinimum, flat),
        fc.nat(5000),
        (input, used) => {
          const total = String(used);
          expect(rateSegment(input, { before: '0', total, isOpening: true })).toEqual(
            rateUsage(input, total),
          );
        },
      ),
    );
  });

  it('cut anywhere, with the same price on both sides, adds up to the whole within half a cent per cut (I15)', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(perCall, perLead, packs, graduated),
        fc.array(fc.nat(3_000_000), { minLength: 1, maxLength: 6 }),
        (input, thousandths) => {
          const cuts = thousandths.toSorted((a, b) => a - b).map((n) => (n / 1000).toFixed(3));
          const sum = cuts.reduce(
            (minor, total, n) =>
              minor + cents(input, { before: cuts[n - 1] ?? '0', total, isOpening: n === 0 }),
            0n,
          );
          const difference = sum - rateUsage(input, cuts.at(-1) ?? '0').totalMinor;
          expect(2n * (difference < 0n ? -difference : difference)).toBeLessThanOrEqual(
            BigInt(cuts.length) + 1n,
          );
        },
      ),
    );
  });

  it('charges a unit once at most, at the price and beyond the included units of the part it was used in', () => {
    const parts = fc.array(fc.record({ used: fc.nat(300), cents: fc.nat(500), included: fc.nat(400) }), {
      minLength: 1,
      maxLength: 6,
    });
    fc.assert(
      fc.property(parts, (list) => {
        let unit = 0;
        for (const [n, { used, cents: unitCents, included }] of list.entries()) {
          const before = unit;
          let expected = 0n;
          for (; unit < before + used; unit += 1) expected += unit >= included ? BigInt(unitCents) : 0n;
          const unitPrice = (unitCents / 100).toFixed(2);
          const own = price({ model: 'per_unit', currency: 'USD', unitPrice, included: String(included) });
          const usage = { before: String(before), total: String(unit), isOpening: n === 0 };
          expect(cents(own, usage)).toBe(expected);
        }
      }),
    );
  });
});
