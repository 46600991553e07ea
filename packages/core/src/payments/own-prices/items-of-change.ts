import { twinOf } from '../../catalog/own-price.ts';
import { asRunning } from '../../subscriptions/running-price.ts';
import type { SubscriptionRecord } from '../../subscriptions/subscriptions.ports.ts';
import type { PlanItem } from '../purchase/plan-items.ts';
import { atOwnPrices, atRunningPrices, type OwnPrice } from './own-price.ts';

export interface ChangeTerms {
  subscription: SubscriptionRecord;
  own: readonly OwnPrice[];
  now: Date;
  at: 'now' | 'period_end';
  /** Staff alone: what is agreed counts from now on, also for what runs. */
  isRepriced: boolean;
}

/**
 * What the items of a change cost. Within the running period everything stays at the price that it is charged at, so
 * that a further seat costs what the others do; what was agreed or ended in it waits for the renewal. Another plan,
 * version or interval, and what is new to the subscription, begin at what is agreed then.
 */
export function itemsOfChange(catalog: readonly PlanItem[], terms: ChangeTerms): PlanItem[] {
  const { subscription, own, now, at, isRepriced } = terms;
  const from = at === 'now' ? now : subscription.currentPeriodEnd;
  if (at !== 'now') return atOwnPrices(catalog, own, from);
  if (isRepriced) return repricedItems(catalog, { subscription, own, now });
  return itemsNow(catalog, { subscription, own, now });
}

/**
 * What is agreed now, from now on. What Stripe has for the next period already needs a price of its own to prorate; what
 * is charged at that one already stays there.
 */
export function repricedItems(
  catalog: readonly PlanItem[],
  { subscription, own, now }: Pick<ChangeTerms, 'subscription' | 'own' | 'now'>,
): PlanItem[] {
  return atOwnPrices(catalog, own, now).map((item) => {
    const twin = twinOf(item);
    const needsTwin = subscription.items.some((held) => {
      const charged = asRunning(held).priceKey;
      return charged === twin.key || (held.priceKey === item.key && charged !== item.key);
    });
    return needsTwin ? twin : item;
  });
}

/** The same for a change of quantities that nobody quotes. */
export function itemsNow(
  catalog: readonly PlanItem[],
  { subscription, own, now }: Pick<ChangeTerms, 'subscription' | 'own' | 'now'>,
): PlanItem[] {
  return atRunningPrices(catalog, subscription.items).flatMap(({ item, isNew }) =>
    isNew ? atOwnPrices([item], own, now) : [item],
  );
}
