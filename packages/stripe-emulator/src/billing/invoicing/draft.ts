import { emit } from '../../events/emit.ts';
import type { InvoiceRow, LineRow, SubscriptionRow } from '../../store/billing-rows.ts';
import type { DiscountRow, Row } from '../../store/rows.ts';
import { newId, randomText } from '../../wire/ids.ts';
import { wholeList } from '../../wire/lists.ts';
import { customerNow, type World } from '../../world.ts';
import { activeDiscounts } from '../discounts/allocate.ts';
import { discounted } from '../discounts/apply.ts';
import { spendOnce } from '../discounts/held.ts';
import { lineOfInvoiceItem, type Span } from './lines.ts';
import { NEW_INVOICE } from './new-invoice.ts';

export interface DraftFields {
  customer: string;
  currency: string;
  reason: string;
  subscription: SubscriptionRow | null;
  lines: LineRow[];
  period: Span;
  /** Unset for invoices that nobody advances but the caller. */
  finalizesAt: number | null;
  autoAdvance: boolean;
  collectionMethod?: 'charge_automatically' | 'send_invoice';
  daysUntilDue?: number | null;
  metadata?: Record<string, string>;
  description?: string | null;
  prorationDate?: number;
  discounts?: DiscountRow[];
  defaultTaxRates?: Row[];
}

/**
 * Creates a draft: applies discounts to its lines, spends `once` discounts and sums the totals. Spending changes
 * the subscription, so callers read it again afterwards.
 */
export function draftInvoice(world: World, fields: DraftFields): InvoiceRow {
  const now = customerNow(world, fields.customer);
  const customer = world.store.get('customer', fields.customer);
  const id = newId('in');
  const collection =
    fields.collectionMethod ?? fields.subscription?.collection_method ?? 'charge_automatically';
  const discounts = fields.discounts ?? discountsOf(world, fields, now);
  const lines = fields.lines.map((line) => ({ ...line, invoice: id }));
  const subscription = fields.subscription;
  const draft: InvoiceRow = {
    ...NEW_INVOICE,
    id,
    auto_advance: fields.autoAdvance,
    automatically_finalizes_at: fields.autoAdvance ? fields.finalizesAt : null,
    billing_reason: fields.reason,
    collection_method: collection,
    created: now,
    currency: fields.currency,
    customer: fields.customer,
    customer_address: customer?.address ?? null,
    customer_email: customer?.email ?? null,
    customer_name: customer?.name ?? null,
    customer_phone: customer?.phone ?? null,
    customer_tax_exempt: 'none',
    customer_tax_ids: [],
    default_tax_rates: fields.defaultTaxRates ?? subscription?.default_tax_rates ?? [],
    description: fields.description ?? subscription?.description ?? null,
    discounts: discounts.map((discount) => discount.id),
    due_date: dueDate(collection, now, fields.daysUntilDue ?? subscription?.days_until_due ?? 30),
    lines: wholeList(lines, `/v1/invoices/${id}/lines`),
    metadata: fields.metadata ?? {},
    parent: subscription && {
      quote_details: null,
      subscription_details: {
        metadata: subscription.metadata,
        subscription: subscription.id,
        ...(fields.prorationDate === undefined ? {} : { subscription_proration_date: fields.prorationDate }),
      },
      type: 'subscription_details',
    },
    period_end: fields.period.end,
    period_start: fields.period.start,
    starting_balance: customer?.balance ?? 0,
    test_clock: customer?.test_clock ?? null,
    _hostedKey: randomText(32),
  };
  const invoice = world.store.put('invoice', discounted(world, draft));
  emit(world, 'invoice.created', invoice);
  spendOnce(world, invoice);
  return invoice;
}

function discountsOf(world: World, fields: DraftFields, now: number): DiscountRow[] {
  return activeDiscounts(
    world,
    { discounts: fields.subscription?.discounts ?? [], customer: fields.customer },
    now,
  );
}

function dueDate(collection: string, now: number, days: number): number | null {
  return collection === 'send_invoice' ? now + days * 86_400 : null;
}

/** Takes the customer's pending invoice items (of one subscription, if given) and gives them to an invoice. */
export function takePendingItems(
  world: World,
  owner: { customer: string; subscription: string | null; currency: string },
): LineRow[] {
  const pending = world.store
    .ownedBy('invoiceitem', owner.customer)
    .filter((item) => item.invoice === null && item.currency === owner.currency)
    .filter((item) => item._subscription === null || item._subscription === owner.subscription);
  return pending.map((item) => {
    world.store.put('invoiceitem', { ...item, invoice: 'taken' });
    return lineOfInvoiceItem(item);
  });
}

/** Writes the invoice's id on the items its lines came from. */
export function claimItems(world: World, invoice: InvoiceRow): void {
  for (const { parent } of invoice.lines.data) {
    const id = parent.subscription_item_details?.invoice_item ?? parent.invoice_item_details?.invoice_item;
    const item = typeof id === 'string' ? world.store.get('invoiceitem', id) : undefined;
    if (item) world.store.put('invoiceitem', { ...item, invoice: invoice.id });
  }
}
