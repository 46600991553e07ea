import { describe, expect, it } from 'vitest';
import { usagePeriodsOf } from './usage-periods.ts';

const at = (text: string) => new Date(text);
const days = (periods: readonly { start: Date; end: Date }[]) =>
  periods.map(({ start, end }) => `${start.toISOString()} ${end.toISOString()}`);

describe('usage periods of a subscription', () => {
  const running = { billingAnchor: at('2026-01-31T10:00:00Z'), endedAt: null };

  it('close one hour after their end, not before', () => {
    expect(usagePeriodsOf(running, at('2026-02-28T10:59:59.999Z')).closed).toEqual([]);
    expect(days(usagePeriodsOf(running, at('2026-02-28T11:00:00Z')).closed)).toEqual([
      '2026-01-31T10:00:00.000Z 2026-02-28T10:00:00.000Z',
    ]);
  });

  it('are counted from the anchor, so that the end of a month does not drift', () => {
    const { current } = usagePeriodsOf(running, at('2026-03-30T00:00:00Z'));
    expect(current?.end.toISOString()).toBe('2026-03-31T10:00:00.000Z');
  });

  it('stay within reach of late usage for 36 days and no longer', () => {
    expect(usagePeriodsOf(running, at('2026-04-05T09:00:00Z')).closed).toHaveLength(2);
    expect(usagePeriodsOf(running, at('2026-04-05T10:00:00Z')).closed).toHaveLength(1);
  });

  it('end with the subscription, whose last part closes an hour later', () => {
    const ended = { ...running, endedAt: at('2026-02-10T12:00:00Z') };
    expect(usagePeriodsOf(ended, at('2026-02-10T12:30:00Z'))).toEqual({ current: null, closed: [] });
    expect(days(usagePeriodsOf(ended, at('2026-02-10T13:00:00Z')).closed)).toEqual([
      '2026-01-31T10:00:00.000Z 2026-02-10T12:00:00.000Z',
    ]);
  });

  it('of the time before the anchor do not exist', () => {
    expect(usagePeriodsOf(running, at('2026-01-30T00:00:00Z'))).toEqual({ current: null, closed: [] });
  });
});
