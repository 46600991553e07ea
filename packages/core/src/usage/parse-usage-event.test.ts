import { describe, expect, it } from 'vitest';
import { asId } from '../shared/ids.ts';
import { parseUsageEvent, type UsageIntake } from './parse-usage-event.ts';
import { payloadText } from './usage-event.ts';

const now = new Date('2027-03-01T12:00:00.000Z');
const clientId = asId('client', '01900000-0000-7000-8000-000000000001');
const intake: UsageIntake = {
  now,
  meters: new Map([
    ['message', { aggregation: 'sum' as const }],
    ['diagnostic_view', { aggregation: 'count' as const }],
    ['active_user', { aggregation: 'unique_count' as const, valueField: 'user' }],
    ['minute', { aggregation: 'sum' as const, roundsUp: { property: 'durationSeconds', per: '60' } }],
  ]),
  clientOf: (reference) => (reference === 'acme' ? clientId : undefined),
  mayBackfill: false,
};
const valid = { id: 'e-1', meter: 'message', quantity: '1', occurredAt: '2027-03-01T11:00:00Z' };

const parse = (change: Record<string, unknown>, options: Partial<UsageIntake> = {}) =>
  parseUsageEvent({ ...valid, ...change }, { ...intake, ...options });
const codeOf = (change: Record<string, unknown>) => {
  const parsed = parse(change);
  return parsed.ok ? 'accepted' : parsed.rejection.code;
};
const draftOf = (change: Record<string, unknown>) => {
  const parsed = parse(change);
  if (!parsed.ok) throw new Error(`refused: ${parsed.rejection.code}`);
  return parsed.draft;
};
const nested = (depth: number): unknown => (depth === 0 ? 1 : { a: nested(depth - 1) });
const keys = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, n) => [`k${n}`, n]));

describe('a meter of different values', () => {
  const of = (properties: unknown) => codeOf({ meter: 'active_user', quantity: undefined, properties });

  it.each([
    ['a text', { user: 'ann' }],
    ['a number', { user: 7 }],
    ['a boolean', { user: false }],
  ])('takes %s, and needs no quantity', (_name, properties) => {
    expect(of(properties)).toBe('accepted');
  });

  it.each([
    ['no properties', undefined],
    ['another property', { name: 'ann' }],
    ['null', { user: null }],
    ['an empty text', { user: '' }],
    ['an object', { user: { id: 1 } }],
    ['a list', { user: ['ann'] }],
    ['a text too long to compare', { user: 'x'.repeat(300) }],
    ['a number that has lost its last digits', { user: Number('9007199254740993') }],
  ])('refuses %s, which would count nothing', (_name, properties) => {
    expect(of(properties)).toBe('VALUE_MISSING');
  });
});

describe('an event is refused with', () => {
  it.each([
    ['a negative quantity', { quantity: -5 }, 'QUANTITY_INVALID'],
    ['a negative text', { quantity: '-5' }, 'QUANTITY_INVALID'],
    ['NaN', { quantity: Number.NaN }, 'QUANTITY_INVALID'],
    ['1e309, which JSON reads as Infinity', JSON.parse('{"quantity":1e309}'), 'QUANTITY_INVALID'],
    ['the text Infinity', { quantity: 'Infinity' }, 'QUANTITY_INVALID'],
    ['null', { quantity: null }, 'QUANTITY_INVALID'],
    ['a list', { quantity: [] }, 'QUANTITY_INVALID'],
    ['true', { quantity: true }, 'QUANTITY_INVALID'],
    ['1e308', { quantity: 1e308 }, 'QUANTITY_INVALID'],
    ['10^16', { quantity: '10000000000000000' }, 'QUANTITY_INVALID'],
    ['13 decimals', { quantity: '0.1234567890123' }, 'QUANTITY_INVALID'],
    ['an integer that a double cannot hold', JSON.parse('{"quantity":9007199254740993}'), 'QUANTITY_INVALID'],
    ['a thousands separator', { quantity: '1,000' }, 'QUANTITY_INVALID'],
    ['hexadecimal', { quantity: '0x10' }, 'QUANTITY_INVALID'],
    ['spaces', { quantity: ' 5 ' }, 'QUANTITY_INVALID'],
    ['full-width digits', { quantity: '５' }, 'QUANTITY_INVALID'],
    ['negative zero', { quantity: '-0' }, 'QUANTITY_INVALID'],
    ['an exponent', { quantity: '1e3' }, 'QUANTITY_INVALID'],
    ['no quantity on a summed meter', { quantity: undefined }, 'QUANTITY_INVALID'],
    ['an empty id', { id: '' }, 'ID_INVALID'],
    ['an id of 256 bytes', { id: 'a'.repeat(256) }, 'ID_INVALID'],
    ['an id of 128 characters in 256 bytes', { id: 'é'.repeat(128) }, 'ID_INVALID'],
    ['NUL in the id', { id: 'a\u0000b' }, 'ID_INVALID'],
    ['a lone surrogate in the id', { id: 'a\ud800' }, 'ID_INVALID'],
    ['a number as id', { id: 7 }, 'ID_INVALID'],
    ['5 minutes and 1 second ahead', { occurredAt: '2027-03-01T12:05:01Z' }, 'OCCURRED_AT_IN_FUTURE'],
    ['35 days and 1 second back', { occurredAt: '2027-01-25T11:59:59Z' }, 'OCCURRED_AT_TOO_OLD'],
    ['30 February', { occurredAt: '2027-02-30T00:00:00Z' }, 'OCCURRED_AT_INVALID'],
    ['month 13', { occurredAt: '2027-13-01T00:00:00Z' }, 'OCCURRED_AT_INVALID'],
    ['a leap second', { occurredAt: '2027-02-28T23:59:60Z' }, 'OCCURRED_AT_INVALID'],
    ['no offset', { occurredAt: '2027-02-28T10:00:00' }, 'OCCURRED_AT_INVALID'],
    ['0 as time', { occurredAt: 0 }, 'OCCURRED_AT_INVALID'],
    ['-1 as time', { occurredAt: -1 }, 'OCCURRED_AT_INVALID'],
    ['seconds as time', { occurredAt: 1_803_900_000 }, 'OCCURRED_AT_INVALID'],
    ['no time', { occurredAt: undefined }, 'OCCURRED_AT_INVALID'],
    ['an unknown meter', { meter: 'nope' }, 'METER_UNKNOWN'],
    ['a meter named like a built-in', { meter: 'constructor' }, 'METER_UNKNOWN'],
    ['the meter __proto__', { meter: '__proto__' }, 'METER_UNKNOWN'],
    ['an unknown client', { client: 'stranger' }, 'CLIENT_UNKNOWN'],
    ['a client that is not text', { client: { $ne: 1 } }, 'CLIENT_UNKNOWN'],
    ['NUL in the subject', { subject: 'a\u0000' }, 'SUBJECT_INVALID'],
    ['1 001 properties', { properties: keys(1001) }, 'PROPERTIES_INVALID'],
    ['properties 100 deep', { properties: nested(100) }, 'PROPERTIES_INVALID'],
    ['a property of 1 MB', { properties: { a: 'x'.repeat(1_000_000) } }, 'PROPERTIES_INVALID'],
    ['NUL in a property', { properties: { a: '\u0000' } }, 'PROPERTIES_INVALID'],
    ['a list as properties', { properties: [1] }, 'PROPERTIES_INVALID'],
    [
      'an own key __proto__',
      { properties: JSON.parse('{"__proto__":{"admin":true}}') },
      'PROPERTIES_INVALID',
    ],
  ])('%s', (_name, change, code) => {
    expect(codeOf(change)).toBe(code);
    expect(({} as { admin?: boolean }).admin).toBeUndefined();
  });

  it.each([[null], [[]], ['text'], [5]])('no object: %j', (raw) => {
    const parsed = parseUsageEvent(raw, intake);
    expect(parsed.ok === false && parsed.rejection.code).toBe('EVENT_INVALID');
  });
});

describe('an event is accepted', () => {
  it('with a quantity of zero', () => expect(draftOf({ quantity: 0 }).quantity).toBe('0'));

  it('with a large integer as text, kept exactly', () =>
    expect(draftOf({ quantity: '9007199254740993' }).quantity).toBe('9007199254740993'));

  it('with properties named like built-ins, as ordinary data', () =>
    expect(
      draftOf({ properties: JSON.parse('{"toString":1,"constructor":{"prototype":2}}') }).properties,
    ).toBe('{"constructor":{"prototype":2},"toString":1}'));

  it('without a quantity when its meter counts events', () =>
    expect(draftOf({ meter: 'diagnostic_view', quantity: undefined }).quantity).toBe('1'));

  it.each(['2027-03-01T12:05:00Z', '2027-01-25T12:00:00Z'])('at the edge of the window: %s', (occurredAt) =>
    expect(draftOf({ occurredAt }).occurredAt).toEqual(new Date(occurredAt)),
  );

  it('with an older time under the backfill scope', () =>
    expect(parse({ occurredAt: '2026-01-01T00:00:00Z' }, { mayBackfill: true }).ok).toBe(true));

  it('sent again from what was refused, as old as it was when it came, and no older', () => {
    const receivedAt = new Date('2027-02-09T12:00:00.000Z');
    expect(parse({ occurredAt: '2027-01-05T12:00:00Z' }, { receivedAt }).ok).toBe(true);
    expect(parse({ occurredAt: '2027-01-05T11:59:59.999Z' }, { receivedAt }).ok).toBe(false);
    // What was ahead of its time then is not any more.
    expect(parse({ occurredAt: '2027-02-20T00:00:00Z' }, { receivedAt }).ok).toBe(true);
  });

  it('with another offset, normalized to UTC', () =>
    expect(draftOf({ occurredAt: '2027-03-01T16:30:00+05:30' }).occurredAt.toISOString()).toBe(
      '2027-03-01T11:00:00.000Z',
    ));

  it('with an id byte for byte: spaces, case and spelling stay', () =>
    expect(['é', 'e\u0301', 'É', 'é '].map((id) => draftOf({ id }).id)).toEqual(['é', 'e\u0301', 'É', 'é ']));
});

describe('the payload text', () => {
  it('is equal for equal content in another spelling', () => {
    const one = draftOf({ quantity: '1.50', client: 'acme', properties: { b: 1, a: [1, { d: 1, c: 2 }] } });
    const other = draftOf({
      quantity: '1.5',
      occurredAt: '2027-03-01T16:30:00+05:30',
      client: 'acme',
      properties: { a: [1, { c: 2, d: 1 }], b: 1 },
    });
    expect(payloadText(one)).toBe(payloadText(other));
  });

  it.each([
    [{ quantity: '2' }],
    [{ occurredAt: '2027-03-01T11:00:00.001Z' }],
    [{ client: 'acme' }],
    [{ subject: 'call-1' }],
    [{ properties: {} }],
    [{ meter: 'diagnostic_view' }],
  ])('differs for %j', (change) => expect(payloadText(draftOf(change))).not.toBe(payloadText(draftOf({}))));
});

describe('a meter that rounds up', () => {
  const minutes = (quantity: string, properties?: object) =>
    codeOf({ meter: 'minute', quantity, properties });

  it('takes what the measured seconds give, and refuses one more or less', () => {
    expect(minutes('2', { durationSeconds: 61 })).toBe('accepted');
    expect(minutes('1', { durationSeconds: '60' })).toBe('accepted');
    expect(minutes('0', { durationSeconds: 0 })).toBe('accepted');
    expect(minutes('1', { durationSeconds: 61 })).toBe('QUANTITY_NOT_ROUNDED_UP');
    expect(minutes('2', { durationSeconds: 60 })).toBe('QUANTITY_NOT_ROUNDED_UP');
  });

  it('refuses a measurement that is none, and asks for none', () => {
    expect(minutes('1', { durationSeconds: 'a minute' })).toBe('QUANTITY_NOT_ROUNDED_UP');
    expect(minutes('1', { durationSeconds: -5 })).toBe('QUANTITY_NOT_ROUNDED_UP');
    expect(minutes('1.5', { agent: 'a' })).toBe('accepted');
    expect(minutes('3')).toBe('accepted');
  });
});
