import type { Actor } from '../../shared/actor.ts';
import { authorize } from '../../shared/authorize.ts';
import { type Id, notFound, type OrganizationId } from '../../shared/ids.ts';
import type { SubscriptionSnapshot } from '../../subscriptions/subscription-snapshot.ts';
import type { SubscriptionRecord } from '../../subscriptions/subscriptions.ports.ts';
import { alignmentAfter } from '../own-prices/alignment-message.ts';
import { requireByStripeId } from '../purchase/create-subscription.ts';
import type { PurchaseDeps } from '../purchase/purchase.ports.ts';
import { withPurchaseClaim } from '../purchase/with-claim.ts';
import { syncFromStripe } from '../sync-organization.ts';
import { quoteChanged, quoteExpired, quoteHasConflicts } from './change.errors.ts';
import { isReachedNow, itemChanges } from './plan-change.ts';
import { priceChange } from './price-change.ts';
import type { QuoteRecord } from './quotes.ports.ts';
import { type ResolvedChange, resolveChange } from './resolve-change.ts';
import { settleSchedule, settleScheduleMessage } from './settle-schedule.ts';

interface AcceptRequest {
  actor: Actor;
  organizationId: OrganizationId;
  quoteId: Id<'quote'>;
}

/**
 * Carries out a quote: what is charged equals what was quoted, or nothing happens and both figures are answered.
 * Accepting twice is one change; a change that was sent but not confirmed is looked up before it is sent again.
 * @throws QUOTE_EXPIRED, QUOTE_CHANGED, QUOTE_HAS_CONFLICTS, PURCHASE_IN_PROGRESS, PAYMENT_DECLINED, STRIPE_UNAVAILABLE
 */
export async function acceptQuote(deps: PurchaseDeps, request: AcceptRequest): Promise<SubscriptionRecord> {
  const { actor, organizationId, quoteId } = request;
  authorize(actor, { members: ['owner', 'admin'], scope: 'billing:write', staff: 'billing_ops', jobs: true });
  const { family } = await requireQuote(deps, organizationId, quoteId);
  return withPurchaseClaim(deps, { organizationId, family }, async (attempt) => {
    const quote = await requireQuote(deps, organizationId, quoteId);
    const key = `quote:${quoteId}:${attempt}`;
    await syncFromStripe(deps, { organizationId, actor, scope: { subscriptions: true } });
    if (quote.acceptedAt !== null) {
      const reached = await findReached(deps, organizationId, quote);
      if (reached !== null) return settleSchedule(deps, request, { quote, current: reached, key });
    }
    const change = await requireStillTrue(deps, request, quote);
    await deps.unitOfWork.run(organizationId, async (tx) => {
      await tx.quotes.markAccepted(organizationId, quoteId, deps.clock.now());
      await tx.audit.append({
        organizationId,
        actor,
        action: 'subscription.change_accepted',
        target: { kind: 'quote', id: quoteId },
        before: { plan: change.from.plan.key, interval: change.subscription.interval },
        after: { ...quote.target, dueNowMinor: String(quote.dueNowMinor), currency: quote.currency },
      });
      // The change is made at the prices of the running period; the renewal may have others.
      if ((await tx.ownPrices.list(organizationId)).length > 0) {
        await tx.outbox.add(alignmentAfter(organizationId, `quote:${quoteId}`));
      }
      const { stripeSubscriptionId } = change.subscription;
      const message = settleScheduleMessage(organizationId, quote, { stripeSubscriptionId, attempt });
      if (message !== null) await tx.outbox.add(message);
    });
    const snapshot = await execute(deps, { quote, change, key });
    const invoices = snapshot.latestInvoice === null ? [] : [snapshot.latestInvoice.stripeInvoiceId];
    await syncFromStripe(deps, { organizationId, actor, scope: { subscriptions: true, invoices } });
    const current = await requireByStripeId(deps, organizationId, snapshot.stripeSubscriptionId);
    return settleSchedule(deps, request, { quote, current, key });
  });
}

async function requireQuote(
  deps: PurchaseDeps,
  organizationId: OrganizationId,
  quoteId: Id<'quote'>,
): Promise<QuoteRecord> {
  const quote = await deps.unitOfWork.run(organizationId, (tx) => tx.quotes.find(organizationId, quoteId));
  if (quote === null) throw notFound('quote');
  return quote;
}

/** The subscription when it is already what the quote asked for (or has it scheduled), else null. */
async function findReached(
  deps: PurchaseDeps,
  organizationId: OrganizationId,
  { family, target }: QuoteRecord,
): Promise<SubscriptionRecord | null> {
  const current = await deps.unitOfWork.run(organizationId, (tx) =>
    tx.subscriptions.findCurrent(organizationId, family),
  );
  if (current === null) return null;
  const isReached = target.at === 'now' ? isReachedNow(current, target) : isReachedLater(current, target);
  return isReached ? current : null;
}

function isReachedLater({ scheduledChange }: SubscriptionRecord, target: QuoteRecord['target']): boolean {
  return (
    scheduledChange?.plan === target.plan &&
    scheduledChange.planVersion === target.planVersion &&
    scheduledChange.interval === target.interval &&
    (target.quantity === null || (scheduledChange.quantity ?? '1') === target.quantity)
  );
}

async function requireStillTrue(
  deps: PurchaseDeps,
  { actor, organizationId }: AcceptRequest,
  quote: QuoteRecord,
): Promise<ResolvedChange> {
  if (deps.clock.now() >= quote.expiresAt) throw quoteExpired();
  const { plan, interval, quantity, at } = quote.target;
  const change = await resolveChange(
    deps,
    { actor, organizationId },
    {
      family: quote.family,
      plan,
      interval,
      at,
      isRepriced: quote.target.isRepriced,
      ...(quantity === null ? {} : { quantity }),
    },
  );
  const priced = await priceChange(deps, { actor, organizationId, change, prorationAt: quote.prorationAt });
  const { conflicts } = priced.outcome;
  if (conflicts.length > 0) throw quoteHasConflicts(conflicts.map(({ message }) => message));
  const isMoved =
    change.target.basis !== quote.target.basis || change.target.planVersion !== quote.target.planVersion;
  if (isMoved || priced.dueNowMinor !== quote.dueNowMinor) {
    throw quoteChanged({
      quotedMinor: String(quote.dueNowMinor),
      currentMinor: String(priced.dueNowMinor),
      currency: quote.currency,
    });
  }
  return change;
}

async function execute(
  deps: PurchaseDeps,
  { quote, change, key }: { quote: QuoteRecord; change: ResolvedChange; key: string },
): Promise<SubscriptionSnapshot> {
  const { subscription, to, items } = change;
  const { stripeSubscriptionId } = subscription;
  const plan = { family: quote.family, plan: to.plan.key, planVersion: to.plan.version };
  // A schedule that is there stays until the change is done: a declined card must not lose what was decided for later.
  if (quote.target.at === 'period_end') {
    const prices = items.map(({ stripePriceId, quantity }) => ({
      stripePriceId,
      quantity: quantity === null ? null : String(quantity),
    }));
    return deps.gateway.scheduleChange({ stripeSubscriptionId, plan, items: prices, idempotencyKey: key });
  }
  return deps.gateway.changeSubscription({
    stripeSubscriptionId,
    plan,
    items: itemChanges(subscription.items, items),
    proration: 'invoice_now',
    prorationAt: quote.prorationAt,
    isAnchorReset: quote.target.isAnchorReset,
    idempotencyKey: key,
  });
}
