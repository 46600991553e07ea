import { AppError } from '@metergate/core';
import type { InvoiceGateway } from '@metergate/core/invoices/invoice-gateway.ports';
import type { InvoiceSnapshot } from '@metergate/core/invoices/invoice-snapshot';
import type Stripe from 'stripe';
import {
  creditNoteFromStripe,
  invoiceExpansion,
  invoiceFromStripe,
  previewFromStripe,
} from '../translate/invoice.ts';
import type { InvoiceWriteCalls } from './invoice-writes.ts';
import { listLimitMax, type StripeCaller } from './stripe-caller.ts';

const expand = invoiceExpansion;

export function invoiceCalls(
  caller: StripeCaller,
): Omit<InvoiceGateway, keyof InvoiceWriteCalls | 'readReversals'> {
  async function retrieveInvoice(stripeInvoiceId: string) {
    const invoice = await caller.find((stripe) => stripe.invoices.retrieve(stripeInvoiceId, { expand }));
    return invoice === null ? null : completeInvoice(caller, invoice);
  }

  return {
    retrieveInvoice,

    async listInvoices(stripeCustomerId, limit) {
      const invoices = await caller.call((stripe) =>
        stripe.invoices
          .list({
            customer: stripeCustomerId,
            limit: 100,
            expand: ['data.payments', 'data.discounts', 'data.discounts.source.coupon'],
          })
          .autoPagingToArray({ limit: Math.min(limit, listLimitMax) }),
      );
      const snapshots: InvoiceSnapshot[] = [];
      for (const { id } of invoices) {
        const snapshot = id === undefined ? null : await retrieveInvoice(id);
        if (snapshot !== null) snapshots.push(snapshot);
      }
      return snapshots;
    },

    async payInvoice({ stripeInvoiceId, stripePaymentMethodId, idempotencyKey }) {
      const current = await caller.call((stripe) => stripe.invoices.retrieve(stripeInvoiceId, { expand }));
      if (current.status === 'paid') return completeInvoice(caller, current);
      const paid = await caller.call((stripe) =>
        stripe.invoices.pay(
          stripeInvoiceId,
          { expand, ...(stripePaymentMethodId === null ? {} : { payment_method: stripePaymentMethodId }) },
          caller.once(idempotencyKey),
        ),
      );
      return completeInvoice(caller, paid);
    },

    async previewUpcomingInvoice({ stripeCustomerId, stripeSubscriptionId }) {
      try {
        const invoice = await caller.find((stripe) =>
          stripe.invoices.createPreview({ customer: stripeCustomerId, subscription: stripeSubscriptionId }),
        );
        return invoice === null ? null : previewFromStripe(invoice, invoice.lines.data);
      } catch (error) {
        // Stripe answers `invoice_upcoming_none` for a subscription that ends.
        if (error instanceof AppError && error.context.stripeCode === 'invoice_upcoming_none') return null;
        throw error;
      }
    },

    async retrieveCreditNote(stripeCreditNoteId) {
      const note = await caller.find((stripe) => stripe.creditNotes.retrieve(stripeCreditNoteId));
      return note === null ? null : creditNoteFromStripe(note);
    },
  };
}

/** The lines of an invoice come in pages; prices are expanded to learn their catalogue keys. */
export async function completeInvoice(
  caller: StripeCaller,
  invoice: Stripe.Invoice,
): Promise<InvoiceSnapshot> {
  const { id } = invoice;
  if (id === undefined) return invoiceFromStripe(invoice, invoice.lines.data);
  const known = invoice.lines.has_more ? null : caller.prices.complete(invoice.lines.data);
  if (known !== null) return invoiceFromStripe(invoice, known);
  const lines = await caller.call((stripe) =>
    stripe.invoices
      .listLineItems(id, { limit: 100, expand: ['data.pricing.price_details.price'] })
      .autoPagingToArray({ limit: listLimitMax }),
  );
  caller.prices.remember(lines);
  return invoiceFromStripe(invoice, lines);
}
