import { parseLookupKey } from '../../catalog/lookup-key.ts';
import type { PlanVersion } from '../../catalog/plan.ts';
import { asRunning } from '../../subscriptions/running-price.ts';
import type { ItemChange } from '../../subscriptions/subscription-gateway.ports.ts';
import type { BillingInterval } from '../../subscriptions/subscription-snapshot.ts';
import type { SubscriptionItemRecord, SubscriptionRecord } from '../../subscriptions/subscriptions.ports.ts';
import type { PlanItem } from '../purchase/plan-items.ts';
import type { QuoteTarget } from './quote.ts';

interface Side {
  plan: Pick<PlanVersion, 'rank'>;
  interval: BillingInterval;
  quantity: number;
}

/** What gives more begins now, what gives less at the end of the period that is paid already; both can be chosen. */
export function defaultChangeAt(from: Side, to: Side): 'now' | 'period_end' {
  if (to.plan.rank !== from.plan.rank) return to.plan.rank > from.plan.rank ? 'now' : 'period_end';
  if (to.interval !== from.interval) return to.interval === 'year' ? 'now' : 'period_end';
  return to.quantity >= from.quantity ? 'now' : 'period_end';
}

/**
 * Turns what the subscription has in the running period into what it shall have in it. An item is kept and moved to its new price where the same
 * component exists on both sides, so that Stripe prorates one line instead of ending and starting two.
 */
export function itemChanges(
  items: readonly SubscriptionItemRecord[],
  target: readonly (PlanItem & { stripePriceId: string })[],
): ItemChange[] {
  const left = items.map(asRunning);
  const changes: ItemChange[] = [];
  for (const item of target) {
    const position = left.findIndex(({ priceKey }) => componentOf(priceKey) === item.component.key);
    const [existing] = position === -1 ? [] : left.splice(position, 1);
    const quantity = item.quantity === null ? null : String(item.quantity);
    if (existing === undefined) {
      changes.push({ stripePriceId: item.stripePriceId, quantity });
    } else if (existing.stripePriceId !== item.stripePriceId || existing.quantity !== quantity) {
      changes.push({ stripeItemId: existing.stripeItemId, stripePriceId: item.stripePriceId, quantity });
    }
  }
  for (const { stripeItemId } of left) changes.push({ stripeItemId, isRemoved: true });
  return changes;
}

function componentOf(priceKey: string): string | undefined {
  return parseLookupKey(priceKey)?.component;
}

/**
 * Changes whenever a quote made on this subscription would no longer be right: with what is charged in the running
 * period, and with what would be charged after the change.
 */
export function basisOf(subscription: SubscriptionRecord, target: readonly { key: string }[]): string {
  const items = subscription.items
    .map(asRunning)
    .map(({ stripeItemId, stripePriceId, quantity }) => `${stripeItemId}:${stripePriceId}:${quantity ?? ''}`)
    .toSorted();
  const { status, currentPeriodEnd, isCancelAtPeriodEnd, scheduledChange } = subscription;
  return [
    subscription.stripeSubscriptionId,
    status,
    currentPeriodEnd.toISOString(),
    isCancelAtPeriodEnd,
    scheduledChange?.at.toISOString() ?? '',
    ...items,
    ...target.map(({ key }) => key),
  ].join('|');
}

/** Whether a subscription is what a change that begins now makes of it. */
export function isReachedNow(
  current: SubscriptionRecord,
  target: Pick<QuoteTarget, 'plan' | 'planVersion' | 'interval' | 'quantity' | 'isRepriced' | 'priceKeys'>,
): boolean {
  const running = current.items.map(asRunning).map(({ priceKey }) => priceKey);
  return (
    current.plan === target.plan &&
    current.planVersion === target.planVersion &&
    current.interval === target.interval &&
    (target.quantity === null || String(countedQuantity(current)) === target.quantity) &&
    (!target.isRepriced || target.priceKeys.every((key) => running.includes(key)))
  );
}

/** Present seats or clients of a subscription; 0 when nothing is counted. */
export function countedQuantity(subscription: SubscriptionRecord): number {
  const counted = subscription.items.find(({ kind }) => kind === 'seat' || kind === 'addon');
  return Number(counted?.quantity ?? '0');
}
