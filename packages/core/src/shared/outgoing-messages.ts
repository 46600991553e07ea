import type { OrganizationId } from './ids.ts';

/** Everything that endpoints can be told; public API. */
export const messageTypes = [
  'subscription.activated',
  'subscription.changed',
  'subscription.past_due',
  'subscription.canceled',
  'entitlements.changed',
  'usage.threshold_reached',
  'limit.blocked',
  'budget.reached',
  'invoice.finalized',
  'invoice.paid',
  'invoice.payment_failed',
  'payment.action_required',
  'processing.paused',
  'processing.resumed',
] as const;
export type MessageType = (typeof messageTypes)[number];

/** Something that happened, to be told to whoever listens. */
export interface OutgoingMessage {
  organizationId: OrganizationId;
  type: MessageType;
  /** Names the fact, never random: the same fact twice is one message for ever. */
  fact: string;
  /** Plain JSON in the form of the public interface: ids with prefix, instants as text, amounts as digits. */
  data: Readonly<Record<string, unknown>>;
  occurredAt: Date;
}

/** Appends to the running transaction, so that message and fact commit together. */
export interface OutgoingMessages {
  add(message: OutgoingMessage): Promise<void>;
}

/**
 * Says that an organization's rights are different; receivers read them again instead of trusting a copy.
 * @param fact What changed them, for example `override:<id>`; the same fact is one message.
 */
export function entitlementsChanged(
  organizationId: OrganizationId,
  { fact, at, ...data }: { fact: string; at: Date; reason: string; feature?: string },
): OutgoingMessage {
  return {
    organizationId,
    type: 'entitlements.changed',
    fact: `entitlements.changed:${fact}`,
    data,
    occurredAt: at,
  };
}
