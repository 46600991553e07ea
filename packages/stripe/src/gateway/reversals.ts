import type { InvoiceGateway } from '@metergate/core/invoices/invoice-gateway.ports';
import type Stripe from 'stripe';
import { disputeFromStripe, refundFromStripe } from '../translate/reversal.ts';
import { currencyFromStripe, idOf } from '../translate/values.ts';
import { listLimitMax, type StripeCaller } from './stripe-caller.ts';

/** The payment a charge, refund or dispute is about. */
interface Payment {
  chargeId: string;
  intentId: string | null;
}

/** Refunds and disputes name neither the customer nor the invoice: both are found through the payment. */
export function reversalCalls(caller: StripeCaller): Pick<InvoiceGateway, 'readReversals'> {
  return {
    async readReversals(stripeObjectId) {
      const payment = await findPayment(caller, stripeObjectId);
      if (payment === null) return null;
      const charge = await caller.find((stripe) => stripe.charges.retrieve(payment.chargeId));
      if (charge === null) return null;
      const limit = listLimitMax;
      const refunds = await caller.call((stripe) =>
        stripe.refunds.list({ charge: charge.id, limit: 100 }).autoPagingToArray({ limit }),
      );
      const disputes = await caller.call((stripe) =>
        stripe.disputes.list({ charge: charge.id, limit: 100 }).autoPagingToArray({ limit }),
      );
      return {
        stripeCustomerId: idOf(charge.customer),
        stripeInvoiceId: await findInvoice(caller, payment.intentId ?? idOf(charge.payment_intent)),
        currency: currencyFromStripe(charge.currency),
        refunds: refunds.map(refundFromStripe),
        disputes: disputes.map(disputeFromStripe),
      };
    },
  };
}

/** The prefix of an id says what it is. */
async function findPayment(caller: StripeCaller, id: string): Promise<Payment | null> {
  if (id.startsWith('ch_') || id.startsWith('py_')) return { chargeId: id, intentId: null };
  const object = id.startsWith('re_') || id.startsWith('pyr_') ? refundOf(caller, id) : disputeOf(caller, id);
  const found = await object;
  const chargeId = idOf(found?.charge);
  return found === null || chargeId === null ? null : { chargeId, intentId: idOf(found.payment_intent) };
}

function refundOf(caller: StripeCaller, id: string): Promise<Stripe.Refund | null> {
  return caller.find((stripe) => stripe.refunds.retrieve(id));
}

function disputeOf(caller: StripeCaller, id: string): Promise<Stripe.Dispute | null> {
  return caller.find((stripe) => stripe.disputes.retrieve(id));
}

async function findInvoice(caller: StripeCaller, intentId: string | null): Promise<string | null> {
  if (intentId === null) return null;
  const { data } = await caller.call((stripe) =>
    stripe.invoicePayments.list({
      payment: { type: 'payment_intent', payment_intent: intentId },
      limit: 1,
    }),
  );
  return idOf(data[0]?.invoice);
}
