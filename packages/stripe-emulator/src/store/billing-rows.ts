import type { TaxAmount } from '../billing/amounts/taxes.ts';
import type { Metadata } from '../wire/metadata.ts';
import type { ListOf, Row } from './rows.ts';

export type { SubscriptionItemRow, SubscriptionRow } from './subscription-rows.ts';

export interface DiscountAmount {
  amount: number;
  discount: string;
}

export interface LineRow extends Row {
  amount: number;
  currency: string;
  description: string | null;
  discount_amounts: DiscountAmount[];
  discountable: boolean;
  discounts: string[];
  invoice: string | null;
  metadata: Metadata;
  parent: {
    invoice_item_details: Record<string, unknown> | null;
    subscription_item_details: {
      invoice_item: string | null;
      proration: boolean;
      proration_details: { credited_items: Record<string, unknown> | null } | null;
      subscription: string | null;
      subscription_item: string;
    } | null;
    type: 'invoice_item_details' | 'subscription_item_details';
  };
  period: { start: number; end: number };
  pricing: {
    price_details: { price: string; product: string };
    type: 'price_details';
    unit_amount_decimal: string | null;
  } | null;
  quantity: number | null;
  quantity_decimal: string | null;
  subscription: string | null;
  subtotal: number;
  taxes: TaxAmount[];
  _taxRates?: Row[];
}

export interface InvoiceItemRow extends Row {
  amount: number;
  currency: string;
  customer: string;
  date: number;
  description: string | null;
  discountable: boolean;
  discounts: string[];
  invoice: string | null;
  metadata: Metadata;
  period: { start: number; end: number };
  pricing: LineRow['pricing'];
  proration: boolean;
  quantity: number;
  quantity_decimal: string;
  tax_rates: Row[] | null;
  test_clock: string | null;
  _subscription: string | null;
  _subscriptionItem: string | null;
  _credited: Record<string, unknown> | null;
}

export interface InvoiceRow extends Row {
  amount_due: number;
  amount_paid: number;
  amount_remaining: number;
  attempt_count: number;
  attempted: boolean;
  auto_advance: boolean;
  automatically_finalizes_at: number | null;
  billing_reason: string;
  collection_method: 'charge_automatically' | 'send_invoice';
  created: number;
  currency: string;
  customer: string;
  default_payment_method: string | null;
  default_tax_rates: Row[];
  description: string | null;
  discounts: string[];
  due_date: number | null;
  ending_balance: number | null;
  lines: ListOf<LineRow>;
  metadata: Metadata;
  next_payment_attempt: number | null;
  number: string | null;
  parent: {
    quote_details: null;
    subscription_details: { metadata: Metadata; subscription: string; subscription_proration_date?: number };
    type: 'subscription_details';
  } | null;
  period_end: number;
  period_start: number;
  post_payment_credit_notes_amount: number;
  pre_payment_credit_notes_amount: number;
  starting_balance: number;
  status: 'draft' | 'open' | 'paid' | 'uncollectible' | 'void';
  status_transitions: {
    finalized_at: number | null;
    marked_uncollectible_at: number | null;
    paid_at: number | null;
    voided_at: number | null;
  };
  subtotal: number;
  test_clock: string | null;
  total: number;
  _paymentIntent: string | null;
  _hostedKey: string;
}

export interface InvoicePaymentRow extends Row {
  amount_paid: number | null;
  amount_requested: number;
  created: number;
  currency: string;
  invoice: string;
  is_default: boolean;
  payment: { type: 'payment_intent'; payment_intent: string };
  status: 'open' | 'paid' | 'canceled';
  status_transitions: { canceled_at: number | null; paid_at: number | null };
}
