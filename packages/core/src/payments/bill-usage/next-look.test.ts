import { describe, expect, it } from 'vitest';
import { closedUntilOf, nextLookAt, type Outlook, reachOf } from './next-look.ts';

const at = (text: string) => new Date(`2027-${text}Z`);
const now = at('05-10T12:00:00');

function month(start: string, end: string, isClosed: boolean) {
  return { period: { start: at(start), end: at(end) }, isClosed };
}

const april = month('04-08T00:00:00', '05-08T00:00:00', true);
const may = month('05-08T00:00:00', '06-08T00:00:00', false);
const endsToday = month('04-10T11:30:00', '05-10T11:30:00', false);
const quiet: Outlook = { months: [april, may], isWaitingForStripe: false, isReopened: false, proofs: [] };
const closed = april.period.end;

function next(changed: Partial<Outlook>, closedUntil: Date | null = closed): string | null {
  const found = nextLookAt({ ...quiet, ...changed }, { now, closedUntil });
  return found === null ? null : found.toISOString().slice(5, 19);
}

describe('the next look at the usage of an organization', () => {
  it.each([
    ['a week later when nothing is expected', {}, '05-17T12:00:00'],
    ['an hour after the month that ends first', { months: [april, may, endsToday] }, '05-10T12:30:00'],
    ['an hour later while Stripe has made no invoice', { isWaitingForStripe: true }, '05-10T13:00:00'],
    ['when an announced backfill must have arrived', { isReopened: true }, '05-10T13:05:00'],
    ['never by itself when no month is in reach', { months: [] }, null],
  ])('comes %s', (_, changed: Partial<Outlook>, expected) => {
    expect(next(changed)).toBe(expected);
  });

  it('comes soon once after a month was closed, for usage that was being written meanwhile', () => {
    expect(next({}, null)).toBe('05-10T12:05:00');
    expect(next({}, at('04-08T00:00:00'))).toBe('05-10T12:05:00');
    expect(next({}, at('05-08T00:00:00'))).toBe('05-17T12:00:00');
  });

  it.each([
    ['equal', 0, '05-17T12:00:00'],
    ['open', 0, '05-17T12:00:00'],
    ['different', 1, '05-10T12:05:00'],
    ['different', 2, '05-11T12:00:00'],
  ] as const)('after a proof that is %s for the time %i comes at %s', (verdict, differences, expected) => {
    expect(next({ proofs: [{ verdict, differences }] })).toBe(expected);
  });

  it('comes soon when there was more to prove than one look does', () => {
    const proofs = Array.from({ length: 100 }, () => ({ verdict: 'equal' as const, differences: 0 }));
    expect(next({ proofs })).toBe('05-10T12:05:00');
    expect(next({ proofs: proofs.slice(1) })).toBe('05-17T12:00:00');
  });
});

it('usage is late when its month has been closed', () => {
  expect(closedUntilOf(quiet)).toEqual(at('05-08T00:00:00'));
  expect(closedUntilOf({ months: [may] })).toEqual(new Date(0));
});

describe('how far back a look reaches', () => {
  it('is what the look before could still reach, or further when a correction does', () => {
    expect(reachOf(at('05-06T00:00:00'), null)).toEqual(at('03-31T00:00:00'));
    expect(reachOf(at('05-06T00:00:00'), at('04-20T00:00:00'))).toEqual(at('03-31T00:00:00'));
    expect(reachOf(at('05-06T00:00:00'), at('02-01T00:00:00'))).toEqual(at('02-01T00:00:00'));
  });

  it('is left to late usage before the first look', () => {
    expect([reachOf(null, null), reachOf(null, at('02-01T00:00:00'))]).toEqual([null, at('02-01T00:00:00')]);
  });
});
