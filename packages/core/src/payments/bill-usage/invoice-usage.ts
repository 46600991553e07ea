import type { OrganizationId } from '../../shared/ids.ts';
import { isLive } from '../../subscriptions/subscription-status.ts';
import type { SubscriptionRecord } from '../../subscriptions/subscriptions.ports.ts';
import type { BillUsageDeps, UsageBillingRecord } from './bill-usage.ports.ts';

interface Batch {
  organizationId: OrganizationId;
  stripeCustomerId: string;
  record: SubscriptionRecord;
}

/**
 * Sends decided billings to Stripe: a usage invoice for what is owed, pending items on the next invoice for
 * adjustments and for what is given back. Every step is stored before the next one and has a key made from the
 * billing's id, so a run that dies anywhere is taken up by the next one without charging anything twice. Answers the
 * Stripe ids of the invoices it made.
 */
export async function invoiceUsage(
  deps: BillUsageDeps,
  batch: Batch,
  billings: readonly UsageBillingRecord[],
): Promise<string[]> {
  const hasNextInvoice = isLive(batch.record.status);
  const owed = billings.filter(({ kind }) => kind !== 'adjustment' || !hasNextInvoice);
  const total = owed.reduce((sum, { amountMinor }) => sum + amountMinor, 0n);
  const onInvoice = total > 0n ? owed : [];
  const pending = billings.filter((billing) => !onInvoice.includes(billing));
  for (const billing of pending) await addPending(deps, batch, billing);
  return onInvoice.length === 0 ? [] : [await makeInvoice(deps, batch, onInvoice)];
}

async function addPending(deps: BillUsageDeps, batch: Batch, billing: UsageBillingRecord): Promise<void> {
  const { record } = batch;
  const stripeSubscriptionId = isLive(record.status) ? record.stripeSubscriptionId : null;
  const stripeInvoiceItemId = await addItem(deps, {
    ...batch,
    billing,
    stripeSubscriptionId,
    stripeInvoiceId: null,
  });
  await store(deps, batch, [{ ...billing, stripeInvoiceItemId, status: 'billed' }]);
}

async function makeInvoice(
  deps: BillUsageDeps,
  batch: Batch,
  billings: readonly UsageBillingRecord[],
): Promise<string> {
  const stripeInvoiceId = await draftOf(deps, batch, billings);
  const onDraft = await deps.gateway.retrieveInvoice(stripeInvoiceId);
  const itemized: UsageBillingRecord[] = [];
  for (const billing of billings) {
    // Stripe forgets keys after a day; what the draft already has is not added again.
    const isThere = onDraft?.lines.some(({ metadata }) => metadata.metergate_usage_billing === billing.id);
    const stripeInvoiceItemId =
      isThere === true
        ? billing.stripeInvoiceItemId
        : await addItem(deps, { ...batch, billing, stripeSubscriptionId: null, stripeInvoiceId });
    const next = { ...billing, stripeInvoiceItemId, stripeInvoiceId, status: 'itemized' as const };
    await store(deps, batch, [next]);
    itemized.push(next);
  }
  await deps.gateway.finalizeInvoice({
    stripeInvoiceId,
    idempotencyKey: `usage_invoice:${stripeInvoiceId}:finalize`,
  });
  await store(
    deps,
    batch,
    itemized.map((billing) => ({ ...billing, status: 'billed' })),
  );
  return stripeInvoiceId;
}

/** The draft that an earlier run began, or a new one; billings that joined later go on it too. */
async function draftOf(
  deps: BillUsageDeps,
  batch: Batch,
  billings: readonly UsageBillingRecord[],
): Promise<string> {
  const known = billings.find(({ stripeInvoiceId }) => stripeInvoiceId !== null)?.stripeInvoiceId ?? null;
  if (known !== null) return known;
  const [first] = billings;
  const { stripeInvoiceId } = await deps.gateway.createInvoice({
    stripeCustomerId: batch.stripeCustomerId,
    // Without the subscription, so that nothing else that is pending gets onto it.
    stripeSubscriptionId: null,
    currency: batch.record.currency,
    description: 'Usage',
    metadata: {
      metergate_subscription: batch.record.stripeSubscriptionId,
      metergate_family: batch.record.family,
    },
    idempotencyKey: `usage_invoice:${first?.id ?? ''}`,
  });
  await store(
    deps,
    batch,
    billings.map((billing) => ({ ...billing, stripeInvoiceId })),
  );
  return stripeInvoiceId;
}

async function addItem(
  deps: BillUsageDeps,
  input: Batch & {
    billing: UsageBillingRecord;
    stripeSubscriptionId: string | null;
    stripeInvoiceId: string | null;
  },
): Promise<string> {
  const { billing, stripeCustomerId, stripeSubscriptionId, stripeInvoiceId } = input;
  const { stripeInvoiceItemId } = await deps.gateway.addInvoiceItem({
    stripeCustomerId,
    stripeSubscriptionId,
    stripeInvoiceId,
    description: billing.description,
    amountMinor: billing.amountMinor,
    currency: billing.currency,
    periodStart: billing.periodStart,
    periodEnd: billing.periodEnd,
    metadata: {
      metergate_usage_billing: billing.id,
      metergate_meter: billing.feature,
      metergate_price: billing.priceKey,
    },
    idempotencyKey: `usage_billing:${billing.id}`,
  });
  return stripeInvoiceItemId;
}

function store(
  deps: BillUsageDeps,
  { organizationId }: Batch,
  billings: readonly UsageBillingRecord[],
): Promise<void> {
  return deps.unitOfWork.run(organizationId, async (tx) => {
    for (const billing of billings) await tx.billedUsage.save(organizationId, billing);
  });
}
