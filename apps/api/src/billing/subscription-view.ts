import type { PermissionView } from '@metergate/core';
import {
  basePlanKey,
  canSubscription,
  type OrganizationId,
  overdueSince,
  type PlanVersion,
  type ProductFamily,
  parseLookupKey,
  paymentStanding,
  subscriptionFactsOf,
  toPublicId,
} from '@metergate/core';
import { itemPriceOf } from '@metergate/core/payments/own-prices/item-price';
import { recurringMinorOf } from '@metergate/core/payments/summary/billing-cost';
import type { SubscriptionRecord } from '@metergate/core/subscriptions/subscriptions.ports';
import type { SubscriptionView } from '@metergate/core/subscriptions/subscriptions.schemas';
import type { Container } from '../container.ts';

/** What the reader of a view may see and do. */
export interface ReaderRights {
  seesMoney: boolean;
  mayBuy: boolean;
}

/** Views of an organization's subscriptions; their pinned plan versions are read in one transaction. */
export async function toSubscriptionViews(
  container: Container,
  organizationId: OrganizationId,
  { records, rights }: { records: readonly SubscriptionRecord[]; rights: ReaderRights },
): Promise<SubscriptionView[]> {
  const plans = await container.unitOfWork.run(organizationId, async (tx) => {
    const found: (PlanVersion | null)[] = [];
    for (const { family, plan, planVersion } of records) {
      found.push(await tx.planVersions.find(family, plan, planVersion));
    }
    return found;
  });
  const now = container.clock.now();
  return records.map((record, index) =>
    toSubscriptionView(record, {
      plan: plans[index] ?? null,
      family: container.catalog.get(record.family),
      rights,
      now,
    }),
  );
}

interface ViewFacts {
  plan: PlanVersion | null;
  family: ProductFamily | undefined;
  rights: ReaderRights;
  now: Date;
}

function toSubscriptionView(record: SubscriptionRecord, facts: ViewFacts): SubscriptionView {
  const { plan, family, rights } = facts;
  const iso = (at: Date | null) => at?.toISOString() ?? null;
  return {
    id: toPublicId('subscription', record.id),
    family: record.family,
    plan: record.plan,
    basePlan: basePlanKey(record.plan),
    planName: plan?.name ?? record.plan,
    planVersion: record.planVersion,
    interval: record.interval,
    currency: record.currency,
    status: record.status,
    access: record.access,
    currentPeriod: {
      start: record.currentPeriodStart.toISOString(),
      end: record.currentPeriodEnd.toISOString(),
    },
    trialEndsAt: iso(record.trialEnd),
    cancelAt: iso(record.cancelAt),
    canceledAt: iso(record.canceledAt),
    pausedAt: iso(record.pausedAt),
    collectionPause: collectionPauseView(record),
    pastDueSince: iso(record.pastDueSince),
    nextAccessStep: nextStep(record, facts),
    scheduledChange: scheduledChange(record, family),
    discounts: rights.seesMoney ? [...record.discounts] : [],
    items: record.items.map((item) => ({
      priceKey: item.priceKey,
      kind: item.kind,
      quantity: item.quantity,
      description: describe(plan, item.priceKey),
      price: rights.seesMoney && plan !== null ? itemPriceOf(plan, item) : null,
    })),
    actionUrl: record.actionUrl,
    recurring: rights.seesMoney && plan !== null ? recurring(record, plan) : null,
    can: permissions(record, rights),
  };
}

function collectionPauseView({ collectionPause }: SubscriptionRecord): SubscriptionView['collectionPause'] {
  if (collectionPause === null) return null;
  const { behavior, resumesAt } = collectionPause;
  return { behavior, resumesAt: resumesAt?.toISOString() ?? null };
}

function nextStep(
  record: SubscriptionRecord,
  { family, now }: ViewFacts,
): SubscriptionView['nextAccessStep'] {
  const since = overdueSince(record);
  if (since === null || family === undefined) return null;
  const { next } = paymentStanding(family.paymentFailure, since, now);
  return next === null ? null : { access: next.stage, at: next.at.toISOString() };
}

function scheduledChange(
  { scheduledChange: change }: SubscriptionRecord,
  family: ProductFamily | undefined,
): SubscriptionView['scheduledChange'] {
  if (change === null) return null;
  const planName = family?.plans.find(({ key }) => key === change.plan)?.name ?? change.plan;
  const { plan, interval, quantity, at } = change;
  return { plan, planName, interval, quantity, at: at.toISOString() };
}

function describe(plan: PlanVersion | null, priceKey: string): string {
  const component = parseLookupKey(priceKey)?.component;
  return plan?.prices.find(({ key }) => key === component)?.name ?? priceKey;
}

/** The full-period price of everything but usage, at what the running period is charged. */
function recurring(record: SubscriptionRecord, plan: PlanVersion): SubscriptionView['recurring'] {
  return { amountMinor: String(recurringMinorOf(record, plan)), currency: record.currency };
}

function permissions(record: SubscriptionRecord, { mayBuy }: ReaderRights): SubscriptionView['can'] {
  const facts = subscriptionFactsOf(record);
  const ask: PermissionView = { allowed: false, reason: 'Only an owner can do this. Ask one of them.' };
  const may = (action: Parameters<typeof canSubscription>[1]) =>
    mayBuy ? canSubscription(facts, action) : ask;
  return {
    changePlan: may('change_plan'),
    cancel: may('cancel'),
    resume: may('resume'),
    pause: may('pause'),
    undoScheduledChange: may('undo_scheduled_change'),
  };
}
