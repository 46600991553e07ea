import type { OrganizationId } from '../../shared/ids.ts';
import type { SubscriptionRecord } from '../../subscriptions/subscriptions.ports.ts';
import type { MirrorTx } from '../mirror.ports.ts';
import { alignmentAfter } from './alignment-message.ts';

/**
 * Has prices looked at after a reading that found a new period, another status or another schedule: what the next
 * renewal is charged at may be something else then. Commits with the reading; costs nothing without own prices.
 */
export async function cueAlignment(
  tx: Pick<MirrorTx, 'subscriptions' | 'ownPrices' | 'outbox'>,
  { organizationId, before }: { organizationId: OrganizationId; before: readonly SubscriptionRecord[] },
): Promise<void> {
  const known = new Map(before.map((record) => [record.id, stateOf(record)]));
  const moved = (await tx.subscriptions.list(organizationId)).filter(
    (record) => known.get(record.id) !== stateOf(record),
  );
  if (moved.length === 0 || (await tx.ownPrices.list(organizationId)).length === 0) return;
  for (const { id, reading } of moved) {
    await tx.outbox.add(alignmentAfter(organizationId, `${id}:reading:${reading}`));
  }
}

function stateOf({ status, currentPeriodEnd, cancelAt, scheduledChange }: SubscriptionRecord): string {
  const instants = [currentPeriodEnd, cancelAt, scheduledChange?.at ?? null];
  return [status, ...instants.map((at) => at?.toISOString() ?? '')].join('|');
}
