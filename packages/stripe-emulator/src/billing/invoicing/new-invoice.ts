import { blankInvoice } from '../../shapes/invoices.ts';

/** What every invoice begins with, real or previewed. */
export const NEW_INVOICE = {
  ...blankInvoice,
  account_country: 'US',
  account_name: 'Metergate (test)',
  amount_due: 0,
  amount_overpaid: 0,
  amount_paid: 0,
  amount_remaining: 0,
  amount_shipping: 0,
  attempt_count: 0,
  issuer: { type: 'self' },
  post_payment_credit_notes_amount: 0,
  pre_payment_credit_notes_amount: 0,
  status: 'draft' as const,
  subtotal: 0,
  total: 0,
  total_discount_amounts: [],
  total_pretax_credit_amounts: [],
  total_taxes: [],
  _paymentIntent: null,
};
