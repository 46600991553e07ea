import type { OrganizationId } from './ids.ts';

/** One database transaction in the context of one organization; `Tx` holds the repositories bound to it. */
export interface UnitOfWork<Tx> {
  /**
   * Commits when `work` resolves, rolls back when it throws. Serialization failures and deadlocks are retried,
   * so `work` must have no effect outside the transaction.
   */
  run<T>(organizationId: OrganizationId, work: (tx: Tx) => Promise<T>): Promise<T>;
}

/** One transaction across organizations, for staff and platform tables; never for an organization's own requests. */
export interface PlatformUnitOfWork<Tx> {
  run<T>(work: (tx: Tx) => Promise<T>): Promise<T>;
}

/** A message to the outside world that commits with the change that caused it. */
export interface OutboxMessage {
  organizationId: OrganizationId;
  /** For example `stripe.subscription.create`, `stripe.meter_event`. */
  kind: string;
  payload: Readonly<Record<string, unknown>>;
  /** Derived from the fact, never random: the same fact twice is one message. */
  idempotencyKey: string;
}

export interface Outbox {
  add(message: OutboxMessage): Promise<void>;
}
