import { describe, expect, it } from 'vitest';
import { rateUsage } from '../../rating/rate-usage.ts';
import { prorationFormula, recurringFormula, usageFormula } from './line-formula.ts';

const line = {
  description: 'x',
  quantity: '3',
  unitPrice: '49',
  amountMinor: 14_700n,
  currency: 'USD',
  periodStart: new Date('2027-04-11T00:00:00Z'),
  periodEnd: new Date('2027-05-01T00:00:00Z'),
};
const april = { start: new Date('2027-04-01T00:00:00Z'), end: new Date('2027-05-01T00:00:00Z') };

describe('the formula of a line', () => {
  it('of a recurring price is quantity times price', () => {
    expect(recurringFormula(line)).toEqual(['3 × $49.00', '= $147.00']);
    expect(recurringFormula({ ...line, unitPrice: null })).toEqual(['$147.00']);
  });

  it('of usage shows what was free, the price and what was billed before', () => {
    const price = { model: 'per_unit' as const, currency: 'USD', unitPrice: '0.01', included: '5000' };
    const { explanation } = rateUsage(price, '6500').lines[0] ?? {};
    const rating = { ...explanation, alreadyBilledMinor: '500' };
    expect(usageFormula({ ...line, amountMinor: 1_000n }, rating as never)).toEqual([
      '6500 − 5000 included = 1500',
      '1500 × 0.01 USD = 15 USD',
      '− $5.00 billed before',
      '= $10.00',
    ]);
  });

  it('of one tier that Stripe wrote a line for says what the whole comes to, and what of it the line is', () => {
    const tiers = [
      { upTo: '10', unitPrice: '120' },
      { upTo: null, unitPrice: '80', flatPrice: '50' },
    ];
    const { explanation } = rateUsage({ model: 'graduated', currency: 'JPY', tiers }, '13').lines[0] ?? {};
    const rating = { ...explanation, alreadyBilledMinor: '0' } as never;
    const part = { ...line, currency: 'JPY', quantity: '3', unitPrice: '80', amountMinor: 240n };
    const whole = '10 × 120 + 3 × 80 + 50 JPY = 1490 JPY in all';
    expect(usageFormula(part, rating)).toEqual([whole, 'of it 3 × ¥80', '= ¥240']);
    const flatPart = { ...part, quantity: '0', unitPrice: '50', amountMinor: 50n };
    expect(usageFormula(flatPart, rating)).toEqual([whole, '= ¥50']);
  });

  it('of a minimum does not say that the price of the usage comes to it', () => {
    const price = { model: 'per_unit' as const, currency: 'JPY', unitPrice: '4', minimum: '1000' };
    const { explanation } = rateUsage(price, '7').lines[0] ?? {};
    const rating = { ...explanation, alreadyBilledMinor: '0' };
    expect(usageFormula({ ...line, currency: 'JPY', amountMinor: 1_000n }, rating as never)).toEqual([
      '7 × 4 JPY',
      'less than the minimum of 1000 JPY',
      '= ¥1,000',
    ]);
  });

  it('of a proration counts seconds: 147.00 × 20 of 30 days = 98.00', () => {
    expect(prorationFormula({ ...line, amountMinor: -9_800n }, april)).toEqual([
      'Credit for unused time: 1728000 of 2592000 seconds of the period',
      '−$147.00 × 1728000 ÷ 2592000',
      '= -$98.00',
    ]);
  });

  it('of a proration of something else shows only what is certain', () => {
    expect(prorationFormula({ ...line, amountMinor: 5_000n }, april)).toEqual([
      'Charge for the remaining time: 1728000 of 2592000 seconds of the period',
      '= $50.00',
    ]);
    expect(prorationFormula(line, null)).toEqual(['Charge for the remaining time', '= $147.00']);
  });
});
