import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { evaluateFlag, type Flag, type FlagQuestion } from './evaluate-flag.ts';
import { organizationBucket } from './organization-bucket.ts';

const at = new Date('2026-06-01T00:00:00Z');
const everything: Flag = {
  key: 'new-invoice-page',
  kind: 'boolean',
  variants: [],
  defaultValue: false,
  isEnabled: true,
  isKilled: false,
  rolloutPercent: '100',
  rules: [
    { kind: 'segment', attribute: 'country', values: ['DE'], value: false },
    { kind: 'plan', family: 'voice-ops', plans: ['business'], value: true },
  ],
};
const evaluate = (flag: Partial<Flag>, question: Partial<FlagQuestion> = {}) =>
  evaluateFlag({
    flag: { ...everything, ...flag },
    subject: {
      organizationId: '0190a0c0-0000-7000-8000-000000000001',
      plans: new Map([['voice-ops', 'business']]),
      currency: 'USD',
      country: 'DE',
      createdAt: new Date('2026-03-01T00:00:00Z'),
    },
    at,
    ...question,
  });
const manyOrganizations = Array.from(
  { length: 20_000 },
  (_, n) => `0190a0c0-0000-7000-8000-${n.toString(16).padStart(12, '0')}`,
);

describe('evaluateFlag', () => {
  it('asks in order: kill switch, override, plan, segment, percentage, default', () => {
    const override = { value: false, expiresAt: null };
    expect(evaluate({ isKilled: true }, { override })).toMatchObject({ value: false, rule: 'kill_switch' });
    expect(evaluate({}, { override })).toMatchObject({ value: false, rule: 'override' });
    expect(evaluate({})).toMatchObject({ value: true, rule: 'plan' });
    expect(evaluate({ rules: everything.rules.slice(0, 1) })).toMatchObject({
      value: false,
      rule: 'segment',
    });
    expect(evaluate({ rules: [] })).toMatchObject({ value: true, rule: 'percentage' });
    expect(evaluate({ rules: [], rolloutPercent: '0' })).toMatchObject({ value: false, rule: 'default' });
  });

  it('gives the default of a draft to everybody', () => {
    expect(evaluate({ isEnabled: false })).toMatchObject({ value: false, rule: 'default' });
  });

  it('turns a killed variant to its default', () => {
    const variant = { kind: 'variant' as const, variants: ['a', 'b'], defaultValue: 'a', isKilled: true };
    expect(evaluate(variant).value).toBe('a');
  });

  it('ignores overrides from their end on', () => {
    expect(evaluate({}, { override: { value: false, expiresAt: at } }).rule).toBe('plan');
    expect(evaluate({}, { override: { value: false, expiresAt: new Date(at.getTime() + 1) } }).rule).toBe(
      'override',
    );
  });

  it('matches segments by currency, country and age', () => {
    const segment = (attribute: 'currency' | 'country' | 'created_after', value: string) =>
      evaluate({ rules: [{ kind: 'segment', attribute, values: [value], value: true }], rolloutPercent: '0' })
        .rule;
    expect([segment('currency', 'USD'), segment('currency', 'EUR')]).toEqual(['segment', 'default']);
    expect([segment('country', 'DE'), segment('country', 'FR')]).toEqual(['segment', 'default']);
    expect([segment('created_after', '2026-03-01'), segment('created_after', '2026-03-02')]).toEqual([
      'segment',
      'default',
    ]);
  });

  it('pins buckets: a change of the hash would move organizations between variants', () => {
    const pinned = manyOrganizations.slice(0, 3).map((id) => organizationBucket('new-invoice-page', id));
    expect(pinned).toEqual([7981, 9491, 2215]);
    expect(evaluate({}, {}).bucket).toMatch(/^\d{1,2}\.\d{2}$/);
  });

  it('reaches the share it names, to half a percent', () => {
    for (const percent of [1, 10, 37.42, 50]) {
      const share = manyOrganizations.filter((id) => organizationBucket('x', id) < percent * 100).length;
      expect(Math.abs((share / manyOrganizations.length) * 100 - percent)).toBeLessThan(1);
    }
    const both = manyOrganizations.filter(
      (id) => organizationBucket('x', id) < 5000 && organizationBucket('y', id) < 5000,
    );
    expect(Math.abs(both.length / manyOrganizations.length - 0.25)).toBeLessThan(0.02);
  });

  it('only adds organizations when the percentage rises', () => {
    const percent = fc
      .integer({ min: 0, max: 10_000 })
      .map((n) => `${Math.floor(n / 100)}.${String(n % 100).padStart(2, '0')}`);
    fc.assert(
      fc.property(fc.uuid(), percent, percent, (organizationId, one, other) => {
        const [low, high] = Number(one) <= Number(other) ? [one, other] : [other, one];
        const subject = { organizationId, plans: new Map(), currency: 'USD', country: null, createdAt: at };
        const isIn = (rolloutPercent: string) => evaluate({ rules: [], rolloutPercent }, { subject }).value;
        expect(isIn(low) === true && isIn(high) === false).toBe(false);
      }),
    );
  });

  it('spreads variants evenly and keeps each organization with its own', () => {
    const flag: Flag = {
      ...everything,
      kind: 'variant',
      variants: ['a', 'b', 'c'],
      defaultValue: 'a',
      rules: [],
    };
    const variantOf = (organizationId: string) =>
      evaluateFlag({
        flag,
        subject: { organizationId, plans: new Map(), currency: 'USD', country: null, createdAt: at },
        at,
      }).value;
    const counts = Map.groupBy(manyOrganizations.slice(0, 6000), variantOf);
    for (const value of flag.variants) {
      expect(Math.abs((counts.get(value)?.length ?? 0) - 2000)).toBeLessThan(200);
    }
  });
});
