import type { PermissionView } from '../shared/view.schemas.ts';
import type { SubscriptionStatus } from './subscription-snapshot.ts';

export type SubscriptionAction =
  | 'change_plan'
  | 'change_quantity'
  | 'cancel'
  | 'cancel_now'
  | 'resume'
  | 'pause'
  | 'undo_scheduled_change'
  | 'extend_trial'
  | 'extend_grace';

/** What the table looks at besides the status. */
export interface SubscriptionFacts {
  status: SubscriptionStatus;
  /** Ends then unless resumed; null = renews. */
  cancelAt: Date | null;
  hasScheduledChange: boolean;
  /** The end was agreed with staff; it is no cancellation that could be taken back. */
  isEndAgreed: boolean;
  /** Nothing would be collected for a change. */
  isCollectionPaused: boolean;
}

export function subscriptionFactsOf(subscription: {
  status: SubscriptionStatus;
  cancelAt: Date | null;
  isCancelAtPeriodEnd: boolean;
  scheduledChange: unknown;
  collectionPause?: unknown;
}): SubscriptionFacts {
  const { status, cancelAt, isCancelAtPeriodEnd, scheduledChange } = subscription;
  return {
    status,
    cancelAt,
    hasScheduledChange: scheduledChange !== null,
    isEndAgreed: cancelAt !== null && !isCancelAtPeriodEnd,
    isCollectionPaused: (subscription.collectionPause ?? null) !== null,
  };
}

/** Status → what may be done in it. What is absent is refused with the status' reason. */
const actionsByStatus: Readonly<Record<SubscriptionStatus, readonly SubscriptionAction[]>> = {
  incomplete: ['cancel_now'],
  incomplete_expired: [],
  trialing: [
    'change_plan',
    'change_quantity',
    'cancel',
    'cancel_now',
    'resume',
    'undo_scheduled_change',
    'extend_trial',
  ],
  active: [
    'change_plan',
    'change_quantity',
    'cancel',
    'cancel_now',
    'resume',
    'pause',
    'undo_scheduled_change',
  ],
  past_due: ['cancel', 'cancel_now', 'resume', 'undo_scheduled_change', 'change_quantity', 'extend_grace'],
  unpaid: ['cancel', 'cancel_now', 'resume', 'undo_scheduled_change', 'extend_grace'],
  paused: ['cancel', 'cancel_now', 'resume'],
  canceled: [],
};

const refusalByStatus: Readonly<Record<SubscriptionStatus, string>> = {
  incomplete: 'The first payment is not complete yet.',
  incomplete_expired: 'The first payment was never completed. Start a new subscription.',
  trialing: 'Not possible during the trial.',
  active: 'Not possible while the subscription is active.',
  past_due: 'Pay the open invoice first.',
  unpaid: 'Pay the open invoice first.',
  paused: 'Resume the subscription first.',
  canceled: 'The subscription has ended. Start a new one.',
};

/**
 * Whether an action makes sense for a subscription in this state, and why not: a button shows the reason. Who may
 * do it is another question. Restricted access refuses new seats in the limit decision, not here.
 */
export function canSubscription(subscription: SubscriptionFacts, action: SubscriptionAction): PermissionView {
  if (!actionsByStatus[subscription.status].includes(action)) {
    return { allowed: false, reason: refusalByStatus[subscription.status] };
  }
  const reason = refusalByFacts(subscription, action);
  return { allowed: reason === null, reason };
}

function refusalByFacts(subscription: SubscriptionFacts, action: SubscriptionAction): string | null {
  const isEnding = subscription.cancelAt !== null && !subscription.isEndAgreed;
  if (action === 'resume') return refusalOfResume(subscription, isEnding);
  if (action === 'undo_scheduled_change') {
    return subscription.hasScheduledChange ? null : 'No change is scheduled.';
  }
  // A dearer plan would be had for nothing.
  if (subscription.isCollectionPaused && (action === 'change_plan' || action === 'change_quantity'))
    return 'Payments are not collected at the moment. Write to us to change the plan.';
  if (isEnding && action === 'cancel') return 'The subscription already ends at the end of the period.';
  if (isEnding && (action === 'change_plan' || action === 'pause'))
    return 'The subscription is ending. Resume it first.';
  // Stripe pauses no subscription with a schedule, and dropping one silently would lose what somebody decided.
  if (action === 'pause' && subscription.hasScheduledChange) return 'A change is scheduled. Undo it first.';
  return null;
}

function refusalOfResume({ isEndAgreed, status }: SubscriptionFacts, isEnding: boolean): string | null {
  if (isEndAgreed) return 'This end was agreed with us. Write to us to go on.';
  return isEnding || status === 'paused' ? null : 'The subscription is not ending.';
}
