import { describe, expect, it } from 'vitest';
import { paymentFailureSchema } from '../catalog/product-family.ts';
import { ladderOf, paymentStanding } from './payment-ladder.ts';
import {
  canSubscription,
  type SubscriptionAction,
  type SubscriptionFacts,
} from './subscription-lifecycle.ts';
import { canMoveTo, hasStarted, isLive, subscriptionStatuses } from './subscription-status.ts';
import { subscriptionStatusSchema } from './subscriptions.schemas.ts';
import {
  compareSubscriptions,
  currentSubscription,
  isSuperseded,
  type SubscriptionStanding,
} from './supersede.ts';

const since = new Date('2026-06-01T10:00:00Z');
const afterDays = (days: number) => new Date(since.getTime() + days * 86_400_000);
const usual = paymentFailureSchema.parse({});

describe('status', () => {
  it('lists what the interface knows', () => {
    expect([...subscriptionStatuses].toSorted()).toEqual([...subscriptionStatusSchema.options].toSorted());
  });

  it('never lets an ended subscription live again', () => {
    for (const from of subscriptionStatuses.filter((status) => !isLive(status))) {
      expect(subscriptionStatuses.filter((to) => canMoveTo(from, to))).toEqual([from]);
    }
    expect(canMoveTo('unpaid', 'active')).toBe(true);
  });

  it('grants nothing before the first payment', () => {
    expect(subscriptionStatuses.filter((status) => isLive(status) && !hasStarted(status))).toEqual([
      'incomplete',
    ]);
  });
});

describe('paymentStanding', () => {
  it.each([
    { days: 0, stage: 'past_due', access: 'full', next: 'restricted', onDay: 7 },
    { days: 6.999, stage: 'past_due', access: 'full', next: 'restricted', onDay: 7 },
    { days: 7, stage: 'restricted', access: 'restricted', next: 'suspended', onDay: 14 },
    { days: 14, stage: 'suspended', access: 'suspended', next: 'canceled', onDay: 30 },
    { days: 29.999, stage: 'suspended', access: 'suspended', next: 'canceled', onDay: 30 },
  ])('after $days days is $stage with $access access, then $next on day $onDay', (step) => {
    expect(paymentStanding(usual, since, afterDays(step.days))).toEqual({
      stage: step.stage,
      access: step.access,
      next: { stage: step.next, at: afterDays(step.onDay) },
    });
  });

  it('ends after the last step', () => {
    expect(paymentStanding(usual, since, afterDays(30))).toEqual({
      stage: 'canceled',
      access: 'suspended',
      next: null,
    });
  });

  it('suspends at once where the family says so', () => {
    const strict = paymentFailureSchema.parse({ restrictedAfterDays: 0, suspendedAfterDays: 0 });
    expect(paymentStanding(strict, since, since)).toMatchObject({
      stage: 'suspended',
      next: { stage: 'canceled', at: afterDays(30) },
    });
    expect(ladderOf(strict, since).map(({ at }) => at.getTime())).toEqual(
      [0, 0, 0, 30].map((days) => afterDays(days).getTime()),
    );
  });
});

describe('canSubscription', () => {
  const facts = (fields: Partial<SubscriptionFacts>): SubscriptionFacts => ({
    status: 'active',
    cancelAt: null,
    hasScheduledChange: false,
    isEndAgreed: false,
    isCollectionPaused: false,
    ...fields,
  });
  const refused = (fields: Partial<SubscriptionFacts>, action: SubscriptionAction) =>
    canSubscription(facts(fields), action).reason;

  it('allows an active subscription to change, pause and end', () => {
    for (const action of ['change_plan', 'change_quantity', 'pause', 'cancel', 'cancel_now'] as const) {
      expect(canSubscription(facts({}), action)).toEqual({ allowed: true, reason: null });
    }
  });

  it('allows nothing once ended', () => {
    const actions: SubscriptionAction[] = [
      'change_plan',
      'cancel',
      'resume',
      'pause',
      'undo_scheduled_change',
    ];
    for (const status of ['canceled', 'incomplete_expired'] as const) {
      expect(actions.filter((action) => canSubscription(facts({ status }), action).allowed)).toEqual([]);
    }
  });

  it('says what to do first', () => {
    expect(refused({ isCollectionPaused: true }, 'change_plan')).toContain('not collected');
    expect(refused({ isCollectionPaused: true }, 'cancel')).toBeNull();
    expect(refused({ status: 'past_due' }, 'change_plan')).toBe('Pay the open invoice first.');
    expect(refused({ status: 'paused' }, 'change_plan')).toBe('Resume the subscription first.');
    expect(refused({ cancelAt: since }, 'change_plan')).toContain('Resume it first');
  });

  it('resumes only what ends or is paused, and undoes only what is scheduled', () => {
    expect(refused({}, 'resume')).toBe('The subscription is not ending.');
    expect(refused({ cancelAt: since }, 'resume')).toBeNull();
    expect(refused({ status: 'paused' }, 'resume')).toBeNull();
    expect(refused({}, 'undo_scheduled_change')).toBe('No change is scheduled.');
    expect(refused({ hasScheduledChange: true }, 'undo_scheduled_change')).toBeNull();
  });

  it('leaves an end that was agreed to staff, and does not take it for a cancellation', () => {
    const agreed = { cancelAt: since, isEndAgreed: true };
    expect(refused(agreed, 'resume')).toContain('agreed');
    for (const action of ['change_plan', 'pause', 'cancel'] as const)
      expect(refused(agreed, action)).toBeNull();
  });

  it('pauses nothing that is about to change', () => {
    expect(refused({ hasScheduledChange: true }, 'pause')).toBe('A change is scheduled. Undo it first.');
  });

  it('does not schedule the end twice, but lets it come now', () => {
    expect(canSubscription(facts({ cancelAt: since }), 'cancel').allowed).toBe(false);
    expect(canSubscription(facts({ cancelAt: since }), 'cancel_now').allowed).toBe(true);
  });
});

describe('superseding', () => {
  const standing = (
    id: string,
    status: SubscriptionStanding['status'],
    day: number,
  ): SubscriptionStanding => ({
    stripeSubscriptionId: id,
    status,
    createdAt: afterDays(day),
  });
  const old = standing('sub_old', 'active', 0);
  const young = standing('sub_young', 'active', 1);

  it('lets the younger live one decide, in whatever order news arrives', () => {
    expect(currentSubscription([old, young])).toBe(young);
    expect(currentSubscription([young, old])).toBe(young);
    expect(isSuperseded(old, [old, young])).toBe(true);
    expect(isSuperseded(young, [old, young])).toBe(false);
  });

  it('prefers a paid one over a younger one that was never paid, and any live one over ended ones', () => {
    expect(currentSubscription([standing('sub_new', 'incomplete', 5), old])).toBe(old);
    expect(currentSubscription([standing('sub_gone', 'canceled', 9), old])).toBe(old);
    expect(isSuperseded(standing('sub_gone', 'canceled', 9), [old])).toBe(true);
    expect(currentSubscription([standing('sub_gone', 'canceled', 9)])).toBeUndefined();
    expect(isSuperseded(standing('sub_gone', 'canceled', 9), [])).toBe(false);
  });

  it('picks the same one of twins everywhere', () => {
    const twins = [standing('sub_b', 'active', 0), standing('sub_a', 'active', 0)];
    expect(twins.toSorted(compareSubscriptions)).toEqual(twins.toReversed().toSorted(compareSubscriptions));
  });
});
