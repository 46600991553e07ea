import { emitChange } from '../../events/emit.ts';
import type { SubscriptionRow } from '../../store/billing-rows.ts';
import type { World } from '../../world.ts';
import { settleDiscounts } from '../discounts/held.ts';
import { refreshEntitlements } from './entitlements.ts';

/** The change that waited for its payment takes effect. */
export function applyPendingUpdate(world: World, before: SubscriptionRow): void {
  const wanted = before._pendingParams;
  const subscription = world.store.put('subscription', {
    ...before,
    ...wanted,
    pending_update: null,
    _pendingParams: null,
    _pendingInvoice: null,
  });
  settleDiscounts(world, before, subscription);
  emitChange(world, 'customer.subscription.pending_update_applied', { before, after: subscription });
  emitChange(world, 'customer.subscription.updated', { before, after: subscription });
  refreshEntitlements(world, subscription.customer);
}

/** The payment never came: the change is forgotten. */
export function expirePendingUpdate(world: World, before: SubscriptionRow): SubscriptionRow {
  const subscription = world.store.put('subscription', {
    ...before,
    pending_update: null,
    _pendingParams: null,
    _pendingInvoice: null,
  });
  emitChange(world, 'customer.subscription.pending_update_expired', { before, after: subscription });
  return subscription;
}
