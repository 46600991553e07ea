import { type Actor, notFound, type Organization, toPublicId } from '@metergate/core';
import { createSubscription } from '@metergate/core/payments/purchase/create-subscription';
import type { createSubscriptionInputSchema } from '@metergate/core/subscriptions/subscriptions.schemas';
import type { z } from 'zod';
import { purchaseDeps } from '../billing/purchase-deps.ts';
import { toSubscriptionViews } from '../billing/subscription-view.ts';
import type { Container } from '../container.ts';

/** Staff start a subscription for an organization; why is on its audit log beside the change itself. */
export async function startSubscription(
  container: Container,
  organization: Organization,
  request: {
    actor: Extract<Actor, { kind: 'staff' }>;
    input: z.output<typeof createSubscriptionInputSchema>;
    reason: string;
  },
) {
  const { actor, input, reason } = request;
  const organizationId = organization.id;
  const record = await createSubscription(purchaseDeps(container), { actor, organizationId, input });
  await container.unitOfWork.run(organizationId, (tx) =>
    tx.audit.append({
      organizationId,
      actor,
      action: 'subscription.started_by_staff',
      target: { kind: 'subscription', id: record.id },
      reason,
      after: {
        family: record.family,
        plan: record.plan,
        subscription: toPublicId('subscription', record.id),
      },
    }),
  );
  container.metering.entitlements.forget(organizationId);
  const rights = { seesMoney: true, mayBuy: true };
  const [view] = await toSubscriptionViews(container, organizationId, { records: [record], rights });
  if (view === undefined) throw notFound('subscription');
  return view;
}
