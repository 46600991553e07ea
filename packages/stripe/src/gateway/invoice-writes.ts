import type { InvoiceGateway } from '@metergate/core/invoices/invoice-gateway.ports';
import { amountToStripe } from '../amounts.ts';
import { isUnavailable, withKnownEnd } from '../errors.ts';
import { creditNoteFromStripe, invoiceExpansion as expand } from '../translate/invoice.ts';
import { completeInvoice } from './invoices.ts';
import type { StripeCaller } from './stripe-caller.ts';

export type InvoiceWriteCalls = Pick<
  InvoiceGateway,
  'addInvoiceItem' | 'findInvoiceItem' | 'createInvoice' | 'finalizeInvoice' | 'issueCreditNote'
>;

export function invoiceWriteCalls(caller: StripeCaller): InvoiceWriteCalls {
  return { ...draftCalls(caller), ...issueCalls(caller) };
}

/** Stripe forgets idempotency keys after a day; written on the line, ours can still be looked for. */
const keyOfItem = 'metergate_key';
/** Lines of one customer since a message was left; a search that stopped short would charge twice. */
const ITEMS_MAX = 10_000;

function draftCalls(
  caller: StripeCaller,
): Pick<InvoiceWriteCalls, 'addInvoiceItem' | 'findInvoiceItem' | 'createInvoice'> {
  return {
    async addInvoiceItem(input) {
      const creation = caller.call((stripe) =>
        stripe.invoiceItems.create(
          {
            customer: input.stripeCustomerId,
            amount: amountToStripe(input.amountMinor, input.currency),
            currency: input.currency.toLowerCase(),
            description: input.description,
            period: { start: seconds(input.periodStart), end: seconds(input.periodEnd) },
            metadata: { ...input.metadata, [keyOfItem]: input.idempotencyKey },
            ...(input.stripeInvoiceId === null ? {} : { invoice: input.stripeInvoiceId }),
            ...(input.stripeSubscriptionId === null ? {} : { subscription: input.stripeSubscriptionId }),
          },
          caller.once(input.idempotencyKey),
        ),
      );
      const item = await creation.catch((error: unknown) => {
        // What is refused is told as it is: somebody has to look at it.
        throw isUnavailable(error) ? withKnownEnd(error) : error;
      });
      return { stripeInvoiceItemId: item.id };
    },

    async findInvoiceItem({ stripeCustomerId, idempotencyKey, createdAfter }) {
      const items = await caller.call((stripe) =>
        stripe.invoiceItems
          .list({ customer: stripeCustomerId, created: { gte: seconds(createdAfter) }, limit: 100 })
          .autoPagingToArray({ limit: ITEMS_MAX }),
      );
      const found = items.find(({ metadata }) => metadata?.[keyOfItem] === idempotencyKey);
      return found === undefined ? null : { stripeInvoiceItemId: found.id };
    },

    async createInvoice(input) {
      const invoice = await caller.call((stripe) =>
        stripe.invoices.create(
          {
            customer: input.stripeCustomerId,
            currency: input.currency.toLowerCase(),
            auto_advance: false,
            pending_invoice_items_behavior: input.stripeSubscriptionId === null ? 'exclude' : 'include',
            metadata: { ...input.metadata },
            expand,
            ...(input.description === null ? {} : { description: input.description }),
            ...(input.stripeSubscriptionId === null ? {} : { subscription: input.stripeSubscriptionId }),
          },
          caller.once(input.idempotencyKey),
        ),
      );
      return completeInvoice(caller, invoice);
    },
  };
}

function issueCalls(caller: StripeCaller): Pick<InvoiceWriteCalls, 'finalizeInvoice' | 'issueCreditNote'> {
  return {
    async finalizeInvoice({ stripeInvoiceId, idempotencyKey }) {
      const current = await caller.call((stripe) => stripe.invoices.retrieve(stripeInvoiceId, { expand }));
      if (current.status !== 'draft') return completeInvoice(caller, current);
      const finalized = await caller.call((stripe) =>
        stripe.invoices.finalizeInvoice(
          stripeInvoiceId,
          { auto_advance: true, expand },
          caller.once(idempotencyKey),
        ),
      );
      return completeInvoice(caller, finalized);
    },

    async issueCreditNote({ stripeInvoiceId, amountMinor, reason, idempotencyKey }) {
      const invoice = await caller.call((stripe) => stripe.invoices.retrieve(stripeInvoiceId));
      const amount = amountToStripe(amountMinor, invoice.currency.toUpperCase());
      const note = await caller.call((stripe) =>
        stripe.creditNotes.create(
          {
            invoice: stripeInvoiceId,
            amount,
            memo: reason,
            // On a paid invoice the credit goes to the customer's balance: money is not sent back by itself.
            ...(invoice.status === 'paid' ? { credit_amount: amount } : {}),
          },
          caller.once(idempotencyKey),
        ),
      );
      return creditNoteFromStripe(note);
    },
  };
}

function seconds(at: Date): number {
  return Math.floor(at.getTime() / 1000);
}
