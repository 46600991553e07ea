import { termsSegments } from '../rating/segments/terms-segments.ts';
import type { UsageSegment } from '../rating/segments/usage-segments.ts';
import { contains, type Period } from '../shared/time/period.ts';
import type { SubscriptionTerms } from '../subscriptions/terms/subscription-terms.ts';
import type { EntitlementSnapshot, EntitlingSubscription, FamilyStanding } from './entitlement-snapshot.ts';
import { usagePeriod } from './limit-window.ts';

interface Known {
  /** The same as long as no further month has begun. */
  asked: Period;
  segments: UsageSegment[];
}

/** A standing never changes, and each decision under a budget asks for the same parts again. By `since`. */
const knownOf = new WeakMap<FamilyStanding, Map<number, Known>>();

/**
 * The parts of months that a subscription's usage is charged by, as its bills cut them, of every month that has begun
 * and had not ended at `since`. A trial and what has no price have none.
 */
export function pricedSegments(
  snapshot: EntitlementSnapshot,
  standing: FamilyStanding,
  { since, at }: { since: Date; at: Date },
): UsageSegment[] {
  const ofStanding = knownOf.get(standing) ?? new Map<number, Known>();
  knownOf.set(standing, ofStanding);
  const known = ofStanding.get(since.getTime());
  if (known !== undefined && contains(known.asked, at)) return known.segments;
  const segments = cutSegments(snapshot, standing, { since, at });
  ofStanding.set(since.getTime(), {
    asked: { start: at, end: usagePeriod(standing, at).end },
    segments,
  });
  return segments;
}

function cutSegments(
  { facts }: EntitlementSnapshot,
  { family, subscription }: FamilyStanding,
  { since, at }: { since: Date; at: Date },
): UsageSegment[] {
  if (subscription === null) return [];
  const segments = termsSegments({
    terms: subscription.terms.length > 0 ? subscription.terms : [termsOfToday(subscription, facts)],
    plans: [subscription.planVersion, ...subscription.earlierPlans],
    overrides: facts.overrideHistory,
    meters: family.meters,
    endedAt: subscription.endedAt,
    now: at,
    reopenedFrom: since,
  });
  return segments.filter(({ month }) => month.end > since);
}

/** A subscription from before terms were kept has had its present ones from the beginning. */
function termsOfToday(
  { id, planVersion, currency, billingAnchor, seats, status }: EntitlingSubscription,
  { activeClientCount }: EntitlementSnapshot['facts'],
): SubscriptionTerms {
  return {
    subscriptionId: id,
    effectiveAt: billingAnchor,
    plan: planVersion.key,
    planVersion: planVersion.version,
    currency,
    billingAnchor,
    seats,
    clients: activeClientCount,
    isBillable: status !== 'trialing',
    isPaused: status === 'paused',
  };
}
