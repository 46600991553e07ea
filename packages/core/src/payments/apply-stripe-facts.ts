import type { ProductFamily } from '../catalog/product-family.ts';
import { applyCreditNote } from '../invoices/apply-credit-note.ts';
import { applyInvoiceSnapshot } from '../invoices/apply-invoice-snapshot.ts';
import { applyReversals } from '../invoices/apply-reversals.ts';
import type { Actor } from '../shared/actor.ts';
import { type ComparedField, compareFields, differences } from '../shared/compared-field.ts';
import type { IdSource, OrganizationId } from '../shared/ids.ts';
import { applySubscriptionSnapshots } from '../subscriptions/apply-subscription-snapshots.ts';
import {
  matchSubscriptions,
  type SubscriptionMatch,
  type SyncIssue,
} from '../subscriptions/match-subscriptions.ts';
import type { SubscriptionSnapshot } from '../subscriptions/subscription-snapshot.ts';
import { applyPaymentMethods } from './apply-payment-methods.ts';
import type { MirrorTx } from './mirror.ports.ts';
import type { StripeFacts } from './read-stripe-facts.ts';
import { recordRevenue } from './revenue/revenue-level.ts';

export interface ApplyFactsInput {
  organizationId: OrganizationId;
  actor: Actor;
  facts: StripeFacts;
  now: Date;
  /** A person decided that Stripe's amounts count, also where a final invoice differs. */
  takesBills?: boolean | undefined;
}

/** What one reading changed; stored with the event and shown to staff. */
export interface SyncEffect {
  compared: ComparedField[];
  issues: SyncIssue[];
  /** What we hold as running or final and Stripe does not know; it stays as it is. */
  absent: string[];
}

/**
 * Applies everything that was read, in one transaction whose caller has locked the organization. Applying the same
 * facts twice changes nothing the second time.
 */
export async function applyStripeFacts(
  tx: MirrorTx,
  deps: { ids: IdSource; families: readonly ProductFamily[] },
  input: ApplyFactsInput,
): Promise<SyncEffect> {
  const { organizationId, actor, facts } = input;
  const { readAt, reading } = facts;
  const { ids } = deps;
  const matches = await matchAll(tx, ids, input);
  const compared: ComparedField[] = [];
  const subscriptionOf = (stripeId: string) => findSubscription(tx, organizationId, { stripeId, matches });
  // Invoices first: how long a subscription is past due is read from its open invoices.
  for (const snapshot of facts.invoices) {
    const invoiceDeps = { ...tx, ids, subscriptionOf };
    const { takesBills } = input;
    const bill = { organizationId, actor, snapshot, readAt, reading, takesBills };
    compared.push(...(await applyInvoiceSnapshot(invoiceDeps, bill)));
  }
  compared.push(...(await voidDeletedDrafts(tx, input)));
  const subscriptions = await applySubscriptionSnapshots(
    { ...tx, ...deps },
    { organizationId, actor, matches, readAt, reading, now: input.now },
  );
  compared.push(...subscriptions.compared);
  for (const { id, local } of matches) {
    await recordRevenue(tx, { organizationId, id, before: local, now: input.now });
  }
  for (const snapshot of facts.creditNotes) {
    compared.push(...(await applyCreditNote({ ...tx, ids }, { organizationId, actor, snapshot })));
  }
  for (const reversals of facts.reversals) {
    compared.push(...(await applyReversals({ ...tx, ids }, { organizationId, actor, reversals })));
  }
  if (facts.paymentMethods !== undefined) {
    const snapshots = facts.paymentMethods;
    const methods = { organizationId, actor, snapshots, readAt };
    compared.push(...(await applyPaymentMethods({ ...tx, ids }, methods)));
  }
  compared.push(...(await applyCheckoutSessions(tx, input)));
  return { compared, issues: subscriptions.issues, absent: await findAbsent(tx, input) };
}

/** The record of an effect without what was equal anyway. */
export function effectSummary(effect: SyncEffect) {
  return { changes: differences(effect.compared), issues: effect.issues };
}

/** Nothing is ended because a list lacks it: that may be the wrong account, and would lock somebody out. */
async function findAbsent(tx: MirrorTx, { organizationId, facts }: ApplyFactsInput): Promise<string[]> {
  const absent: string[] = [];
  const listed = facts.subscriptions;
  if (listed !== undefined) {
    for (const { stripeSubscriptionId: id, reading } of await tx.subscriptions.list(organizationId)) {
      const isListed = listed.some(({ stripeSubscriptionId }) => stripeSubscriptionId === id);
      if (!isListed && reading < facts.reading) absent.push(`subscription ${id}`);
    }
  }
  for (const stripeInvoiceId of facts.missingInvoices) {
    const local = await tx.invoices.findByStripeId(organizationId, stripeInvoiceId);
    if (local !== null && local.status !== 'void') absent.push(`invoice ${stripeInvoiceId}`);
  }
  return absent;
}

async function matchAll(tx: MirrorTx, ids: IdSource, input: ApplyFactsInput): Promise<SubscriptionMatch[]> {
  const { facts, organizationId } = input;
  const snapshots = facts.subscriptions ?? [];
  return matchSubscriptions({ ...tx, ids }, organizationId, endAllWhenGone(snapshots, facts));
}

/** A deleted customer has no live subscription, whatever the single object still says. */
function endAllWhenGone(
  snapshots: readonly SubscriptionSnapshot[],
  { customer, readAt }: StripeFacts,
): SubscriptionSnapshot[] {
  if (customer !== null && !customer.isDeleted) return [...snapshots];
  return snapshots.map((snapshot) => ({
    ...snapshot,
    status: snapshot.status === 'incomplete_expired' ? snapshot.status : 'canceled',
    canceledAt: snapshot.canceledAt ?? readAt,
    endedAt: snapshot.endedAt ?? readAt,
  }));
}

async function findSubscription(
  tx: MirrorTx,
  organizationId: OrganizationId,
  { stripeId, matches }: { stripeId: string; matches: readonly SubscriptionMatch[] },
) {
  const match = matches.find(({ snapshot }) => snapshot.stripeSubscriptionId === stripeId);
  const family = match?.terms?.plan.family ?? match?.local?.family;
  if (match !== undefined && family !== undefined) return { id: match.id, family };
  const local = await tx.subscriptions.findByStripeId(organizationId, stripeId);
  return local === null ? null : { id: local.id, family: local.family };
}

/** Only drafts can be deleted at Stripe; ours stays as void, because its history is ours. */
async function voidDeletedDrafts(tx: MirrorTx, input: ApplyFactsInput): Promise<ComparedField[]> {
  const { organizationId, facts } = input;
  const compared: ComparedField[] = [];
  for (const stripeInvoiceId of facts.missingInvoices) {
    const local = await tx.invoices.findByStripeId(organizationId, stripeInvoiceId);
    if (local?.status !== 'draft') continue;
    const next = { ...local, status: 'void' as const, voidedAt: facts.readAt, syncedAt: facts.readAt };
    compared.push(
      ...compareFields(`invoice ${stripeInvoiceId}`, { status: local.status }, { status: 'void' }),
    );
    await tx.invoices.save(organizationId, next);
  }
  return compared;
}

async function applyCheckoutSessions(tx: MirrorTx, input: ApplyFactsInput): Promise<ComparedField[]> {
  const compared: ComparedField[] = [];
  for (const { stripeSessionId, status } of input.facts.checkoutSessions) {
    const local = await tx.checkoutSessions.findByStripeId(input.organizationId, stripeSessionId);
    // A finished session never opens again.
    if (local === null || (local.status !== 'open' && status === 'open')) continue;
    compared.push(
      ...compareFields(`checkout_session ${stripeSessionId}`, { status: local.status }, { status }),
    );
    if (local.status !== status) {
      await tx.checkoutSessions.save(input.organizationId, { ...local, status });
    }
  }
  return compared;
}
