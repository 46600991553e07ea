/** Which of a customer's objects to read again at Stripe. */
export interface SyncScope {
  subscriptions?: boolean;
  /** Stripe ids that were named; of a deleted customer only what is named can still be found. */
  subscriptionIds?: readonly string[];
  /** Stripe ids, or everything. */
  invoices?: readonly string[] | 'all';
  creditNotes?: readonly string[];
  paymentMethods?: boolean;
  checkoutSessions?: readonly string[];
  /** Ids of charges, refunds or disputes. */
  reversals?: readonly string[];
}

export const everything: SyncScope = { subscriptions: true, invoices: 'all', paymentMethods: true };

/**
 * What one Stripe event asks us to read again; null = nothing of ours depends on it. The event's body is never
 * applied: it may be old, late or doubled, while the object read now is the truth of now.
 */
export function scopeOfEvent(type: string, objectId: string | null): SyncScope | null {
  if (type === 'invoice.upcoming' || objectId === null) return null;
  if (type.startsWith('customer.subscription.')) return { subscriptions: true, subscriptionIds: [objectId] };
  if (type.startsWith('subscription_schedule.')) return { subscriptions: true };
  // A payment moves the subscription too, and access must come back in the same transaction.
  if (type.startsWith('invoice.')) return { subscriptions: true, invoices: [objectId] };
  if (type.startsWith('checkout.session.')) {
    return { checkoutSessions: [objectId], subscriptions: true, paymentMethods: true };
  }
  if (type.startsWith('credit_note.')) return { creditNotes: [objectId] };
  if (isReversal(type)) return { reversals: [objectId] };
  // A discount of the customer, or of one of its subscriptions; its own id says nothing.
  if (type.startsWith('customer.discount.')) return { subscriptions: true };
  if (/^customer\.(created|updated|deleted)$/.test(type))
    return { paymentMethods: true, subscriptions: true };
  if (type.startsWith('payment_method.') || type === 'setup_intent.succeeded')
    return { paymentMethods: true };
  return null;
}

/** What several events ask for together, each object once. */
export function joinScopes(scopes: readonly SyncScope[]): SyncScope {
  const invoices = scopes.flatMap((scope) => (scope.invoices === 'all' ? [] : (scope.invoices ?? [])));
  return {
    subscriptions: scopes.some((scope) => scope.subscriptions === true),
    subscriptionIds: distinct(scopes.flatMap((scope) => scope.subscriptionIds ?? [])),
    invoices: scopes.some((scope) => scope.invoices === 'all') ? 'all' : distinct(invoices),
    creditNotes: distinct(scopes.flatMap((scope) => scope.creditNotes ?? [])),
    paymentMethods: scopes.some((scope) => scope.paymentMethods === true),
    checkoutSessions: distinct(scopes.flatMap((scope) => scope.checkoutSessions ?? [])),
    reversals: distinct(scopes.flatMap((scope) => scope.reversals ?? [])),
  };
}

function distinct(ids: readonly string[]): string[] {
  return [...new Set(ids)];
}

/** Money that goes back, or is contested. */
export function isReversal(type: string): boolean {
  return type === 'charge.refunded' || type.startsWith('refund.') || type.startsWith('charge.dispute.');
}
