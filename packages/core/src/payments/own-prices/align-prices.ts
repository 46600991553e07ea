import { lookupKey, parseLookupKey } from '../../catalog/lookup-key.ts';
import type { Actor } from '../../shared/actor.ts';
import type { OrganizationId } from '../../shared/ids.ts';
import type { RepricedItem } from '../../subscriptions/reprice-gateway.ports.ts';
import { asRunning } from '../../subscriptions/running-price.ts';
import type { ScheduledChange, SubscriptionRecord } from '../../subscriptions/subscriptions.ports.ts';
import type { PurchaseDeps, PurchaseTx } from '../purchase/purchase.ports.ts';
import { withPurchaseClaim } from '../purchase/with-claim.ts';
import { syncFromStripe } from '../sync-organization.ts';
import { type OwnPrice, ownPriceAt, placeOfKey } from './own-price.ts';
import { publishOwnPrices } from './publish-own-prices.ts';

interface Request {
  actor: Actor;
  organizationId: OrganizationId;
}

/** What has to become different at Stripe so that the next renewal is charged what was agreed; null = nothing. */
type Alignment =
  | { kind: 'items'; items: RepricedItem[] }
  | {
      kind: 'schedule';
      scheduled: ScheduledChange;
      items: { stripePriceId: string; quantity: string | null }[];
    };

const renewing: ReadonlySet<string> = new Set(['active', 'trialing', 'past_due']);

/**
 * Gives every running subscription of an organization the prices that its next renewal shall be charged at: own ones
 * in force on that day, the catalogue's otherwise. Looks at the state and not at what happened, so it may run late,
 * twice, or in several processes at once. What is scheduled gets its prices inside the schedule.
 * Answers how many subscriptions were changed. @throws STRIPE_UNAVAILABLE, PURCHASE_IN_PROGRESS
 */
export async function alignPrices(deps: PurchaseDeps, { actor, organizationId }: Request): Promise<number> {
  await publishOwnPrices(deps, organizationId);
  const due = await deps.unitOfWork.run(organizationId, async (tx) => {
    const found: string[] = [];
    for (const record of await tx.subscriptions.list(organizationId)) {
      if ((await alignmentOf(deps, tx, { organizationId, record })) !== null) found.push(record.family);
    }
    return found;
  });
  let changed = 0;
  for (const family of due) {
    const isChanged = await withPurchaseClaim(deps, { organizationId, family }, (attempt) =>
      alignFamily(deps, { actor, organizationId }, { family, attempt }),
    );
    if (isChanged) changed += 1;
  }
  return changed;
}

async function alignFamily(
  deps: PurchaseDeps,
  { actor, organizationId }: Request,
  { family, attempt }: { family: string; attempt: number },
): Promise<boolean> {
  const scope = { subscriptions: true };
  await syncFromStripe(deps, { organizationId, actor, scope });
  const found = await deps.unitOfWork.run(organizationId, async (tx) => {
    const record = await tx.subscriptions.findCurrent(organizationId, family);
    const alignment = record === null ? null : await alignmentOf(deps, tx, { organizationId, record });
    return record === null || alignment === null ? null : { record, alignment };
  });
  if (found === null) return false;
  const { record, alignment } = found;
  const { stripeSubscriptionId, currentPeriodEnd: until } = record;
  const idempotencyKey = `prices:${stripeSubscriptionId}:${attempt}`;
  if (alignment.kind === 'items') {
    const { items } = alignment;
    await deps.gateway.repriceItems({ stripeSubscriptionId, items, until, idempotencyKey });
  } else {
    const { plan, planVersion } = alignment.scheduled;
    await deps.gateway.scheduleChange({
      stripeSubscriptionId,
      plan: { family, plan, planVersion },
      items: alignment.items,
      idempotencyKey,
    });
  }
  await syncFromStripe(deps, { organizationId, actor, scope });
  return true;
}

async function alignmentOf(
  { clock }: Pick<PurchaseDeps, 'clock'>,
  tx: PurchaseTx,
  { organizationId, record }: { organizationId: OrganizationId; record: SubscriptionRecord },
): Promise<Alignment | null> {
  const { status, currentPeriodEnd, cancelAt, scheduledChange } = record;
  // A renewal that is due is Stripe's to make; what ends is charged nothing more.
  const isOver = clock.now() >= currentPeriodEnd || (cancelAt !== null && cancelAt <= currentPeriodEnd);
  if (!renewing.has(status) || isOver) return null;
  const prices = await tx.ownPrices.list(organizationId);
  return scheduledChange === null
    ? alignItems(tx, record, prices)
    : alignSchedule(tx, scheduledChange, prices);
}

async function alignItems(
  tx: PurchaseTx,
  { items, currentPeriodEnd }: SubscriptionRecord,
  prices: readonly OwnPrice[],
): Promise<Alignment | null> {
  const wanted = items.flatMap((item) => {
    const key = keyAt(item.priceKey, prices, currentPeriodEnd);
    return key === item.priceKey ? [] : [{ item, key }];
  });
  const ids = await tx.catalogObjects.findStripeIds(
    'price',
    wanted.map(({ key }) => key),
  );
  const repriced = wanted.flatMap(({ item, key }): RepricedItem[] => {
    const { stripeItemId } = item;
    const { priceKey, stripePriceId } = asRunning(item);
    const next = ids.get(key);
    // A version with tiers at this place cannot have another amount, so nothing was made for it.
    if (next === undefined) return [];
    return [{ stripeItemId, stripePriceId: next, running: { priceKey, stripePriceId } }];
  });
  return repriced.length === 0 ? null : { kind: 'items', items: repriced };
}

async function alignSchedule(
  tx: PurchaseTx,
  scheduled: ScheduledChange,
  prices: readonly OwnPrice[],
): Promise<Alignment | null> {
  const { items = [], at } = scheduled;
  const keys = items.map(({ priceKey }) => (priceKey === null ? '' : keyAt(priceKey, prices, at)));
  const ids = await tx.catalogObjects.findStripeIds('price', keys);
  const wanted = items.map(({ stripePriceId, priceKey, quantity }, n) => {
    const key = keys[n] ?? '';
    return { quantity, stripePriceId: key === priceKey ? stripePriceId : (ids.get(key) ?? stripePriceId) };
  });
  const isSame = wanted.every(({ stripePriceId }, n) => stripePriceId === items[n]?.stripePriceId);
  return isSame ? null : { kind: 'schedule', scheduled, items: wanted };
}

/** The key of the same place at what a period that begins at `at` is charged. */
function keyAt(priceKey: string, prices: readonly OwnPrice[], at: Date): string {
  const identity = parseLookupKey(priceKey);
  const place = placeOfKey(priceKey);
  if (identity === undefined || place === null) return priceKey;
  const { own: _, ...catalog } = identity;
  const own = ownPriceAt(prices, place, at);
  return lookupKey(own === null ? catalog : { ...catalog, own: own.unitPrice });
}
