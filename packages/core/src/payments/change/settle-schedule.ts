import type { Actor } from '../../shared/actor.ts';
import type { Id, OrganizationId } from '../../shared/ids.ts';
import type { OutboxMessage } from '../../shared/unit-of-work.ts';
import type { SubscriptionRecord } from '../../subscriptions/subscriptions.ports.ts';
import type { PurchaseDeps } from '../purchase/purchase.ports.ts';
import { withPurchaseClaim } from '../purchase/with-claim.ts';
import { syncFromStripe } from '../sync-organization.ts';
import { alignSchedule } from './align-schedule.ts';
import { reload } from './carry-out.ts';
import { isReachedNow } from './plan-change.ts';
import type { QuoteTarget } from './quote.ts';
import type { QuoteRecord } from './quotes.ports.ts';

/** Outbox kind: finish what an accepted quote means for a scheduled change. */
export const settleScheduleKind = 'stripe.schedule.settle';

/**
 * Commits with the acceptance, before Stripe is asked for anything: whatever dies afterwards, a worker finishes it.
 * Null when nothing is scheduled that the change touches.
 */
export function settleScheduleMessage(
  organizationId: OrganizationId,
  quote: QuoteRecord,
  { stripeSubscriptionId, attempt }: { stripeSubscriptionId: string; attempt: number },
): OutboxMessage | null {
  const { keptSchedule, replacedSchedule } = quote.target;
  if (keptSchedule === null && replacedSchedule === null) return null;
  return {
    organizationId,
    kind: settleScheduleKind,
    payload: { stripeSubscriptionId, quoteId: quote.id },
    idempotencyKey: `quote:${quote.id}:${attempt}:settle`,
  };
}

interface Asked {
  actor: Actor;
  organizationId: OrganizationId;
}

/**
 * After a change now: a scheduled change of plan or interval stays, with the quantity of now, when only a quantity
 * changed; one that the change replaces is taken off. Both only when what is scheduled is still what the quote saw.
 */
export async function settleSchedule(
  deps: PurchaseDeps,
  { actor, organizationId }: Asked,
  { quote, current, key }: { quote: QuoteRecord; current: SubscriptionRecord; key: string },
): Promise<SubscriptionRecord> {
  const { keptSchedule, replacedSchedule } = quote.target;
  if (isScheduled(current, keptSchedule)) {
    return alignSchedule(deps, { actor, organizationId }, { current, key });
  }
  if (replacedSchedule === null || !isScheduled(current, replacedSchedule)) return current;
  if (current.scheduledChange?.quantity !== replacedSchedule.quantity) return current;
  const { stripeSubscriptionId } = current;
  const { stripeScheduleId } = replacedSchedule;
  const idempotencyKey = `${key}:release`;
  await deps.gateway.releaseSchedule({ stripeScheduleId, stripeSubscriptionId, idempotencyKey });
  await syncFromStripe(deps, { organizationId, actor, scope: { subscriptions: true } });
  return reload(deps, organizationId, current.id);
}

/**
 * Does it for a quote whose acceptance may have died on the way. A change that was never made leaves the schedule as
 * it is. Repeating it finds nothing to do. @throws PURCHASE_IN_PROGRESS while the acceptance still runs
 */
export async function resumeSchedule(
  deps: PurchaseDeps,
  { actor, organizationId, quoteId }: Asked & { quoteId: Id<'quote'> },
): Promise<void> {
  const quote = await deps.unitOfWork.run(organizationId, (tx) => tx.quotes.find(organizationId, quoteId));
  if (quote === null) return;
  const { family, target } = quote;
  await withPurchaseClaim(deps, { organizationId, family }, async (attempt) => {
    await syncFromStripe(deps, { organizationId, actor, scope: { subscriptions: true } });
    const current = await deps.unitOfWork.run(organizationId, (tx) =>
      tx.subscriptions.findCurrent(organizationId, family),
    );
    if (current === null || current.id !== target.subscriptionId || !isReachedNow(current, target)) return;
    const key = `quote:${quoteId}:${attempt}`;
    await settleSchedule(deps, { actor, organizationId }, { quote, current, key });
  });
}

function isScheduled(
  { scheduledChange }: SubscriptionRecord,
  wanted: QuoteTarget['keptSchedule'],
): wanted is NonNullable<typeof wanted> {
  return (
    wanted !== null &&
    scheduledChange?.plan === wanted.plan &&
    scheduledChange.planVersion === wanted.planVersion &&
    scheduledChange.interval === wanted.interval
  );
}
