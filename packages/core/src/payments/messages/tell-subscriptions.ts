import type { OrganizationId } from '../../shared/ids.ts';
import type { OutgoingMessages } from '../../shared/outgoing-messages.ts';
import type { SubscriptionRecord, SubscriptionRepository } from '../../subscriptions/subscriptions.ports.ts';
import { subscriptionMessages } from './subscription-messages.ts';

/** Compares what is stored now with `before` and appends what has to be told, in the same transaction. */
export async function tellSubscriptions(
  tx: { subscriptions: SubscriptionRepository; messages: OutgoingMessages },
  input: { organizationId: OrganizationId; before: readonly SubscriptionRecord[]; now: Date },
): Promise<void> {
  const { organizationId, before, now } = input;
  const known = new Map(before.map((subscription) => [subscription.id, subscription]));
  for (const after of await tx.subscriptions.list(organizationId, { includeEnded: true })) {
    const step = { before: known.get(after.id) ?? null, after };
    const told = { organizationId, mark: String(after.reading), at: now };
    for (const message of subscriptionMessages(step, told)) await tx.messages.add(message);
  }
}
