import { describe, expect, it } from 'vitest';
import { forecastUsage } from './forecast.ts';
import { seriesWindows } from './series-windows.ts';

const period = { start: new Date('2027-04-01T00:00:00Z'), end: new Date('2027-05-01T00:00:00Z') };
const at = (text: string) => new Date(text);

describe('the forecast', () => {
  it('continues the rate so far and moves only what is to come by a fifth', () => {
    expect(forecastUsage({ period, now: at('2027-04-11T00:00:00Z'), used: '100', limit: '150' })).toEqual({
      total: '300',
      low: '260',
      high: '340',
      limitReachedAt: at('2027-04-16T00:00:00Z'),
    });
  });

  it('says now for a limit that is reached, and nothing for one that will not be', () => {
    const now = at('2027-04-11T00:00:00Z');
    expect(forecastUsage({ period, now, used: '100', limit: '100' })?.limitReachedAt).toEqual(now);
    expect(forecastUsage({ period, now, used: '100', limit: '301' })?.limitReachedAt).toBeNull();
    expect(forecastUsage({ period, now, used: '0', limit: '1' })).toMatchObject({
      total: '0',
      limitReachedAt: null,
    });
  });

  it('is silent in the first hour and outside the period', () => {
    expect(forecastUsage({ period, now: at('2027-04-01T00:30:00Z'), used: '9', limit: null })).toBeNull();
    expect(forecastUsage({ period, now: at('2027-05-01T00:00:00Z'), used: '9', limit: null })).toBeNull();
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
