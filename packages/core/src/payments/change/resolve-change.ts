import { planVersionOf } from '../../catalog/define-family.ts';
import { intervalsOf, type PlanVersion } from '../../catalog/plan.ts';
import type { ProductFamily } from '../../catalog/product-family.ts';
import { isTailored, rankIn } from '../../catalog/tailored-plan.ts';
import type { Actor } from '../../shared/actor.ts';
import { authorize } from '../../shared/authorize.ts';
import { notFound, type OrganizationId } from '../../shared/ids.ts';
import { asRunning } from '../../subscriptions/running-price.ts';
import { canSubscription, subscriptionFactsOf } from '../../subscriptions/subscription-lifecycle.ts';
import type { BillingInterval } from '../../subscriptions/subscription-snapshot.ts';
import type { SubscriptionRecord } from '../../subscriptions/subscriptions.ports.ts';
import { itemsOfChange } from '../own-prices/items-of-change.ts';
import type { OwnPrice } from '../own-prices/own-price.ts';
import { publishOwnPrices } from '../own-prices/publish-own-prices.ts';
import { findTailored, parseWantedQuantity, requireFamily, resolveOffer } from '../purchase/offer.ts';
import { type Counts, type PlanItem, planItems, sellsSeats } from '../purchase/plan-items.ts';
import { toPrices } from '../purchase/prepare-purchase.ts';
import { intervalNotOffered, planNotSelfService } from '../purchase/purchase.errors.ts';
import type { PurchaseDeps, PurchaseTx } from '../purchase/purchase.ports.ts';
import { changeNotPossible, noSubscriptionToChange, nothingToChange } from './change.errors.ts';
import { basisOf, countedQuantity, defaultChangeAt } from './plan-change.ts';
import type { QuoteTarget } from './quote.ts';

export interface ChangeWish {
  family: string;
  plan?: string | undefined;
  interval?: BillingInterval | undefined;
  quantity?: string | undefined;
  at?: 'now' | 'period_end' | undefined;
  /** Staff alone: charge what is agreed now from now on, instead of from the next renewal on. */
  isRepriced?: boolean | undefined;
}

/** A wished change with everything it takes to price and to carry it out. */
export interface ResolvedChange {
  family: ProductFamily;
  subscription: SubscriptionRecord;
  from: { plan: PlanVersion; counts: Counts };
  to: { plan: PlanVersion; counts: Counts };
  items: (PlanItem & { stripePriceId: string })[];
  /** The same at the catalogue's prices, and what was agreed: what later renewals cost follows from both. */
  catalog: readonly PlanItem[];
  own: readonly OwnPrice[];
  target: QuoteTarget;
  levels: ReadonlyMap<string, string>;
}

/**
 * Reads what is there and works out what is wanted; changes nothing. Keeping the plan keeps its pinned version.
 * @throws SUBSCRIPTION_NOT_FOUND, CHANGE_NOT_POSSIBLE, CHANGE_IS_NOTHING and the refusals of `resolveOffer`
 */
export async function resolveChange(
  deps: PurchaseDeps,
  { actor, organizationId }: { actor: Actor; organizationId: OrganizationId },
  wish: ChangeWish,
): Promise<ResolvedChange> {
  const family = requireFamily(deps.families, wish.family);
  if (wish.isRepriced === true) authorize(actor, { staff: 'billing_ops' });
  await publishOwnPrices(deps, organizationId);
  return deps.unitOfWork.run(organizationId, async (tx) => {
    const subscription = await tx.subscriptions.findCurrent(organizationId, wish.family);
    if (subscription === null) throw noSubscriptionToChange(wish.family);
    requireChangeable(subscription);
    const fromPlan = await pinnedPlan(tx, subscription);
    // What was agreed by hand is changed by hand.
    if (isTailored(fromPlan.key) && actor.kind !== 'staff') throw planNotSelfService(deps.salesEmail);
    const { family: familyKey, plan = subscription.plan } = wish;
    const tailored = await findTailored(deps, tx, { actor, organizationId, family: familyKey, plan });
    const terms = wantedTerms(deps, { wish, subscription, fromPlan, tailored });
    const levels = await levelsWithClients(tx, organizationId);
    const fromCounts = countsOf(fromPlan, countedQuantity(subscription), levels);
    const quantity = terms.quantity ?? (sellsSeats(terms.plan) ? Math.max(1, fromCounts.seats) : null);
    const to = { plan: terms.plan, counts: countsOf(terms.plan, quantity, levels) };
    const { interval } = terms;
    const { currency } = subscription;
    const at = wish.at ?? usualTime(family, { subscription, fromPlan, to, interval });
    const catalog = planItems(family, to.plan, { interval, currency, counts: to.counts });
    const own = await tx.ownPrices.list(organizationId);
    const isRepriced = wish.isRepriced === true;
    const wanted = itemsOfChange(catalog, {
      subscription,
      own,
      now: deps.clock.now(),
      at,
      isRepriced,
    });
    const prices = await toPrices(tx, wanted);
    const items = wanted.map((item, n) => priced(item, prices[n]));
    if (isSame(subscription, { items, at })) throw nothingToChange();
    const chosen = { interval, quantity, at, now: deps.clock.now(), items, isRepriced };
    const target = targetOf(subscription, to.plan, chosen);
    const from = { plan: fromPlan, counts: fromCounts };
    return { family, subscription, from, to, items, catalog, own, levels, target };
  });
}

function targetOf(
  subscription: SubscriptionRecord,
  plan: PlanVersion,
  chosen: {
    interval: BillingInterval;
    quantity: number | null;
    at: 'now' | 'period_end';
    now: Date;
    items: readonly PlanItem[];
    isRepriced: boolean;
  },
): QuoteTarget {
  const { interval, quantity, at, now, items, isRepriced } = chosen;
  const isNow = at === 'now';
  return {
    subscriptionId: subscription.id,
    plan: plan.key,
    planName: plan.name,
    planVersion: plan.version,
    interval,
    quantity: quantity?.toString() ?? null,
    at,
    effectiveAt: (isNow ? now : subscription.currentPeriodEnd).toISOString(),
    isAnchorReset: isNow && interval !== subscription.interval,
    ...(isNow ? schedulesOf(subscription, { plan: plan.key, interval }) : untouched),
    isRepriced,
    priceKeys: items.map(({ key }) => key),
    basis: basisOf(subscription, items),
  };
}

/** Buying seats says nothing about the plan that somebody chose for later; another plan or interval does. */
function schedulesOf(
  { plan, interval, scheduledChange }: SubscriptionRecord,
  to: { plan: string; interval: BillingInterval },
): Pick<QuoteTarget, 'keptSchedule' | 'replacedSchedule'> {
  if (scheduledChange?.stripeScheduleId === undefined) return untouched;
  const { plan: next, planVersion, interval: nextInterval, quantity, stripeScheduleId } = scheduledChange;
  // Fewer seats for later were decided before it was known that more are needed.
  const isOfQuantity = next === plan && nextInterval === interval;
  const isReplaced = to.plan !== plan || to.interval !== interval || isOfQuantity;
  const scheduled = { plan: next, planVersion, interval: nextInterval };
  return isReplaced
    ? { keptSchedule: null, replacedSchedule: { ...scheduled, quantity, stripeScheduleId } }
    : { keptSchedule: scheduled, replacedSchedule: null };
}

const untouched = { keptSchedule: null, replacedSchedule: null };

function requireChangeable(subscription: SubscriptionRecord): void {
  const { status } = subscription;
  const facts = subscriptionFactsOf(subscription);
  const { allowed, reason } = canSubscription(facts, 'change_plan');
  if (!allowed) throw changeNotPossible(status, reason ?? 'This subscription cannot be changed now.');
}

async function pinnedPlan(tx: PurchaseTx, subscription: SubscriptionRecord): Promise<PlanVersion> {
  const { family, plan, planVersion } = subscription;
  const pinned = await tx.planVersions.find(family, plan, planVersion);
  if (pinned === null) throw notFound('plan version');
  return pinned;
}

function wantedTerms(
  deps: PurchaseDeps,
  input: {
    wish: ChangeWish;
    subscription: SubscriptionRecord;
    fromPlan: PlanVersion;
    tailored: PlanVersion | null;
  },
): { plan: PlanVersion; interval: BillingInterval; quantity: number | null } {
  const { wish, subscription, fromPlan, tailored } = input;
  const interval = wish.interval ?? subscription.interval;
  const plan = wish.plan ?? subscription.plan;
  const family = requireFamily(deps.families, wish.family);
  const isNewest = planVersionOf(family, plan)?.version === fromPlan.version;
  if (plan === subscription.plan && !isNewest && tailored === null) {
    if (!intervalsOf(fromPlan).includes(interval)) throw intervalNotOffered(interval);
    return { plan: fromPlan, interval, quantity: parseWantedQuantity(wish.quantity) };
  }
  return resolveOffer(deps, { ...wish, plan, interval }, { currency: subscription.currency, tailored });
}

/** Reported levels, and the clients we count ourselves. */
async function levelsWithClients(
  tx: PurchaseTx,
  organizationId: OrganizationId,
): Promise<ReadonlyMap<string, string>> {
  const levels = new Map(await tx.levels.levels(organizationId));
  return levels.set('clients', String(await tx.clients.countActive(organizationId)));
}

function countsOf(plan: PlanVersion, quantity: number | null, levels: ReadonlyMap<string, string>): Counts {
  const clients = Number(levels.get('clients') ?? '0');
  const users = Number(levels.get('users') ?? '0');
  if (sellsSeats(plan)) return { clients, seats: quantity ?? Math.max(1, users) };
  return { clients: quantity === null || quantity === 0 ? clients : quantity, seats: users };
}

function isSame(
  subscription: SubscriptionRecord,
  wish: { items: readonly (PlanItem & { stripePriceId: string })[]; at: 'now' | 'period_end' },
): boolean {
  const present = wish.at === 'now' ? subscription.items.map(asRunning) : subscription.items;
  const signature = (stripePriceId: string, quantity: string | null) => `${stripePriceId}:${quantity ?? ''}`;
  const now = present.map((item) => signature(item.stripePriceId, item.quantity)).toSorted();
  const then = wish.items
    .map((item) => signature(item.stripePriceId, item.quantity === null ? null : String(item.quantity)))
    .toSorted();
  return now.length === then.length && now.every((text, index) => text === then[index]);
}

/** More begins now, less when what is paid has been used. */
function usualTime(
  family: ProductFamily,
  change: Pick<ResolvedChange, 'subscription' | 'to'> & { fromPlan: PlanVersion; interval: BillingInterval },
): 'now' | 'period_end' {
  const { subscription, fromPlan, to, interval } = change;
  const before = {
    plan: { rank: rankIn(family, fromPlan) },
    interval: subscription.interval,
    quantity: countedQuantity(subscription),
  };
  const quantity = sellsSeats(to.plan) ? to.counts.seats : to.counts.clients;
  return defaultChangeAt(before, { plan: { rank: rankIn(family, to.plan) }, interval, quantity });
}

function priced(item: PlanItem, price: { stripePriceId: string } | undefined) {
  return { ...item, stripePriceId: price?.stripePriceId ?? '' };
}
