import { describe, expect, it } from 'vitest';
import { asId } from '../../shared/ids.ts';
import type { SubscriptionTerms } from '../../subscriptions/terms/subscription-terms.ts';
import { type MonthsInput, usageMonths } from './terms-months.ts';

const at = (text: string) => new Date(text);

function terms(effectiveAt: string, changed: Partial<SubscriptionTerms> = {}): SubscriptionTerms {
  return {
    subscriptionId: asId('subscription', '01890000-0000-7000-8000-000000000001'),
    effectiveAt: at(effectiveAt),
    plan: 'growth',
    planVersion: 1,
    currency: 'USD',
    billingAnchor: at('2026-01-31T10:00:00Z'),
    seats: 0,
    clients: 0,
    isBillable: true,
    isPaused: false,
    ...changed,
  };
}

function months(now: string, changed: Partial<MonthsInput> = {}): string[] {
  const input = { terms: [terms('2026-01-31T10:00:00Z')], endedAt: null, reopenedFrom: null, now: at(now) };
  return usageMonths({ ...input, ...changed }).map(
    ({ period: { start, end }, isClosed }) =>
      `${start.toISOString().slice(0, 16)} ${end.toISOString().slice(0, 16)} ${isClosed ? 'closed' : 'open'}`,
  );
}

describe('months of usage of a subscription', () => {
  it('close one hour after their end, not before', () => {
    expect(months('2026-02-28T10:59:59.999Z')).toEqual([
      '2026-01-31T10:00 2026-02-28T10:00 open',
      '2026-02-28T10:00 2026-03-31T10:00 open',
    ]);
    expect(months('2026-02-28T11:00:00Z')[0]).toBe('2026-01-31T10:00 2026-02-28T10:00 closed');
  });

  it('stay within reach of late usage for 36 days and no longer', () => {
    expect(months('2026-04-05T09:59:59Z')).toHaveLength(3);
    expect(months('2026-04-05T10:00:00Z')).toHaveLength(2);
  });

  it('are in reach again when a correction reaches further back', () => {
    const reopened = months('2026-12-15T00:00:00Z', { reopenedFrom: at('2026-03-01T00:00:00Z') });
    expect(reopened).toHaveLength(10);
    expect(reopened[0]).toBe('2026-02-28T10:00 2026-03-31T10:00 closed');
  });

  it('end with the subscription, whose last part closes an hour later', () => {
    const endedAt = at('2026-02-10T12:00:00Z');
    expect(months('2026-02-10T12:30:00Z', { endedAt })).toEqual(['2026-01-31T10:00 2026-02-10T12:00 open']);
    expect(months('2026-02-10T13:00:00Z', { endedAt })).toEqual(['2026-01-31T10:00 2026-02-10T12:00 closed']);
  });

  it('are cut by a new anchor, and the part before it closes like a month', () => {
    const anchored = terms('2026-02-12T08:00:00Z', { billingAnchor: at('2026-02-12T08:00:00Z') });
    expect(months('2026-02-12T09:00:00Z', { terms: [terms('2026-01-31T10:00:00Z'), anchored] })).toEqual([
      '2026-01-31T10:00 2026-02-12T08:00 closed',
      '2026-02-12T08:00 2026-03-12T08:00 open',
    ]);
  });

  it('know what was in force in them, also when it began before', () => {
    const history = [terms('2026-01-31T10:00:00Z'), terms('2026-02-10T00:00:00Z', { plan: 'starter' })];
    const found = usageMonths({
      terms: history,
      endedAt: null,
      reopenedFrom: null,
      now: at('2026-03-05T00:00:00Z'),
    });
    expect(found.map((month) => month.terms.map(({ plan }) => plan))).toEqual([
      ['growth', 'starter'],
      ['starter'],
    ]);
  });
});
