import { assertNever } from '../shared/assert.ts';
import type { LimitDecision, LimitReason } from './limit-decision.ts';

export interface LimitWords {
  /** Name of the feature as people know it: "Messages". */
  featureName: string;
  /** Name of the plan an upgrade leads to, if one helps. */
  upgradeName: string | null;
  /** Set for what is sold by the seat: whether more are bought by themselves up to the limit that was reached. */
  seats?: 'bought' | 'bought_automatically';
}

/** What happened and what to do next, in words fit for users; empty when it was simply allowed. */
export function limitMessage(decision: Pick<LimitDecision, 'reason' | 'limit'>, words: LimitWords): string {
  if (decision.reason === null) return '';
  if (decision.reason === 'limit_reached' && words.seats !== undefined) {
    return seatSentence(words.featureName, { limit: decision.limit, seats: words.seats });
  }
  const upgrade = words.upgradeName === null ? '' : ` ${words.upgradeName} includes more.`;
  return sentence(decision.reason, { name: words.featureName, limit: decision.limit }) + upgrade;
}

function seatSentence(
  name: string,
  { limit, seats }: { limit: string | null; seats: 'bought' | 'bought_automatically' },
): string {
  return seats === 'bought'
    ? `${name}: ${limit ?? 'all'} seats are bought and more would be needed. An owner can buy seats, or let them be bought automatically.`
    : `${name}: seats are bought automatically up to ${limit ?? 'the limit'}. An owner can raise this or buy more.`;
}

function sentence(reason: LimitReason, { name, limit }: { name: string; limit: string | null }): string {
  switch (reason) {
    case 'payment_required':
      return 'Paused until the open invoice is paid.';
    case 'payment_past_due':
      return 'Not available while a payment is overdue. Pay the open invoice to continue.';
    case 'subscription_paused':
      return 'The subscription is paused. Resume it to continue.';
    case 'organization_suspended':
      return 'This organization is suspended. Contact support.';
    case 'no_subscription':
      return `${name}: there is no subscription. Choose a plan to continue.`;
    case 'not_in_plan':
      return `${name}: not part of the plan.`;
    case 'entitlement_missing':
      return `${name}: the plan does not say. Contact support.`;
    case 'limit_reached':
      return `${name}: the limit of ${limit ?? 'the plan'} is reached.`;
    case 'limit_exceeded':
      return `${name}: beyond the limit of ${limit ?? 'the plan'}.`;
    case 'overage':
      return `${name}: beyond the included ${limit ?? 'quantity'}, charged as overage.`;
    case 'client_archived':
      return `${name}: this client is archived. Add it again to continue.`;
    case 'client_limit_reached':
      return `${name}: the limit set for this client is reached.`;
    case 'budget_reached':
      return `${name}: the budget is used up.`;
    case 'unavailable':
      return 'Limits cannot be read at the moment. Try again shortly.';
    default:
      return assertNever(reason);
  }
}
