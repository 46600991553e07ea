import type { Subscription, TailoredOffer } from '../src/app/views.ts';
import { subscriptions } from './billing-fixtures.ts';
import { daysAgo } from './dates.ts';
import { DoubleRefusal, type DoubleRequest } from './double-request.ts';

const allowed = { allowed: true, reason: null };
const refused = (reason: string) => ({ allowed: false, reason });

/** What a paused subscription looks like to those who see it. */
export function paused(subscription: Subscription): Subscription {
  return {
    ...subscription,
    status: 'paused',
    access: 'restricted',
    pausedAt: daysAgo(3),
    can: {
      changePlan: refused('The subscription is paused. Resume it first.'),
      cancel: allowed,
      resume: allowed,
      pause: refused('The subscription is paused already.'),
      undoScheduledChange: refused('Nothing is scheduled.'),
    },
  };
}

const seats: Subscription['items'][number] = {
  priceKey: 'studio_seat',
  kind: 'seat',
  description: 'User',
  quantity: '10',
  price: null,
};

/** By `?state=`: paused, with seats, or as in the fixtures. */
export function subscriptionsIn({ state }: Pick<DoubleRequest, 'state'>): Subscription[] {
  if (state === 'empty') return [];
  const [first, ...others] = subscriptions;
  if (first === undefined) return [];
  if (state === 'paused') return [paused(first), ...others];
  if (state.startsWith('seats')) {
    const studio: Subscription = {
      ...first,
      id: 'sub_3',
      family: 'agent-studio',
      plan: 'pro',
      basePlan: 'pro',
      planName: 'Studio Pro',
      items: [seats],
      recurring: { amountMinor: '49000', currency: 'USD' },
    };
    return [studio, ...others];
  }
  return subscriptions;
}

interface Terms {
  plan: string;
  interval: Subscription['interval'];
  price: string;
}

/** Refuses a price of zero, the way terms are refused that make no plan. */
export function tailoredOffer(family: string, terms: Terms): TailoredOffer {
  if (Number(terms.price) === 0)
    throw new DoubleRefusal(
      422,
      'TAILORED_TERMS_INVALID',
      'These terms do not make a plan: the price must be more than zero.',
      { problems: ['the price must be more than zero'] },
    );
  const minor = String(Math.round(Number(terms.price) * 100));
  return {
    family,
    plan: `${terms.plan}-acme`,
    planName: 'Voice Enterprise',
    planVersion: 2,
    currency: 'USD',
    interval: terms.interval,
    perPeriodMinor: minor,
    dueNowMinor: minor,
    quote: null,
  };
}
