import type { Actor } from '../../shared/actor.ts';
import { authorize } from '../../shared/authorize.ts';
import type { InvoiceId, OrganizationId } from '../../shared/ids.ts';
import { hasStarted } from '../../subscriptions/subscription-status.ts';
import type { SubscriptionRecord } from '../../subscriptions/subscriptions.ports.ts';
import { syncFromStripe } from '../sync-organization.ts';
import type { BillUsageDeps, BillUsageTx, UsageBillingRecord } from './bill-usage.ports.ts';
import { invoiceUsage } from './invoice-usage.ts';
import type { Outlook } from './next-look.ts';
import { type PlannedBilling, planUsageBilling } from './plan-usage-billing.ts';

export interface BillUsageRequest {
  actor: Actor;
  organizationId: OrganizationId;
  isCurrentIncluded: boolean;
}

export interface BilledUsage {
  invoiceIds: InvoiceId[];
  /** Why there is no invoice; null when there is one. */
  reason: 'no_subscription' | 'nothing_to_bill' | 'on_next_invoice' | null;
}

/**
 * Bills the usage that is rated here: every period that ended more than an hour ago, and with `isCurrentIncluded`
 * the running one so far. However often it runs, and wherever it dies, each period is billed to exactly its price.
 * @throws STRIPE_UNAVAILABLE; what was decided is then sent by the next run
 */
export async function billUsage(deps: BillUsageDeps, request: BillUsageRequest): Promise<BilledUsage> {
  const { organizationId } = request;
  const billable = await deps.unitOfWork.run(organizationId, async (tx) => {
    const lookedAt = await tx.usageLooks.findLookedAt(organizationId);
    return await loadBillable(tx, organizationId, { lookedAt });
  });
  const { billed, startedAt } = await billLoaded(deps, request, billable);
  if (startedAt !== null) {
    const span = { startedAt, at: deps.clock.now() };
    await deps.unitOfWork.run(organizationId, (tx) => settleReopenings(tx, organizationId, span));
  }
  return billed;
}

/** What billing needs to know of an organization before it looks at single subscriptions. */
export interface Billable {
  stripeCustomerId: string | null;
  subscriptions: readonly SubscriptionRecord[];
  lookedAt: Date | null;
}

export interface LookedThrough {
  billed: BilledUsage;
  outlook: Pick<Outlook, 'months' | 'isWaitingForStripe'>;
  /** Every month of every subscription has been looked at since; null = there was nothing to look at. */
  startedAt: Date | null;
}

/** The same for what is loaded, with what says when there is something to bill again; reopened months stay open. */
export async function billLoaded(
  deps: BillUsageDeps,
  request: BillUsageRequest,
  { stripeCustomerId, subscriptions, lookedAt }: Billable,
): Promise<LookedThrough> {
  const { actor, organizationId, isCurrentIncluded } = request;
  authorize(actor, { members: ['owner', 'admin'], scope: 'billing:write', staff: 'billing_ops', jobs: true });
  if (stripeCustomerId === null || subscriptions.length === 0) {
    const outlook = { months: [], isWaitingForStripe: false };
    return { billed: noInvoice('no_subscription'), outlook, startedAt: null };
  }
  const stripeInvoiceIds: string[] = [];
  const plans: PlannedBilling[] = [];
  const startedAt = deps.clock.now();
  for (const record of subscriptions) {
    const plan = await deps.unitOfWork.run(organizationId, async (tx) => {
      const planned = await planUsageBilling(deps, tx, {
        organizationId,
        record,
        isCurrentIncluded,
        lookedAt,
      });
      if (planned.billings.length > 0) await audit(tx, request, planned.billings);
      return planned;
    });
    plans.push(plan);
    if (plan.billings.length === 0) continue;
    const batch = { organizationId, stripeCustomerId, record };
    stripeInvoiceIds.push(...(await invoiceUsage(deps, batch, plan.billings)));
  }
  const outlook = {
    months: plans.flatMap(({ months }) => months),
    isWaitingForStripe: plans.some((plan) => plan.isWaitingForStripe),
  };
  if (plans.every(({ billings }) => billings.length === 0)) {
    return { billed: noInvoice('nothing_to_bill'), outlook, startedAt };
  }
  if (stripeInvoiceIds.length === 0) return { billed: noInvoice('on_next_invoice'), outlook, startedAt };
  const invoiceIds = await mirror(deps, { actor, organizationId, stripeInvoiceIds });
  return { billed: { invoiceIds, reason: null }, outlook, startedAt };
}

function noInvoice(reason: NonNullable<BilledUsage['reason']>): BilledUsage {
  return { invoiceIds: [], reason };
}

/** `lookedAt` is when the look before was. */
export async function loadBillable(
  tx: BillUsageTx,
  organizationId: OrganizationId,
  { lookedAt }: Pick<Billable, 'lookedAt'>,
): Promise<Billable> {
  const account = await tx.billingAccounts.find(organizationId);
  const records = await tx.subscriptions.list(organizationId, { includeEnded: true });
  return {
    stripeCustomerId: account?.stripeCustomerId ?? null,
    subscriptions: records.filter(hasUsage),
    lookedAt,
  };
}

function hasUsage({ status, endedAt }: SubscriptionRecord): boolean {
  return status !== 'incomplete_expired' && (hasStarted(status) || endedAt !== null);
}

/** An announced backfill may still be on its way; an hour later it has been written, or has failed. */
const announcedMs = 3_600_000;

/**
 * Every month of every subscription has been looked at since `startedAt`, so older notes are done with. Answers
 * whether there are younger ones.
 */
export async function settleReopenings(
  tx: Pick<BillUsageTx, 'usageReopenings'>,
  organizationId: OrganizationId,
  { startedAt, at }: { startedAt: Date; at: Date },
): Promise<boolean> {
  if ((await tx.usageReopenings.findOpen(organizationId)) === null) return false;
  const notedBefore = new Date(startedAt.getTime() - announcedMs);
  await tx.usageReopenings.settle(organizationId, { notedBefore, at });
  return (await tx.usageReopenings.findOpen(organizationId)) !== null;
}

function audit(
  tx: BillUsageTx,
  { actor, organizationId }: { actor: Actor; organizationId: OrganizationId },
  billings: readonly UsageBillingRecord[],
): Promise<void> {
  return tx.audit.append({
    organizationId,
    actor,
    action: 'usage.billed',
    target: { kind: 'subscription', id: billings[0]?.subscriptionId ?? '' },
    after: {
      lines: billings.map(({ feature, quantity, amountMinor, currency, periodStart }) => ({
        feature,
        quantity,
        amountMinor: amountMinor.toString(),
        currency,
        periodStart: periodStart.toISOString(),
      })),
    },
  });
}

async function mirror(
  deps: BillUsageDeps,
  input: { actor: Actor; organizationId: OrganizationId; stripeInvoiceIds: readonly string[] },
): Promise<InvoiceId[]> {
  const { actor, organizationId, stripeInvoiceIds } = input;
  const scope = { subscriptions: true, invoices: stripeInvoiceIds };
  await syncFromStripe(deps, { actor, organizationId, scope });
  return deps.unitOfWork.run(organizationId, async (tx) => {
    const ids: InvoiceId[] = [];
    for (const stripeInvoiceId of stripeInvoiceIds) {
      await tx.billedUsage.explainLines(organizationId, stripeInvoiceId);
      const invoice = await tx.invoices.findByStripeId(organizationId, stripeInvoiceId);
      if (invoice !== null) ids.push(invoice.id);
    }
    return ids;
  });
}
