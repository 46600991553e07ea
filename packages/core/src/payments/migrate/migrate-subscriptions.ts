import { planVersionOf } from '../../catalog/define-family.ts';
import { parseLookupKey } from '../../catalog/lookup-key.ts';
import type { PlanVersion } from '../../catalog/plan.ts';
import type { ProductFamily } from '../../catalog/product-family.ts';
import type { Actor } from '../../shared/actor.ts';
import { AppError } from '../../shared/app-error.ts';
import { authorize } from '../../shared/authorize.ts';
import { type SubscriptionId, toPublicId } from '../../shared/ids.ts';
import type { SubscriptionRecord } from '../../subscriptions/subscriptions.ports.ts';
import { gainsAndLosses } from '../change/gains-and-losses.ts';
import { alignmentAfter } from '../own-prices/alignment-message.ts';
import { itemsNow } from '../own-prices/items-of-change.ts';
import { atOwnPrices } from '../own-prices/own-price.ts';
import { toldOwnPrices } from '../own-prices/told-own-prices.ts';
import { requireFamily } from '../purchase/offer.ts';
import { type Counts, type PlanItem, planItems, recurringMinor } from '../purchase/plan-items.ts';
import { toPrices } from '../purchase/prepare-purchase.ts';
import { planUnknown } from '../purchase/purchase.errors.ts';
import type { PurchaseTx } from '../purchase/purchase.ports.ts';
import type { MigrateDeps, OrderedMigrations, Subscriber } from './migrate.ports.ts';
import type { MigrationStep, MigrationView } from './migration.schemas.ts';

const countMaxOfRun = 500;
const pageSize = 100;

export interface MigrationRequest {
  actor: Actor;
  family: string;
  plan: string;
  reason: string;
  /** At most so many are ordered by this run; the next run goes on where it stopped. */
  countMax: number;
  isDryRun: boolean;
}

/**
 * Orders the move of subscriptions of older versions to the version that is sold now, each at its next renewal and
 * without proration. A dry run answers the same steps and orders nothing. Every order commits with its audit row and
 * has a key made of subscription and version, so runs may die, overlap or be repeated.
 * @throws FAMILY_UNKNOWN, PLAN_UNKNOWN, MIGRATION_REASON_MISSING, PRICES_NOT_PUBLISHED
 */
export async function migrateSubscriptions(
  deps: MigrateDeps,
  request: MigrationRequest,
): Promise<MigrationView> {
  authorize(request.actor, { staff: request.isDryRun ? 'support' : 'super_admin' });
  if (!request.isDryRun && request.reason.trim().length < 3) throw migrationReasonMissing();
  const family = requireFamily(deps.families, request.family);
  const to = planVersionOf(family, request.plan);
  if (to === undefined) throw planUnknown(request.family, request.plan);
  const countMax = Math.min(request.countMax, countMaxOfRun);
  const steps: MigrationStep[] = [];
  let orderedNow = 0;
  for await (const subscriber of subscribersOf(deps, to)) {
    if (orderedNow >= countMax || steps.length >= countMaxOfRun) return { steps, orderedNow, hasMore: true };
    const step = await moveOne(deps, { request, family, to, subscriber });
    if (step === null) continue;
    steps.push(step.view);
    if (step.isOrderedNow) orderedNow += 1;
  }
  return { steps, orderedNow, hasMore: false };
}

/** Everybody on an older version of the plan, in one order. */
async function* subscribersOf(
  { subscribers }: MigrateDeps,
  { family, key, version }: PlanVersion,
): AsyncGenerator<Subscriber> {
  let after: SubscriptionId | null = null;
  for (;;) {
    const query = { family, plan: key, version, after, limit: pageSize };
    const page: Subscriber[] = await subscribers.list(query);
    yield* page;
    if (page.length < pageSize) return;
    after = page.at(-1)?.subscriptionId ?? null;
  }
}

interface Move {
  request: MigrationRequest;
  family: ProductFamily;
  to: PlanVersion;
  subscriber: Subscriber;
}

function moveOne(
  deps: MigrateDeps,
  move: Move,
): Promise<{ view: MigrationStep; isOrderedNow: boolean } | null> {
  const { organizationId, subscriptionId, slug } = move.subscriber;
  return deps.unitOfWork.run(organizationId, async (tx) => {
    await tx.billingAccounts.lock(organizationId);
    const record = await tx.subscriptions.findById(organizationId, subscriptionId);
    const from =
      record === null ? null : await tx.planVersions.find(record.family, record.plan, record.planVersion);
    if (record === null || from === null || record.planVersion === move.to.version) return null;
    const { family, to, request } = move;
    const counts = { clients: await tx.clients.countActive(organizationId), seats: seatsOf(record) };
    const { interval, currency } = record;
    const catalog = (plan: PlanVersion) => planItems(family, plan, { interval, currency, counts });
    const own = await tx.ownPrices.list(organizationId);
    const now = itemsNow(catalog(from), { subscription: record, own, now: deps.clock.now() });
    const then = atOwnPrices(catalog(to), own, record.currentPeriodEnd);
    const state = await stateOf(tx, move, { record, items: then });
    const view: MigrationStep = {
      organization: toPublicId('organization', organizationId),
      slug,
      subscriptionId: toPublicId('subscription', subscriptionId),
      fromVersion: record.planVersion,
      toVersion: to.version,
      ...state,
      at: record.currentPeriodEnd.toISOString(),
      currency,
      oldMinor: recurringMinor(now).toString(),
      newMinor: recurringMinor(then).toString(),
      keptPrices: toldOwnPrices(to, then),
      ...gainsAndLosses(family, {
        from: { plan: from, counts },
        to: { plan: to, counts },
        at: deps.clock.now(),
      }),
    };
    if (state.state !== 'ready' || request.isDryRun) return { view, isOrderedNow: false };
    await order(tx, move, { record, items: then, view });
    return { view: { ...view, state: 'ordered' as const }, isOrderedNow: true };
  });
}

async function stateOf(
  tx: PurchaseTx & { orderedMigrations: OrderedMigrations },
  { to, subscriber, request }: Move,
  { record, items }: { record: SubscriptionRecord; items: readonly PlanItem[] },
): Promise<Pick<MigrationStep, 'state' | 'reason'>> {
  const key = keyOf(record, to);
  const { organizationId } = subscriber;
  if (await tx.orderedMigrations.isOrdered(organizationId, key)) return { state: 'ordered', reason: null };
  const isPriced = await areOwnPricesMade(tx, items);
  if (!isPriced && !request.isDryRun) await tx.outbox.add(alignmentAfter(organizationId, key));
  const reason =
    blockOf(record) ?? (isPriced ? null : 'Its own price is being made at Stripe; run this again.');
  return reason === null ? { state: 'ready', reason } : { state: 'blocked', reason };
}

/** An agreement stays with the plan; the new version's price of it is made by the job that keeps prices in line. */
async function areOwnPricesMade(tx: PurchaseTx, items: readonly PlanItem[]): Promise<boolean> {
  const keys = items.map(({ key }) => key).filter((key) => parseLookupKey(key)?.own !== undefined);
  if (keys.length === 0) return true;
  return (await tx.catalogObjects.findStripeIds('price', keys)).size === new Set(keys).size;
}

function blockOf({ status, scheduledChange, cancelAt }: SubscriptionRecord): string | null {
  if (status !== 'active') return `It is ${status.replaceAll('_', ' ')}.`;
  if (cancelAt !== null) return 'It is ending.';
  return scheduledChange === null ? null : 'Another change is scheduled.';
}

async function order(
  tx: PurchaseTx,
  { request, to, subscriber }: Move,
  ordered: { record: SubscriptionRecord; items: readonly PlanItem[]; view: MigrationStep },
): Promise<void> {
  const { organizationId } = subscriber;
  const { record, items, view } = ordered;
  await tx.outbox.add({
    organizationId,
    kind: 'stripe.subscription.schedule',
    idempotencyKey: keyOf(record, to),
    payload: {
      stripeSubscriptionId: record.stripeSubscriptionId,
      plan: { family: to.family, plan: to.key, planVersion: to.version },
      items: await toPrices(tx, items),
    },
  });
  await tx.audit.append({
    organizationId,
    actor: request.actor,
    action: 'subscription.migration_ordered',
    target: { kind: 'subscription', id: record.id },
    reason: request.reason,
    before: { planVersion: record.planVersion, recurringMinor: view.oldMinor },
    after: { planVersion: to.version, recurringMinor: view.newMinor, at: view.at },
  });
}

function keyOf({ id }: SubscriptionRecord, to: PlanVersion): string {
  return `migration:${id}:${to.key}:v${to.version}`;
}

function seatsOf({ items }: SubscriptionRecord): Counts['seats'] {
  return Number(items.find(({ kind }) => kind === 'seat')?.quantity ?? '0');
}

function migrationReasonMissing(): AppError {
  return new AppError({
    code: 'MIGRATION_REASON_MISSING',
    kind: 'invalid_input',
    message: 'a migration without a reason',
    userMessage: 'Say in a few words why the subscriptions are moved.',
  });
}
