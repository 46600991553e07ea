import { type Actor, requirePublicId } from '@metergate/core';
import { cancelSubscription, resumeSubscription } from '@metergate/core/payments/change/end-subscription';
import { extendGrace } from '@metergate/core/payments/change/extend-grace';
import { extendTrial } from '@metergate/core/payments/change/extend-trial';
import { pauseSubscription } from '@metergate/core/payments/change/pause-subscription';
import { applyCoupon, removeDiscount } from '@metergate/core/payments/discounts/apply-discount';
import type { SubscriptionView } from '@metergate/core/subscriptions/subscriptions.schemas';
import { purchaseDeps } from '../billing/purchase-deps.ts';
import { toSubscriptionViews } from '../billing/subscription-view.ts';
import type { Container } from '../container.ts';
import { requireOrganization } from '../organizations/require-organization.ts';

export type StaffAction =
  | { kind: 'pause' | 'resume' }
  | { kind: 'cancel'; at: 'now' | 'period_end' }
  | { kind: 'apply_coupon'; coupon: string }
  | { kind: 'remove_discount'; discountId: string }
  | { kind: 'extend_trial' | 'extend_grace'; days: number };

interface StaffRequest {
  actor: Extract<Actor, { kind: 'staff' }>;
  organization: string;
  subscriptionId: string;
  reason: string;
}

/** What staff may do to one subscription of an organization; each with a reason on its audit log. */
export async function changeSubscription(
  container: Container,
  request: StaffRequest,
  action: StaffAction,
): Promise<SubscriptionView[]> {
  const { actor, reason } = request;
  const { id: organizationId } = await requireOrganization(container, request.organization);
  const subscriptionId = requirePublicId('subscription', request.subscriptionId);
  await carryOut(container, action, { actor, organizationId, subscriptionId, reason });
  container.metering.entitlements.forget(organizationId);
  const records = await container.unitOfWork.run(organizationId, (tx) =>
    tx.subscriptions.list(organizationId, { includeEnded: true }),
  );
  const changed = records.filter(({ id }) => id === subscriptionId);
  return toSubscriptionViews(container, organizationId, {
    records: changed,
    rights: { seesMoney: true, mayBuy: true },
  });
}

async function carryOut(
  container: Container,
  action: StaffAction,
  request: Omit<Parameters<typeof extendGrace>[1], 'days'>,
): Promise<void> {
  const deps = purchaseDeps(container);
  switch (action.kind) {
    case 'pause':
      return void (await pauseSubscription(deps, request));
    case 'resume':
      return void (await resumeSubscription(deps, request));
    case 'cancel':
      return void (await cancelSubscription(deps, { ...request, at: action.at }));
    case 'apply_coupon':
      return void (await applyCoupon(deps, { ...request, coupon: action.coupon }));
    case 'remove_discount':
      return void (await removeDiscount(deps, { ...request, discountId: action.discountId }));
    case 'extend_trial':
      return void (await extendTrial(deps, { ...request, days: action.days }));
    case 'extend_grace':
      return void (await extendGrace(deps, { ...request, days: action.days }));
  }
}
