import { emit } from '../../events/emit.ts';
import type { SubscriptionRow } from '../../store/billing-rows.ts';
import { nowFor, type World } from '../../world.ts';

export const TRIAL_NOTICE_SECONDS = 3 * 86_400;

/**
 * A trial that is created, shortened or ended within its last three days is announced at once, even when it has
 * just ended and was paid.
 */
export function announceTrialEnd(world: World, before: SubscriptionRow): SubscriptionRow {
  if (before.trial_end === null || before._trialNoticeSent) return before;
  if (before.trial_end - TRIAL_NOTICE_SECONDS >= nowFor(world, before)) return before;
  const noted = world.store.put('subscription', { ...before, _trialNoticeSent: true });
  emit(world, 'customer.subscription.trial_will_end', noted);
  return noted;
}
