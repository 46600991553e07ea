import type { CreditNoteSnapshot, InvoiceSnapshot, PaymentReversals } from '../invoices/invoice-snapshot.ts';
import type { Clock } from '../shared/clock.ts';
import type { CheckoutSessionSnapshot } from '../subscriptions/subscription-gateway.ports.ts';
import type { SubscriptionSnapshot } from '../subscriptions/subscription-snapshot.ts';
import type { PaymentGateway } from './payment-gateway.ports.ts';
import type { CustomerSnapshot, PaymentMethodSnapshot } from './payment-method-snapshot.ts';
import type { SyncScope } from './sync-scope.ts';

/** What Stripe said at `readAt`; parts that were not asked for are absent. */
export interface StripeFacts {
  readAt: Date;
  /** Later readings have greater numbers, whatever the clocks say. */
  reading: bigint;
  customer: CustomerSnapshot | null;
  subscriptions?: SubscriptionSnapshot[];
  invoices: InvoiceSnapshot[];
  /** Invoices that do not exist any more: drafts deleted at Stripe. */
  missingInvoices: string[];
  creditNotes: CreditNoteSnapshot[];
  paymentMethods?: PaymentMethodSnapshot[];
  checkoutSessions: CheckoutSessionSnapshot[];
  reversals: PaymentReversals[];
}

/** Upper bound of one reconciliation; older invoices are final and do not change any more. */
const invoicesMax = 200;

/**
 * Reads before any transaction is open. `readAt` is taken first: whatever changes at Stripe while we read is newer
 * than these facts, and its own event brings it.
 */
export async function readStripeFacts(
  deps: { gateway: PaymentGateway; clock: Clock },
  input: {
    stripeCustomerId: string;
    scope: SyncScope;
    knownSubscriptionIds: readonly string[];
    /** Taken before anything is read. */
    reading: bigint;
  },
): Promise<StripeFacts> {
  const { gateway } = deps;
  const { stripeCustomerId, scope } = input;
  const readAt = deps.clock.now();
  const customer = await gateway.retrieveCustomer(stripeCustomerId);
  const isGone = customer === null || customer.isDeleted;
  const reversals = await readEach(scope.reversals ?? [], (id) => gateway.readReversals(id));
  const subscriptions =
    scope.subscriptions !== true
      ? undefined
      : isGone
        ? await readOneByOne(gateway, input.knownSubscriptionIds)
        : await gateway.listSubscriptions(stripeCustomerId);
  const invoices = await readInvoices(
    gateway,
    stripeCustomerId,
    isGone && scope.invoices === 'all' ? {} : withNamed(scope, reversals, subscriptions ?? []),
  );
  const facts: StripeFacts = {
    readAt,
    reading: input.reading,
    customer,
    ...invoices,
    ...(subscriptions === undefined
      ? {}
      : { subscriptions: subscriptions.map((subscription) => withAction(subscription, invoices.invoices)) }),
    creditNotes: [],
    checkoutSessions: [],
    reversals,
  };
  if (scope.paymentMethods === true) {
    facts.paymentMethods = isGone ? [] : await gateway.listPaymentMethods(stripeCustomerId);
  }
  facts.creditNotes = await readEach(scope.creditNotes ?? [], (id) => gateway.retrieveCreditNote(id));
  facts.checkoutSessions = await readEach(scope.checkoutSessions ?? [], (id) =>
    gateway.retrieveCheckoutSession(id),
  );
  return facts;
}

/** What went back, and what a subscription waits for, can only be told of an invoice that is there. */
function withNamed(
  scope: SyncScope,
  reversals: readonly PaymentReversals[],
  subscriptions: readonly SubscriptionSnapshot[],
): SyncScope {
  if (scope.invoices === 'all') return scope;
  const reversed = reversals.flatMap(({ stripeInvoiceId }) => stripeInvoiceId ?? []);
  const owed = subscriptions.flatMap(({ latestInvoice }) =>
    latestInvoice?.isOpen === true ? [latestInvoice.stripeInvoiceId] : [],
  );
  return { ...scope, invoices: [...new Set([...(scope.invoices ?? []), ...reversed, ...owed])] };
}

/** Whether the bank waits for the customer lies too deep in a subscription; its invoice says it. */
function withAction(
  subscription: SubscriptionSnapshot,
  invoices: readonly InvoiceSnapshot[],
): SubscriptionSnapshot {
  const { latestInvoice } = subscription;
  const invoice = invoices.find(({ stripeInvoiceId }) => stripeInvoiceId === latestInvoice?.stripeInvoiceId);
  if (latestInvoice === null || invoice === undefined) return subscription;
  return { ...subscription, latestInvoice: { ...latestInvoice, requiresAction: invoice.requiresAction } };
}

async function readInvoices(
  gateway: PaymentGateway,
  stripeCustomerId: string,
  scope: SyncScope,
): Promise<Pick<StripeFacts, 'invoices' | 'missingInvoices'>> {
  if (scope.invoices === 'all') {
    return { invoices: await gateway.listInvoices(stripeCustomerId, invoicesMax), missingInvoices: [] };
  }
  const invoices: InvoiceSnapshot[] = [];
  const missingInvoices: string[] = [];
  for (const id of scope.invoices ?? []) {
    const invoice = await gateway.retrieveInvoice(id);
    if (invoice === null) missingInvoices.push(id);
    else invoices.push(invoice);
  }
  return { invoices, missingInvoices };
}

/** The subscriptions of a deleted customer cannot be listed any more, but each can still be read. */
function readOneByOne(gateway: PaymentGateway, ids: readonly string[]): Promise<SubscriptionSnapshot[]> {
  return readEach(ids, (id) => gateway.retrieveSubscription(id));
}

async function readEach<T>(ids: readonly string[], read: (id: string) => Promise<T | null>): Promise<T[]> {
  const found: T[] = [];
  for (const id of ids) {
    const object = await read(id);
    if (object !== null) found.push(object);
  }
  return found;
}
