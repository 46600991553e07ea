import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type {
  EffectiveEntitlement,
  EffectiveQuantityEntitlement,
  Limit,
} from '../catalog/effective-entitlements.ts';
import type { OnLimit } from '../catalog/entitlement.ts';
import { addQuantities, compareQuantities } from '../shared/money/quantity.ts';
import { decideLimit, decideUnavailable } from './decide-limit.ts';
import type { LimitQuestion } from './limit-decision.ts';
import { limitMessage } from './limit-message.ts';

function metered(
  limit: string | null,
  onLimit: OnLimit = 'block',
  isRestricted = false,
): EffectiveQuantityEntitlement {
  const ceiling: Limit = limit === null ? { kind: 'unlimited' } : { kind: 'limited', quantity: limit };
  return {
    kind: 'metered',
    feature: 'message',
    limit: ceiling,
    isPerUnit: false,
    freeUnits: ceiling,
    onLimit,
    thresholds: [80, 100],
    onUnavailable: 'closed',
    isRestrictedWhenPastDue: isRestricted,
    reset: 'billing_period',
    unitPriceOverride: null,
    overrideIds: [],
  };
}
const boolean = (isEnabled: boolean, isRestrictedWhenPastDue = false): EffectiveEntitlement => ({
  kind: 'boolean',
  feature: 'sso',
  isEnabled,
  isRestrictedWhenPastDue,
  onUnavailable: 'closed',
  overrideIds: [],
});
const ask = (question: Partial<LimitQuestion>) =>
  decideLimit({
    entitlement: metered('100'),
    used: '0',
    reserved: '0',
    requested: '1',
    access: 'full',
    ...question,
  });

describe('decideLimit', () => {
  it('allows up to the limit, counting what is reserved', () => {
    expect(ask({ used: '60', reserved: '30', requested: '10' })).toEqual({
      decision: 'allowed',
      reason: null,
      limit: '100',
      remaining: '10',
      remainingAfter: '0',
      beyondLimit: '0',
      thresholdsCrossed: [100],
      upgradeTo: null,
    });
    expect(ask({ used: '60', reserved: '30', requested: '10.000000000001' })).toMatchObject({
      decision: 'blocked',
      reason: 'limit_reached',
      remaining: '10',
      remainingAfter: '10',
      thresholdsCrossed: [],
    });
  });

  it('grants overage and soft limits with a note that says how much is beyond', () => {
    const over = { used: '95', requested: '10' };
    expect(ask({ ...over, entitlement: metered('100', 'overage') })).toMatchObject({
      decision: 'warned',
      reason: 'overage',
      beyondLimit: '5',
      remainingAfter: '0',
    });
    expect(ask({ ...over, entitlement: metered('100', 'warn') })).toMatchObject({
      decision: 'warned',
      reason: 'limit_exceeded',
      beyondLimit: '5',
    });
  });

  it.each(['block', 'overage', 'warn'] as const)('blocks a limit of zero although it says %s', (onLimit) => {
    for (const requested of ['0', '1']) {
      expect(ask({ entitlement: metered('0', onLimit), requested })).toMatchObject({
        decision: 'blocked',
        reason: 'not_in_plan',
      });
    }
  });

  it('calls a limit that grows with clients or seats reached while there are none', () => {
    const locations = { ...metered('0'), isPerUnit: true };
    expect(ask({ entitlement: locations })).toMatchObject({ decision: 'blocked', reason: 'limit_reached' });
  });

  it('never blocks what is unlimited', () => {
    expect(ask({ entitlement: metered(null), used: '1000000', requested: '5000' })).toMatchObject({
      decision: 'allowed',
      limit: null,
      remaining: null,
      thresholdsCrossed: [],
    });
  });

  it('still answers a request of zero at the limit', () => {
    expect(ask({ used: '100', requested: '0' }).decision).toBe('allowed');
  });

  it('counts usage beyond the limit as nothing remaining, not less', () => {
    expect(ask({ used: '130', requested: '0' })).toMatchObject({ decision: 'allowed', remaining: '0' });
    expect(ask({ used: '130', requested: '2', entitlement: metered('100', 'overage') }).beyondLimit).toBe(
      '2',
    );
  });

  it('answers switches by the plan', () => {
    expect(ask({ entitlement: boolean(true) })).toMatchObject({ decision: 'allowed', limit: null });
    expect(ask({ entitlement: boolean(false) })).toMatchObject({
      decision: 'blocked',
      reason: 'not_in_plan',
    });
  });

  it('lets the missing entry be decided as in an outage', () => {
    const missing = (onUnavailable: 'open' | 'closed') =>
      ask({ entitlement: { kind: 'missing', feature: 'x', onUnavailable } });
    expect(missing('open')).toMatchObject({ decision: 'allowed', reason: 'entitlement_missing' });
    expect(missing('closed')).toMatchObject({ decision: 'blocked', reason: 'entitlement_missing' });
  });

  it('blocks everything while suspended and without a subscription', () => {
    const expected = {
      suspended: 'payment_required',
      paused: 'subscription_paused',
      suspended_by_staff: 'organization_suspended',
      no_subscription: 'no_subscription',
    } as const;
    for (const [access, reason] of Object.entries(expected)) {
      for (const entitlement of [metered(null), metered('100', 'overage'), boolean(true)]) {
        expect(ask({ access: access as keyof typeof expected, entitlement, requested: '0' })).toMatchObject({
          decision: 'blocked',
          reason,
        });
      }
    }
  });

  it('takes overage and the named features while restricted, and nothing else', () => {
    const access = 'restricted';
    const overage = metered('100', 'overage');
    expect(ask({ access, entitlement: overage, used: '99' }).decision).toBe('allowed');
    expect(ask({ access, entitlement: overage, used: '100' })).toMatchObject({
      decision: 'blocked',
      reason: 'payment_past_due',
    });
    expect(ask({ access, entitlement: metered('100', 'block', true) }).reason).toBe('payment_past_due');
    expect(ask({ access, entitlement: metered('100', 'block', true), requested: '0' }).decision).toBe(
      'allowed',
    );
    expect(ask({ access, entitlement: boolean(true, true) }).reason).toBe('payment_past_due');
    expect(ask({ access, entitlement: boolean(true) }).decision).toBe('allowed');
    expect(ask({ access, entitlement: metered('100', 'warn'), used: '100' }).decision).toBe('warned');
  });

  it('respects the ceiling of the client and the budget', () => {
    const clientCap = { limit: '5', used: '3', reserved: '1' };
    expect(ask({ clientCap }).decision).toBe('allowed');
    expect(ask({ clientCap, requested: '2' })).toMatchObject({
      decision: 'blocked',
      reason: 'client_limit_reached',
    });
    expect(ask({ isBudgetReached: true }).reason).toBe('budget_reached');
    // Set below what is used already: nothing more, and nothing is still nothing.
    const lowered = { limit: '2', used: '3', reserved: '0' };
    expect(ask({ clientCap: lowered, requested: '0' }).decision).toBe('allowed');
    expect(ask({ clientCap: lowered, requested: '0.000000000001' }).reason).toBe('client_limit_reached');
    // The organization's own limit is named before that of the client.
    expect(ask({ clientCap: lowered, used: '100' }).reason).toBe('limit_reached');
  });

  it('grants nothing to an archived client, whatever the plan says, and names no upgrade', () => {
    const archived = { isClientArchived: true, upgradeTo: 'pro' };
    for (const entitlement of [metered(null), metered('5', 'overage'), boolean(true)])
      expect(ask({ ...archived, entitlement })).toMatchObject({ reason: 'client_archived', upgradeTo: null });
    expect(ask({ ...archived, requested: '0' }).decision).toBe('blocked');
    expect(ask({ ...archived, access: 'suspended' }).reason).toBe('payment_required');
    expect(ask({ isClientArchived: false }).decision).toBe('allowed');
  });

  it('names the upgrade only where one helps', () => {
    expect(ask({ used: '100', upgradeTo: 'pro' }).upgradeTo).toBe('pro');
    expect(ask({ access: 'suspended', upgradeTo: 'pro' }).upgradeTo).toBeNull();
    expect(ask({ upgradeTo: 'pro' }).upgradeTo).toBeNull();
  });

  it('reports a threshold with the request that reaches it, once', () => {
    expect(ask({ used: '79', requested: '1' }).thresholdsCrossed).toEqual([80]);
    expect(ask({ used: '80', requested: '1' }).thresholdsCrossed).toEqual([]);
    expect(ask({ used: '0', requested: '100' }).thresholdsCrossed).toEqual([80, 100]);
    expect(ask({ used: '80', requested: '0' }).thresholdsCrossed).toEqual([]);
  });

  it('refuses negative requests as a bug of the caller', () => {
    expect(() => ask({ requested: '-1' })).toThrow('not negative');
  });

  it('never grants beyond a hard limit and never refuses what fits, whatever is asked in any order', () => {
    const sizes = fc.array(fc.integer({ min: 0, max: 4000 }), { maxLength: 60 });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 20_000 }), sizes, (limit, requests) => {
        let used = '0';
        for (const size of requests) {
          const requested = String(size);
          const answer = ask({ entitlement: metered(String(limit)), used, requested });
          const fits = compareQuantities(addQuantities(used, requested), String(limit)) <= 0;
          expect(answer.decision).toBe(fits ? 'allowed' : 'blocked');
          if (fits) used = addQuantities(used, requested);
          expect(addQuantities(used, answer.remainingAfter ?? '0')).toBe(String(limit));
        }
      }),
    );
  });

  it('crosses every threshold exactly once on the way to the limit', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 50 }), { maxLength: 80 }), (steps) => {
        let used = '0';
        const crossed: number[] = [];
        for (const step of steps) {
          const answer = ask({ entitlement: metered('100', 'overage'), used, requested: String(step) });
          crossed.push(...answer.thresholdsCrossed);
          used = addQuantities(used, String(step));
        }
        const reached = [80, 100].filter((percent) => compareQuantities(used, String(percent)) >= 0);
        expect(crossed).toEqual(reached);
      }),
    );
  });
});

describe('in an outage', () => {
  it('answers as the entitlement says', () => {
    expect(decideUnavailable('open')).toMatchObject({ decision: 'allowed', reason: 'unavailable' });
    expect(decideUnavailable('closed')).toMatchObject({ decision: 'blocked', reason: 'unavailable' });
  });
});

describe('limitMessage', () => {
  it('says what happened and what helps', () => {
    const words = { featureName: 'Messages', upgradeName: 'Pro' };
    expect(limitMessage(ask({ used: '100' }), words)).toBe(
      'Messages: the limit of 100 is reached. Pro includes more.',
    );
    expect(limitMessage(ask({}), words)).toBe('');
  });
});
