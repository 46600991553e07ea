import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { prorate } from './prorate.ts';

const june = { start: new Date('2026-06-01T00:00:00Z'), end: new Date('2026-07-01T00:00:00Z') };
const amounts = fc.bigInt(0n, 10n ** 12n);
const instants = fc.integer({ min: june.start.getTime(), max: june.end.getTime() }).map((ms) => new Date(ms));

const changes = fc.array(fc.record({ at: instants, amount: amounts }), { maxLength: 12 });
const totalSeconds = BigInt(june.end.getTime() - june.start.getTime()) / 1000n;
const byInstant = (a: { at: Date }, b: { at: Date }) => a.at.getTime() - b.at.getTime();

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

  it('stays within half a minor unit per line of the exact time-weighted cost (I15)', () => {
    fc.assert(
      fc.property(amounts, changes, (first, list) => {
        const { charged, exact, lines } = live(first, list);
        const error = charged * totalSeconds - exact;
        expect(2n * (error < 0n ? -error : error) <= totalSeconds * BigInt(lines)).toBe(true);
      }),
    );
  });

  it('nets zero for a change there and back at one instant, whatever was changed before and is changed after (I15)', () => {
    fc.assert(
      fc.property(amounts, changes, amounts, instants, (first, list, other, at) => {
        const before = list.filter((change) => change.at <= at);
        const after = list.filter((change) => change.at > at);
        const own = before.toSorted(byInstant).at(-1)?.amount ?? first;
        const there = prorate({ oldMinor: own, newMinor: other, period: june, at });
        const back = prorate({ oldMinor: other, newMinor: own, period: june, at });
        expect(there.netMinor + back.netMinor).toBe(0n);
        const detour = [...before, { at, amount: other }, { at, amount: own }, ...after];
        expect(live(first, detour).charged).toBe(live(first, list).charged);
      }),
    );
  });

  it('never credits more than was charged for what is given back (I15)', () => {
    fc.assert(
      fc.property(amounts, changes, (first, list) => {
        let debited = first;
        for (const { creditMinor, debitMinor } of live(first, list).steps) {
          expect(creditMinor <= 0n && -creditMinor <= debited).toBe(true);
          expect(debitMinor >= 0n).toBe(true);
          debited = debitMinor;
        }
      }),
    );
  });
});

/** The charges of June for an amount that changes; `exact` is their time-weighted cost times the seconds of June. */
function live(first: bigint, list: readonly { at: Date; amount: bigint }[]) {
  const seconds = (at: Date) => BigInt(Math.floor(at.getTime() / 1000));
  let charged = first;
  let exact = 0n;
  let amount = first;
  let since = seconds(june.start);
  const steps = list.toSorted(byInstant).map((change) => {
    const step = prorate({ oldMinor: amount, newMinor: change.amount, period: june, at: change.at });
    exact += amount * (seconds(change.at) - since);
    charged += step.netMinor;
    amount = change.amount;
    since = seconds(change.at);
    return step;
  });
  exact += amount * (seconds(june.end) - since);
  return { charged, exact, steps, lines: 1 + 2 * steps.length };
}
