import { emitChange } from '../../events/emit.ts';
import type { InvoiceRow, SubscriptionRow } from '../../store/billing-rows.ts';
import type { World } from '../../world.ts';
import { refreshEntitlements } from '../lifecycle/entitlements.ts';
import { applyPendingUpdate } from '../lifecycle/pending-update.ts';
import { finishResumption } from '../lifecycle/resumption.ts';

export function subscriptionOf(world: World, invoice: InvoiceRow): SubscriptionRow | undefined {
  const id = invoice.parent?.subscription_details.subscription;
  return id === undefined ? undefined : world.store.get('subscription', id);
}

/** Payment makes an incomplete, past due or unpaid subscription active once nothing older is open. */
export function afterPaid(world: World, invoice: InvoiceRow): void {
  const before = subscriptionOf(world, invoice);
  if (!before) return;
  if (before._pendingInvoice === invoice.id && before._pendingParams) applyPendingUpdate(world, before);
  finishResumption(world, before, invoice);
  const subscription = world.store.get('subscription', before.id) ?? before;
  if (!['incomplete', 'past_due', 'unpaid'].includes(subscription.status)) return;
  const isOwing = world.store
    .ownedBy('invoice', invoice.customer)
    .some((other) => other.id !== invoice.id && isOpenOf(other, subscription.id) && other.attempted);
  if (isOwing) return;
  setStatus(world, subscription, 'active');
}

function isOpenOf(invoice: InvoiceRow, subscription: string): boolean {
  return invoice.status === 'open' && invoice.parent?.subscription_details.subscription === subscription;
}

/** A failed renewal makes an active subscription past due; the first invoice leaves it incomplete. */
export function afterFailed(world: World, invoice: InvoiceRow): void {
  const subscription = subscriptionOf(world, invoice);
  if (!subscription || !['active', 'trialing'].includes(subscription.status)) return;
  if (subscription._pendingInvoice === invoice.id) return;
  setStatus(world, subscription, 'past_due');
}

export function setStatus(
  world: World,
  before: SubscriptionRow,
  status: SubscriptionRow['status'],
): SubscriptionRow {
  const after = world.store.put('subscription', { ...before, status });
  emitChange(world, 'customer.subscription.updated', { before, after });
  refreshEntitlements(world, after.customer);
  return after;
}
