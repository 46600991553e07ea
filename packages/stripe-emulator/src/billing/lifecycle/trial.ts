import type { SubscriptionRow } from '../../store/billing-rows.ts';
import type { World } from '../../world.ts';
import { cancelSubscription } from './cancel.ts';
import { markPaused } from './pause.ts';
import { renew } from './renewal.ts';

/** The trial is over: bill the first paid period, or do what `missing_payment_method` says without a card. */
export function endTrial(world: World, before: SubscriptionRow): SubscriptionRow {
  const customer = world.store.get('customer', before.customer);
  const hasMethod = before.default_payment_method ?? customer?.invoice_settings.default_payment_method;
  const behavior = before.trial_settings?.end_behavior.missing_payment_method ?? 'create_invoice';
  if (!hasMethod && before.collection_method === 'charge_automatically') {
    if (behavior === 'cancel') return cancelSubscription(world, before, {});
    if (behavior === 'pause') return markPaused(world, before, 'trial_end_without_payment_method');
  }
  return renew(world, before).subscription;
}
