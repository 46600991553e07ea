import { type Actor, notFound, type OrganizationId, requirePublicId } from '@metergate/core';
import { acceptQuote } from '@metergate/core/payments/change/accept-quote';
import { createSubscription } from '@metergate/core/payments/purchase/create-subscription';
import { recurringMinor } from '@metergate/core/payments/purchase/plan-items';
import { pricedItems } from '@metergate/core/payments/purchase/prepare-purchase';
import { endAfterPeriods } from '@metergate/core/payments/tailored/end-after';
import { quoteTailoredPlan } from '@metergate/core/payments/tailored/quote-tailored';
import type { SubscriptionRecord } from '@metergate/core/subscriptions/subscriptions.ports';
import type { SubscriptionView } from '@metergate/core/subscriptions/subscriptions.schemas';
import type { TailoredOfferView, TailoredTerms } from '@metergate/core/subscriptions/tailored.schemas';
import { purchaseDeps } from '../billing/purchase-deps.ts';
import { toQuoteView } from '../billing/quote-view.ts';
import { toSubscriptionViews } from '../billing/subscription-view.ts';
import type { Container } from '../container.ts';
import { requireOrganization } from '../organizations/require-organization.ts';

type Staff = Extract<Actor, { kind: 'staff' }>;

/** Makes an agreed plan ready and says what it costs; nothing is charged. */
export async function previewTailoredPlan(
  container: Container,
  request: { actor: Staff; organization: string; family: string; terms: TailoredTerms },
): Promise<TailoredOfferView> {
  const { actor, family } = request;
  const { id: organizationId, currency } = await requireOrganization(container, request.organization);
  const deps = { ...purchaseDeps(container), publish: container.background.publish };
  const terms = { ...request.terms, currency };
  const { plan, quote } = await quoteTailoredPlan(deps, { actor, organizationId, family, terms });
  const offer = { plan, interval: terms.interval, currency, quantity: null };
  const { items } = await pricedItems(deps, organizationId, {
    ...offer,
    family: familyOf(container, family),
  });
  const perPeriod = String(recurringMinor(items));
  return {
    family,
    plan: plan.key,
    planName: plan.name,
    planVersion: plan.version,
    currency,
    interval: terms.interval,
    perPeriodMinor: perPeriod,
    dueNowMinor: quote === null ? perPeriod : String(quote.dueNowMinor),
    quote: quote === null ? null : toQuoteView(quote),
  };
}

/** Starts an agreed plan, or carries its quote out, and notes when it ends. */
export async function startTailoredPlan(
  container: Container,
  request: {
    actor: Staff;
    organization: string;
    family: string;
    plan: string;
    interval: 'month' | 'year';
    quoteId: string | null;
    periods: number | null;
    reason: string;
  },
): Promise<SubscriptionView[]> {
  const { actor, periods, reason } = request;
  const { id: organizationId } = await requireOrganization(container, request.organization);
  const started = await begin(container, organizationId, request);
  const { subscription } = await endAfterPeriods(purchaseDeps(container), {
    actor,
    organizationId,
    subscriptionId: started.id,
    periods,
    reason,
  });
  await container.unitOfWork.run(organizationId, (tx) =>
    tx.audit.append({
      organizationId,
      actor,
      action: 'subscription.tailored_plan_started',
      target: { kind: 'subscription', id: subscription.id },
      reason,
      after: { family: request.family, plan: subscription.plan, version: subscription.planVersion, periods },
    }),
  );
  return changed(container, organizationId, subscription);
}

/** Moves the agreed end of a running subscription. */
export async function agreeEnd(
  container: Container,
  request: {
    actor: Staff;
    organization: string;
    subscriptionId: string;
    periods: number | null;
    reason: string;
  },
): Promise<SubscriptionView[]> {
  const { actor, periods, reason } = request;
  const { id: organizationId } = await requireOrganization(container, request.organization);
  const subscriptionId = requirePublicId('subscription', request.subscriptionId);
  const end = { actor, organizationId, subscriptionId, periods, reason };
  const { subscription } = await endAfterPeriods(purchaseDeps(container), end);
  return changed(container, organizationId, subscription);
}

function begin(
  container: Container,
  organizationId: OrganizationId,
  request: Parameters<typeof startTailoredPlan>[1],
): Promise<SubscriptionRecord> {
  const { actor, family, plan, interval, quoteId } = request;
  const deps = purchaseDeps(container);
  if (quoteId === null) {
    return createSubscription(deps, { actor, organizationId, input: { family, plan, interval } });
  }
  return acceptQuote(deps, { actor, organizationId, quoteId: requirePublicId('quote', quoteId) });
}

async function changed(container: Container, organizationId: OrganizationId, record: SubscriptionRecord) {
  container.metering.entitlements.forget(organizationId);
  const rights = { seesMoney: true, mayBuy: true };
  return toSubscriptionViews(container, organizationId, { records: [record], rights });
}

function familyOf(container: Container, key: string) {
  const family = container.catalog.get(key);
  if (family === undefined) throw notFound('family');
  return family;
}
