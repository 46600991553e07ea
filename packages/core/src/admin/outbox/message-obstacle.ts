import type { OutboxRecord } from './outbox.ports.ts';

/** Kinds that send what is true at the moment of sending, so that nothing newer can be overwritten. */
const currentKinds: ReadonlySet<string> = new Set(['stripe.subscription.sync_quantities']);

/** Why a message that was given up must not be sent any more; null = it may. */
export function messageObstacle({
  kind,
  isOvertaken,
}: Pick<OutboxRecord, 'kind' | 'isOvertaken'>): string | null {
  if (kind === 'stripe.meter_event') {
    return 'Usage that Stripe’s meter did not take is billed when its month closes. Dismiss the message.';
  }
  if (isOvertaken && !currentKinds.has(kind)) {
    return 'Something newer was decided since, which this message would undo. Dismiss it.';
  }
  return null;
}
