import {
  type Actor,
  notFound,
  type OrganizationId,
  requirePublicId,
  type SubscriptionId,
} from '@metergate/core';
import { acceptQuote } from '@metergate/core/payments/change/accept-quote';
import type { ChangeAnswer } from '@metergate/core/payments/change/carry-out';
import {
  cancelSubscription,
  resumeSubscription,
  undoScheduledChange,
} from '@metergate/core/payments/change/end-subscription';
import { pauseSubscription } from '@metergate/core/payments/change/pause-subscription';
import { redeemCode } from '@metergate/core/payments/discounts/apply-discount';
import { createSubscription, type PurchaseWish } from '@metergate/core/payments/purchase/create-subscription';
import { resolveCheckoutReturn } from '@metergate/core/payments/purchase/resolve-checkout-return';
import { type CheckoutWish, startCheckout } from '@metergate/core/payments/purchase/start-checkout';
import type { SubscriptionRecord } from '@metergate/core/subscriptions/subscriptions.ports';
import type { SubscriptionView } from '@metergate/core/subscriptions/subscriptions.schemas';
import type { Container } from '../container.ts';
import { purchaseDeps } from './purchase-deps.ts';
import { type ReaderRights, toSubscriptionViews } from './subscription-view.ts';

/** Who asks, for which organization, and what the answer may show. */
export interface Caller {
  container: Container;
  actor: Actor;
  organizationId: OrganizationId;
  rights: ReaderRights;
}

export async function listSubscriptions(caller: Caller, includeEnded: boolean): Promise<SubscriptionView[]> {
  const { container, organizationId, rights } = caller;
  const records = await container.unitOfWork.run(organizationId, (tx) =>
    tx.subscriptions.list(organizationId, { includeEnded }),
  );
  return toSubscriptionViews(container, organizationId, { records, rights });
}

export async function getSubscription(caller: Caller, publicId: string): Promise<SubscriptionView> {
  const { container, organizationId } = caller;
  const id = requirePublicId('subscription', publicId);
  const record = await container.unitOfWork.run(organizationId, (tx) =>
    tx.subscriptions.findById(organizationId, id),
  );
  if (record === null) throw notFound('subscription');
  return viewOf(caller, record);
}

export async function buy(caller: Caller, input: PurchaseWish): Promise<SubscriptionView> {
  const { container, actor, organizationId } = caller;
  return viewOf(caller, await createSubscription(purchaseDeps(container), { actor, organizationId, input }));
}

export async function checkout(caller: Caller, input: CheckoutWish) {
  const { container, actor, organizationId } = caller;
  const organizationSlug = await slugOf(caller);
  const session = await startCheckout(purchaseDeps(container), {
    actor,
    organizationId,
    organizationSlug,
    input,
  });
  return { id: session.stripeSessionId, url: session.url, expiresAt: session.expiresAt.toISOString() };
}

export async function checkoutReturn(caller: Caller, stripeSessionId: string) {
  const { container, actor, organizationId } = caller;
  const found = await resolveCheckoutReturn(purchaseDeps(container), {
    actor,
    organizationId,
    stripeSessionId,
  });
  const { state, session, subscription } = found;
  const family = container.catalog.get(session.family);
  return {
    state,
    family: session.family,
    plan: session.plan,
    planName: family?.plans.find(({ key }) => key === session.plan)?.name ?? session.plan,
    subscription: subscription === null ? null : await viewOf(caller, subscription),
    actionUrl: subscription?.actionUrl ?? null,
  };
}

export async function accept(caller: Caller, quotePublicId: string): Promise<SubscriptionView> {
  const { container, actor, organizationId } = caller;
  const quoteId = requirePublicId('quote', quotePublicId);
  return viewOf(caller, await acceptQuote(purchaseDeps(container), { actor, organizationId, quoteId }));
}

export interface EndingAnswer {
  view: SubscriptionView;
  /** Stripe is away: the wish is stored and carried out later. */
  queued: boolean;
}

export async function cancel(
  caller: Caller,
  input: { subscriptionId: string; at: 'now' | 'period_end'; reason?: string | undefined },
): Promise<EndingAnswer> {
  const { at, reason } = input;
  return ending(caller, input.subscriptionId, (request) =>
    cancelSubscription(purchaseDeps(caller.container), { ...request, at, reason }),
  );
}

export async function pause(
  caller: Caller,
  input: { subscriptionId: string; reason?: string | undefined },
): Promise<EndingAnswer> {
  const { reason } = input;
  return ending(caller, input.subscriptionId, (request) =>
    pauseSubscription(purchaseDeps(caller.container), { ...request, reason }),
  );
}

export async function redeem(
  caller: Caller,
  input: { subscriptionId: string; code: string },
): Promise<SubscriptionView> {
  const { container, actor, organizationId } = caller;
  const subscriptionId = requirePublicId('subscription', input.subscriptionId);
  const request = { actor, organizationId, subscriptionId, code: input.code };
  return viewOf(caller, await redeemCode(purchaseDeps(container), request));
}

export async function resume(caller: Caller, subscriptionId: string): Promise<EndingAnswer> {
  return ending(caller, subscriptionId, (request) =>
    resumeSubscription(purchaseDeps(caller.container), request),
  );
}

export async function undoChange(caller: Caller, subscriptionId: string): Promise<EndingAnswer> {
  return ending(caller, subscriptionId, (request) =>
    undoScheduledChange(purchaseDeps(caller.container), request),
  );
}

type SubscriptionRequest = { actor: Actor; organizationId: OrganizationId; subscriptionId: SubscriptionId };

async function ending(
  caller: Caller,
  publicId: string,
  command: (request: SubscriptionRequest) => Promise<ChangeAnswer>,
): Promise<EndingAnswer> {
  const { actor, organizationId } = caller;
  const subscriptionId = requirePublicId('subscription', publicId);
  const { subscription, queued } = await command({ actor, organizationId, subscriptionId });
  if (queued) caller.container.wake();
  return { view: await viewOf(caller, subscription), queued };
}

async function viewOf(caller: Caller, record: SubscriptionRecord): Promise<SubscriptionView> {
  const { container, organizationId, rights } = caller;
  const [view] = await toSubscriptionViews(container, organizationId, { records: [record], rights });
  if (view === undefined) throw notFound('subscription');
  return view;
}

export async function slugOf({ container, organizationId }: Pick<Caller, 'container' | 'organizationId'>) {
  const organization = await container.unitOfWork.run(organizationId, (tx) =>
    tx.organizations.find(organizationId),
  );
  if (organization === undefined) throw notFound('organization');
  return organization.slug;
}
