import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { prorate } from './prorate.ts';

const june = { start: new Date('2026-06-01T00:00:00Z'), end: new Date('2026-07-01T00:00:00Z') };
const amounts = fc.bigInt(0n, 10n ** 12n);
const instants = fc.integer({ min: june.start.getTime(), max: june.end.getTime() }).map((ms) => new Date(ms));

describe('prorate', () => {
  it('credits the unused half and charges the remaining half', () => {
    const at = new Date('2026-06-16T00:00:00Z');
    expect(prorate({ oldMinor: 4900n, newMinor: 14900n, period: june, at })).toEqual({
      creditMinor: -2450n,
      debitMinor: 7450n,
      netMinor: 5000n,
    });
  });

  it('counts seconds, not days', () => {
    const at = new Date('2026-06-30T23:59:59Z');
    expect(prorate({ oldMinor: 0n, newMinor: 2_592_000n, period: june, at }).debitMinor).toBe(1n);
  });

  it('gives everything back at the start and nothing at the end', () => {
    expect(prorate({ oldMinor: 500n, newMinor: 900n, period: june, at: june.start }).netMinor).toBe(400n);
    expect(prorate({ oldMinor: 500n, newMinor: 900n, period: june, at: june.end })).toEqual({
      creditMinor: 0n,
      debitMinor: 0n,
      netMinor: 0n,
    });
  });

  it('rounds credit and debit alike, half away from zero', () => {
    const period = { start: new Date(0), end: new Date(2000) };
    expect(prorate({ oldMinor: 5n, newMinor: 5n, period, at: new Date(1000) })).toEqual({
      creditMinor: -3n,
      debitMinor: 3n,
      netMinor: 0n,
    });
  });

  it('refuses instants outside the period, empty periods and negative amounts', () => {
    const good = { oldMinor: 1n, newMinor: 1n, period: june, at: june.start };
    for (const bad of [
      { ...good, at: new Date(june.start.getTime() - 1) },
      { ...good, at: new Date(june.end.getTime() + 1) },
      { ...good, at: new Date(Number.NaN) },
      { ...good, period: { start: june.start, end: june.start } },
      { ...good, period: { start: june.end, end: june.start } },
      { ...good, oldMinor: -1n },
      { ...good, newMinor: -1n },
    ]) {
      expect(() => prorate(bad)).toThrow(RangeError);
    }
  });

  it('nets zero for a change there and back at one instant', () => {
    fc.assert(
      fc.property(amounts, amounts, instants, (a, b, at) => {
        const there = prorate({ oldMinor: a, newMinor: b, period: june, at });
        const back = prorate({ oldMinor: b, newMinor: a, period: june, at });
        expect(there.netMinor + back.netMinor).toBe(0n);
        expect(there.creditMinor <= 0n && -there.creditMinor <= a).toBe(true);
        expect(there.debitMinor >= 0n && there.debitMinor <= b).toBe(true);
      }),
    );
  });

  it('stays within half a minor unit per line of the exact time-weighted cost', () => {
    const changes = fc.array(fc.record({ at: instants, amount: amounts }), { maxLength: 12 });
    fc.assert(
      fc.property(amounts, changes, (first, list) => {
        const total = BigInt(june.end.getTime() - june.start.getTime()) / 1000n;
        const ordered = list.toSorted((a, b) => a.at.getTime() - b.at.getTime());
        let charged = first;
        let weighted = 0n;
        let amount = first;
        let since = BigInt(june.start.getTime()) / 1000n;
        for (const change of ordered) {
          const at = BigInt(Math.floor(change.at.getTime() / 1000));
          weighted += amount * (at - since);
          charged += prorate({
            oldMinor: amount,
            newMinor: change.amount,
            period: june,
            at: change.at,
          }).netMinor;
          amount = change.amount;
          since = at;
        }
        weighted += amount * (BigInt(june.end.getTime()) / 1000n - since);
        const error = charged * total - weighted;
        expect(2n * (error < 0n ? -error : error) <= total * BigInt(1 + 2 * ordered.length)).toBe(true);
      }),
    );
  });
});
