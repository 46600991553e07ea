import type { Actor } from '../../shared/actor.ts';
import { authorize } from '../../shared/authorize.ts';
import { asId, type OrganizationId } from '../../shared/ids.ts';
import type { PurchaseDeps } from '../purchase/purchase.ports.ts';
import { priceChange } from './price-change.ts';
import type { QuoteRecord } from './quotes.ports.ts';
import { type ChangeWish, resolveChange } from './resolve-change.ts';

const validMinutes = 10;

/**
 * Prices a change of plan, interval or quantity and pins it for ten minutes.
 * @throws as resolveChange, and STRIPE_UNAVAILABLE
 */
export async function quoteChange(
  deps: PurchaseDeps,
  request: { actor: Actor; organizationId: OrganizationId; wish: ChangeWish },
): Promise<QuoteRecord> {
  const { actor, organizationId, wish } = request;
  authorize(actor, { members: ['owner', 'admin'], scope: 'billing:write', staff: 'billing_ops', jobs: true });
  const change = await resolveChange(deps, { actor, organizationId }, wish);
  const now = deps.clock.now();
  const prorationAt = wholeSecond(now);
  const { dueNowMinor, outcome } = await priceChange(deps, { actor, organizationId, change, prorationAt });
  const quote: QuoteRecord = {
    id: asId('quote', deps.ids.next()),
    family: wish.family,
    target: change.target,
    outcome,
    dueNowMinor,
    currency: change.subscription.currency,
    prorationAt,
    expiresAt: new Date(now.getTime() + validMinutes * 60_000),
    acceptedAt: null,
    createdAt: now,
  };
  await deps.unitOfWork.run(organizationId, (tx) => tx.quotes.insert(organizationId, quote));
  return quote;
}

/** Stripe's proration date has whole seconds. */
function wholeSecond(at: Date): Date {
  return new Date(Math.floor(at.getTime() / 1000) * 1000);
}
