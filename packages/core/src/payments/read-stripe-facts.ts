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

interface ReadFactsInput {
  stripeCustomerId: string;
  scope: SyncScope;
  knownSubscriptionIds: readonly string[];
  /** Taken before anything is read. */
  reading: bigint;
}

/**
 * Reads before any transaction is open. `readAt` is taken first: whatever changes at Stripe while we read is newer
 * than these facts, and its own event brings it.
 */
export async function readStripeFacts(
  deps: { gateway: PaymentGateway; clock: Clock },
  input: ReadFactsInput,
): Promise<StripeFacts> {
  const { gateway } = deps;
  const { scope } = input;
  const readAt = deps.clock.now();
  const wish = { subscriptions: scope.subscriptions === true, paymentMethods: scope.paymentMethods === true };
  const { customer, ...lists } = await gateway.readCustomer(input.stripeCustomerId, wish);
  const isGone = customer === null || customer.isDeleted;
  const reversals = await readEach(scope.reversals ?? [], (id) => gateway.readReversals(id));
  const billed = isGone
    ? await readOfDeleted(gateway, { input, reversals })
    : await readBilled(gateway, { input, reversals, subscriptions: lists.subscriptions });
  const paymentMethods = isGone ? [] : lists.paymentMethods;
  return {
    readAt,
    reading: input.reading,
    customer,
    ...billed,
    ...(wish.paymentMethods && paymentMethods !== undefined ? { paymentMethods } : {}),
    creditNotes: await readEach(scope.creditNotes ?? [], (id) => gateway.retrieveCreditNote(id)),
    checkoutSessions: await readEach(scope.checkoutSessions ?? [], (id) =>
      gateway.retrieveCheckoutSession(id),
    ),
    reversals,
  };
}

type Billed = Pick<StripeFacts, 'subscriptions' | 'invoices' | 'missingInvoices'>;

async function readBilled(
  gateway: PaymentGateway,
  {
    input: { scope, stripeCustomerId },
    reversals,
    subscriptions,
  }: {
    input: ReadFactsInput;
    reversals: readonly PaymentReversals[];
    subscriptions: SubscriptionSnapshot[] | undefined;
  },
): Promise<Billed> {
  if (scope.invoices === 'all') {
    const invoices = await gateway.listInvoices(stripeCustomerId, invoicesMax);
    return { invoices, missingInvoices: [], ...withActions(subscriptions, invoices) };
  }
  const named = namedInvoices(scope, reversals, subscriptions ?? []);
  const read = await readInvoices(gateway, named);
  return { ...read, ...withActions(subscriptions, read.invoices) };
}

/**
 * Nothing of a deleted customer can be listed any more, but whatever we know the name of can still be read: what is
 * stored, what the event names, and what an invoice belongs to.
 */
async function readOfDeleted(
  gateway: PaymentGateway,
  { input, reversals }: { input: ReadFactsInput; reversals: readonly PaymentReversals[] },
): Promise<Billed> {
  const { scope } = input;
  const read = await readInvoices(
    gateway,
    scope.invoices === 'all' ? [] : namedInvoices(scope, reversals, []),
  );
  if (scope.subscriptions !== true) return read;
  const billed = read.invoices.flatMap(({ stripeSubscriptionId }) => stripeSubscriptionId ?? []);
  const ids = new Set([...input.knownSubscriptionIds, ...(scope.subscriptionIds ?? []), ...billed]);
  const subscriptions = await readEach([...ids], (id) => gateway.retrieveSubscription(id));
  const own = subscriptions.filter(({ stripeCustomerId }) => stripeCustomerId === input.stripeCustomerId);
  return { ...read, ...withActions(own, read.invoices) };
}

/** What went back, and what a subscription waits for, can only be told of an invoice that is there. */
function namedInvoices(
  { invoices }: SyncScope,
  reversals: readonly PaymentReversals[],
  subscriptions: readonly SubscriptionSnapshot[],
): string[] {
  const named = invoices === 'all' ? [] : (invoices ?? []);
  const reversed = reversals.flatMap(({ stripeInvoiceId }) => stripeInvoiceId ?? []);
  const owed = subscriptions.flatMap(({ latestInvoice }) =>
    latestInvoice?.isOpen === true ? [latestInvoice.stripeInvoiceId] : [],
  );
  return [...new Set([...named, ...reversed, ...owed])];
}

function withActions(
  subscriptions: readonly SubscriptionSnapshot[] | undefined,
  invoices: readonly InvoiceSnapshot[],
): Pick<StripeFacts, 'subscriptions'> {
  if (subscriptions === undefined) return {};
  return { subscriptions: subscriptions.map((subscription) => withAction(subscription, invoices)) };
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
  ids: readonly string[],
): Promise<Pick<StripeFacts, 'invoices' | 'missingInvoices'>> {
  const invoices: InvoiceSnapshot[] = [];
  const missingInvoices: string[] = [];
  for (const id of ids) {
    const invoice = await gateway.retrieveInvoice(id);
    if (invoice === null) missingInvoices.push(id);
    else invoices.push(invoice);
  }
  return { invoices, missingInvoices };
}

async function readEach<T>(ids: readonly string[], read: (id: string) => Promise<T | null>): Promise<T[]> {
  const found: T[] = [];
  for (const id of ids) {
    const object = await read(id);
    if (object !== null) found.push(object);
  }
  return found;
}
