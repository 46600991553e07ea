import { attachPayment } from '../../billing/invoicing/attach-payment.ts';
import { claimItems, draftInvoice, takePendingItems } from '../../billing/invoicing/draft.ts';
import { storeDraft } from '../../billing/invoicing/store-draft.ts';
import { voidInvoice } from '../../billing/invoicing/void.ts';
import { emit, emitChange } from '../../events/emit.ts';
import type { Call, Route } from '../../server/router.ts';
import type { InvoiceRow } from '../../store/billing-rows.ts';
import { invalidRequest } from '../../wire/errors.ts';
import { registerIncludable } from '../../wire/expand.ts';
import { listOf, page, wholeList } from '../../wire/lists.ts';
import { mergeMetadata } from '../../wire/metadata.ts';
import { nowFor } from '../../world.ts';
import { readDiscounts } from '../catalog/discount-params.ts';
import { readTaxRates } from '../catalog/tax-rates.ts';
import { requireCustomer, requireInvoice, requirePaymentIntent } from '../find.ts';
import { finalize, pay, send, uncollectible } from './invoice-actions.ts';
import { previewRoute } from './invoice-preview.ts';

function createInvoice({ world, params }: Call) {
  const customer = requireCustomer(world, params.requireText('customer'), 'customer');
  const now = nowFor(world, customer);
  const subscriptionId = params.textOrNull('subscription');
  const subscription =
    subscriptionId === null ? null : (world.store.get('subscription', subscriptionId) ?? null);
  const currency =
    params.text('currency')?.toLowerCase() ?? subscription?.currency ?? customer.currency ?? 'usd';
  const behavior = params.text('pending_invoice_items_behavior') ?? 'exclude';
  const lines =
    behavior === 'include'
      ? takePendingItems(world, { customer: customer.id, subscription: subscriptionId, currency })
      : [];
  const autoAdvance = params.flag('auto_advance') ?? false;
  const taxRates = readTaxRates(world, params, 'default_tax_rates');
  const discounts = readDiscounts(world, params, { customer: customer.id, currency });
  const invoice = draftInvoice(world, {
    customer: customer.id,
    currency,
    reason: subscription ? 'subscription_update' : 'manual',
    subscription,
    lines,
    period: { start: now, end: now },
    finalizesAt: now + world.settings.finalizeAfterSeconds,
    autoAdvance,
    collectionMethod:
      params.choice('collection_method', ['charge_automatically', 'send_invoice']) ?? 'charge_automatically',
    daysUntilDue: params.integer('days_until_due') ?? null,
    metadata: mergeMetadata({}, params),
    description: params.textOrNull('description'),
    ...(taxRates ? { defaultTaxRates: taxRates } : {}),
    ...(discounts ? { discounts: discounts.flatMap((id) => world.store.get('discount', id) ?? []) } : {}),
  });
  claimItems(world, invoice);
  const method = params.textOrNull('default_payment_method');
  return method === null
    ? invoice
    : world.store.put('invoice', { ...invoice, default_payment_method: method });
}

function updateInvoice({ world, params, id }: Call) {
  const before = requireInvoice(world, id);
  const isEditable = before.status === 'draft';
  const autoAdvance = params.flag('auto_advance') ?? before.auto_advance;
  const finalizesAt =
    autoAdvance && isEditable
      ? (before.automatically_finalizes_at ?? nowFor(world, before) + world.settings.finalizeAfterSeconds)
      : null;
  const discounts = isEditable ? readDiscounts(world, params, before) : undefined;
  const fields = {
    ...(discounts ? { discounts } : {}),
    auto_advance: autoAdvance,
    automatically_finalizes_at: finalizesAt,
    description: params.has('description') ? params.textOrNull('description') : before.description,
    footer: params.has('footer') ? params.textOrNull('footer') : before.footer,
    default_payment_method: params.has('default_payment_method')
      ? params.textOrNull('default_payment_method')
      : before.default_payment_method,
    due_date: params.integer('due_date') ?? before.due_date,
    metadata: mergeMetadata(before.metadata, params),
  };
  if (isEditable) return storeDraft(world, before, fields);
  const after = world.store.put('invoice', { ...before, ...fields });
  emitChange(world, 'invoice.updated', { before, after });
  return after;
}

function deleteInvoice({ world, id }: Call) {
  const invoice = requireInvoice(world, id);
  if (invoice.status !== 'draft')
    throw invalidRequest('You can only delete draft invoices.', undefined, 'invoice_not_editable');
  world.store.delete('invoice', id);
  emit(world, 'invoice.deleted', invoice);
  return { id, object: 'invoice', deleted: true };
}

function list({ world, params }: Call) {
  const wanted = {
    customer: params.text('customer'),
    status: params.text('status'),
    collection_method: params.text('collection_method'),
  };
  const subscription = params.text('subscription');
  const matches = (row: InvoiceRow) =>
    Object.entries(wanted).every(([field, value]) => value === undefined || row[field] === value) &&
    (!subscription || row.parent?.subscription_details.subscription === subscription);
  return listOf(world, 'invoice', { params, url: '/v1/invoices', matches });
}

registerIncludable('invoice', 'payments', (world, row) =>
  wholeList(world.store.ownedBy('invoice_payment', row.id), `/v1/invoice_payments?invoice=${row.id}`),
);
registerIncludable('invoice', 'confirmation_secret', (world, row) => {
  const id = world.store.get('invoice', row.id)?._paymentIntent;
  const intent = id ? world.store.get('payment_intent', id) : undefined;
  return intent ? { client_secret: intent.client_secret, type: 'payment_intent' } : null;
});

export const invoiceRoutes: Route[] = [
  { method: 'POST', path: '/v1/invoices', handler: createInvoice },
  { method: 'GET', path: '/v1/invoices', handler: list },
  { method: 'POST', path: '/v1/invoices/create_preview', handler: previewRoute },
  { method: 'GET', path: '/v1/invoices/:id', handler: ({ world, id }) => requireInvoice(world, id) },
  { method: 'POST', path: '/v1/invoices/:id', handler: updateInvoice },
  { method: 'DELETE', path: '/v1/invoices/:id', handler: deleteInvoice },
  { method: 'POST', path: '/v1/invoices/:id/finalize', handler: finalize },
  { method: 'POST', path: '/v1/invoices/:id/pay', handler: pay },
  { method: 'POST', path: '/v1/invoices/:id/send', handler: send },
  {
    method: 'POST',
    path: '/v1/invoices/:id/attach_payment',
    handler: ({ world, params, id }) =>
      attachPayment(
        world,
        requireInvoice(world, id),
        requirePaymentIntent(world, params.requireText('payment_intent')),
      ),
  },
  {
    method: 'POST',
    path: '/v1/invoices/:id/void',
    handler: ({ world, id }) => voidInvoice(world, requireInvoice(world, id)),
  },
  { method: 'POST', path: '/v1/invoices/:id/mark_uncollectible', handler: uncollectible },
  {
    method: 'GET',
    path: '/v1/invoices/:id/lines',
    handler: ({ world, params, id }) =>
      page(requireInvoice(world, id).lines.data, {
        params,
        url: `/v1/invoices/${id}/lines`,
        kind: 'line_item',
      }),
  },
];
