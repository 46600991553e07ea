import type { Actor } from '../../shared/actor.ts';
import type { OrganizationId } from '../../shared/ids.ts';
import { asRunning } from '../../subscriptions/running-price.ts';
import { discountedMinor } from '../discounts/discounted.ts';
import { atOwnPrices } from '../own-prices/own-price.ts';
import { ownPriceChanges } from '../own-prices/told-own-prices.ts';
import { ensureCustomer } from '../purchase/ensure-customer.ts';
import { itemMinor } from '../purchase/plan-items.ts';
import type { PurchaseDeps } from '../purchase/purchase.ports.ts';
import { conflictsOf, gainsAndLosses } from './gains-and-losses.ts';
import { itemChanges } from './plan-change.ts';
import type { QuoteOutcome } from './quote.ts';
import type { ResolvedChange } from './resolve-change.ts';

export interface PricedChange {
  dueNowMinor: bigint;
  outcome: QuoteOutcome;
}

/**
 * What a change costs. A change now is priced by Stripe itself at `prorationAt`, because Stripe will charge it; one at
 * the end of the period costs nothing now and the full price then. The quote and its acceptance both come here.
 */
export async function priceChange(
  deps: PurchaseDeps,
  request: { actor: Actor; organizationId: OrganizationId; change: ResolvedChange; prorationAt: Date },
): Promise<PricedChange> {
  const { change, prorationAt } = request;
  const { family, from, to, target, levels, subscription } = change;
  const at = prorationAt;
  const told = gainsAndLosses(family, { from, to, at });
  const own = ownPriceChanges(
    { plan: from.plan, keys: subscription.items.map((item) => asRunning(item).priceKey) },
    { plan: to.plan, keys: change.items.map(({ key }) => key) },
  );
  const outcome = {
    gains: [...told.gains, ...own.gains],
    losses: [...told.losses, ...own.losses],
    conflicts: conflictsOf(family, { from, to, levels, at }),
  };
  const { discounts } = subscription;
  const recurringAt = (at: Date) =>
    discountedMinor(atOwnPrices(change.catalog, change.own, at).map(itemMinor), { discounts, at });
  if (target.at === 'period_end') {
    const lines = change.items
      .filter(({ quantity }) => quantity !== null)
      .map((item) => ({
        description: `${item.component.name}${item.quantity === 1 ? '' : ` × ${item.quantity}`}`,
        amountMinor: String(itemMinor(item)),
      }));
    const amountMinor = String(recurringAt(new Date(target.effectiveAt)));
    const nextInvoice = { at: target.effectiveAt, amountMinor };
    return { dueNowMinor: 0n, outcome: { ...outcome, lines, nextInvoice } };
  }
  const { stripeCustomerId } = await ensureCustomer(deps, request);
  const preview = await deps.gateway.previewChange({
    stripeCustomerId,
    stripeSubscriptionId: subscription.stripeSubscriptionId,
    plan: { family: family.key, plan: to.plan.key, planVersion: to.plan.version },
    items: itemChanges(subscription.items, change.items),
    proration: 'invoice_now',
    prorationAt,
    isAnchorReset: target.isAnchorReset,
  });
  const nextAt = target.isAnchorReset
    ? endOfNewPeriod(preview.lines, subscription.currentPeriodEnd)
    : subscription.currentPeriodEnd;
  return {
    dueNowMinor: preview.amountDueMinor,
    outcome: {
      ...outcome,
      lines: preview.lines.map(({ description, amountMinor }) => ({
        description,
        amountMinor: String(amountMinor),
      })),
      nextInvoice: { at: nextAt.toISOString(), amountMinor: String(recurringAt(nextAt)) },
    },
  };
}

/** A new interval starts a new period; its end is the latest end on the preview. */
function endOfNewPeriod(lines: readonly { periodEnd: Date }[], fallback: Date): Date {
  const ends = [fallback, ...lines.map(({ periodEnd }) => periodEnd)];
  return new Date(Math.max(...ends.map((end) => end.getTime())));
}
