import { describe, expect, it } from 'vitest';
import { meterSchema } from '../../catalog/meter.ts';
import { forecastBegins, forecastMeter, forecastUsage } from './forecast.ts';
import { seriesWindows } from './series-windows.ts';

const period = { start: new Date('2027-04-01T00:00:00Z'), end: new Date('2027-05-01T00:00:00Z') };
const at = (text: string) => new Date(text);

function begins(
  state: { period: { start: Date; end: Date }; now: Date },
  { aggregation = 'sum', isServed = true }: { aggregation?: string; isServed?: boolean } = {},
) {
  const valueField = aggregation === 'unique_count' ? { valueField: 'speaker' } : {};
  const named = { key: 'word', name: 'Words', unit: 'words', eventName: 'word' };
  const meter = meterSchema.parse({ ...named, aggregation, ...valueField });
  return forecastBegins({ meter, isServed }, state);
}

describe('the forecast', () => {
  it('continues the rate so far and moves only what is to come by a fifth', () => {
    expect(
      forecastUsage({
        aggregation: 'sum',
        period,
        now: at('2027-04-11T00:00:00Z'),
        used: '100',
        limit: '150',
      }),
    ).toEqual({
      total: '300',
      low: '260',
      high: '340',
      limitReachedAt: at('2027-04-16T00:00:00Z'),
    });
  });

  it('says now for a limit that is reached, and nothing for one that will not be', () => {
    const now = at('2027-04-11T00:00:00Z');
    expect(
      forecastUsage({ aggregation: 'sum', period, now, used: '100', limit: '100' })?.limitReachedAt,
    ).toEqual(now);
    expect(
      forecastUsage({ aggregation: 'sum', period, now, used: '100', limit: '301' })?.limitReachedAt,
    ).toBeNull();
    expect(forecastUsage({ aggregation: 'sum', period, now, used: '0', limit: '1' })).toMatchObject({
      total: '0',
      limitReachedAt: null,
    });
  });

  it.each([
    ['a month', '2027-02-01T00:00:00Z', '2027-03-01T00:00:00Z', '2027-02-02T00:00:00Z'],
    ['a leap February', '2028-02-01T00:00:00Z', '2028-03-01T00:00:00Z', '2028-02-02T00:00:00Z'],
    ['a year', '2027-01-01T00:00:00Z', '2028-01-01T00:00:00Z', '2027-01-02T00:00:00Z'],
    ['a day', '2027-02-01T00:00:00Z', '2027-02-02T00:00:00Z', '2027-02-01T01:00:00Z'],
  ])(
    'of %s begins when enough of it was seen, and never says less than what is used',
    (_, start, end, from) => {
      const span = { start: at(start), end: at(end) };
      const ask = (now: Date) =>
        forecastUsage({ aggregation: 'count', period: span, now, used: '1', limit: '1000' });
      const before = new Date(at(from).getTime() - 1);
      expect([ask(before), begins({ period: span, now: before })]).toEqual([null, at(from)]);
      expect(Number(ask(at(from))?.low)).toBeGreaterThan(1);
      expect(begins({ period: span, now: at(from) })).toBeNull();
      expect(ask(new Date(span.end.getTime() - 1))).toMatchObject({ low: '1', limitReachedAt: null });
    },
  );

  it('says nothing about an hour, which is over before it could', () => {
    const hour = { start: at('2027-04-01T10:00:00Z'), end: at('2027-04-01T11:00:00Z') };
    const now = new Date(hour.end.getTime() - 1);
    expect(forecastUsage({ aggregation: 'sum', period: hour, now, used: '9', limit: '10' })).toBeNull();
    expect(begins({ period: hour, now })).toBeNull();
  });

  it('announces none where none will follow: not in a pause, not for what does not grow, not outside the period', () => {
    const now = at('2027-04-01T07:00:00Z');
    expect(begins({ period, now })).toEqual(at('2027-04-02T00:00:00Z'));
    expect(begins({ period, now }, { isServed: false })).toBeNull();
    for (const aggregation of ['max', 'latest', 'unique_count'] as const) {
      expect(begins({ period, now }, { aggregation }), aggregation).toBeNull();
    }
    for (const outside of [new Date(period.start.getTime() - 1), period.end]) {
      expect(begins({ period, now: outside })).toBeNull();
    }
  });

  it.each(['max', 'latest', 'unique_count'] as const)(
    'says nothing about a %s, which does not grow with time',
    (aggregation) => {
      const now = at('2027-04-11T00:00:00Z');
      expect(forecastUsage({ aggregation, period, now, used: '100', limit: '150' })).toBeNull();
    },
  );

  it.each([
    ['0.000000001', '0.000000003', '0.0000000026', '0.0000000034'],
    ['0.1234567', '0.3703', '0.3209', '0.4197'],
    ['333.3333333', '999.999', '866.666', '1133.333'],
    ['9007199254740993', '27021597764222979', '23418718062326581.8', '30624477466119376.2'],
    ['99999999999999999999', '299999999999999999997', '259999999999999999997.4', '339999999999999999996.6'],
  ])('of %s keeps the digits that say something', (used, total, low, high) => {
    const now = at('2027-04-11T00:00:00Z');
    expect(forecastUsage({ aggregation: 'sum', period, now, used, limit: null })).toMatchObject({
      total,
      low,
      high,
    });
  });

  it('says nothing where corrections took away more than was used', () => {
    const now = at('2027-04-11T00:00:00Z');
    expect(forecastUsage({ aggregation: 'sum', period, now, used: '-5', limit: '10' })).toBeNull();
  });

  it('names no day that no calendar has', () => {
    const now = at('2027-04-11T00:00:00Z');
    const input = {
      aggregation: 'sum' as const,
      period,
      now,
      used: '0.000000000001',
      limit: '9999999999999999',
    };
    expect(forecastUsage(input)?.limitReachedAt).toBeNull();
  });

  it('of a meter is not given while nothing may be used', () => {
    const meter = meterSchema.parse({
      key: 'call',
      name: 'Calls',
      unit: 'call',
      eventName: 'call',
      aggregation: 'sum',
    });
    const state = { period, now: at('2027-04-11T00:00:00Z'), used: '100' };
    expect(forecastMeter({ meter, isServed: true, included: '150' }, state)?.total).toBe('300');
    expect(forecastMeter({ meter, isServed: false, included: '150' }, state)).toBeNull();
  });

  it('is silent in the first hour and outside the period', () => {
    expect(
      forecastUsage({ aggregation: 'sum', period, now: at('2027-04-01T00:30:00Z'), used: '9', limit: null }),
    ).toBeNull();
    expect(
      forecastUsage({ aggregation: 'sum', period, now: at('2027-05-01T00:00:00Z'), used: '9', limit: null }),
    ).toBeNull();
  });
});

describe('the windows of a series', () => {
  const span = { start: at('2027-03-01T00:00:00Z'), end: at('2027-04-01T00:00:00Z') };

  it.each(['hour', 'day', 'week', 'month', 'period'] as const)(
    'tile the span by %s in a zone with a change',
    (granularity) => {
      const windows = seriesWindows(span, granularity, 'America/New_York');
      expect(windows[0]?.start).toEqual(span.start);
      expect(windows.at(-1)?.end).toEqual(span.end);
      expect(windows.slice(1).map(({ start }) => start)).toEqual(windows.slice(0, -1).map(({ end }) => end));
    },
  );

  it('begin weeks on Monday and months on the first, at local midnight', () => {
    const weeks = seriesWindows(span, 'week', 'Asia/Kathmandu');
    expect(weeks.slice(1).map(({ start }) => start.toISOString())).toEqual([
      '2027-03-07T18:15:00.000Z',
      '2027-03-14T18:15:00.000Z',
      '2027-03-21T18:15:00.000Z',
      '2027-03-28T18:15:00.000Z',
    ]);
    expect(seriesWindows(span, 'month', 'Europe/Berlin').map(({ start }) => start.toISOString())).toEqual([
      '2027-03-01T00:00:00.000Z',
      '2027-03-31T22:00:00.000Z',
    ]);
  });
});
