import type { Metadata } from '../wire/metadata.ts';
import type { DiscountRow } from './discount-rows.ts';

export type { CouponRow, DiscountRow, PromotionCodeRow } from './discount-rows.ts';

/** A stored object in wire form. Fields that begin with `_` are the emulator's own and are never sent. */
export interface Row {
  id: string;
  object: string;
  [field: string]: unknown;
}

export interface ListOf<T> {
  object: 'list';
  data: T[];
  has_more: boolean;
  url: string;
  total_count?: number;
}

export interface ProductRow extends Row {
  name: string;
  active: boolean;
  metadata: Metadata;
  _features: { id: string; feature: string }[];
}

export interface Tier {
  flat_amount: number | null;
  flat_amount_decimal: string | null;
  unit_amount: number | null;
  unit_amount_decimal: string | null;
  up_to: number | null;
}

/** The amounts of a price in one currency. */
export interface PriceAmounts {
  unit_amount: number | null;
  unit_amount_decimal: string | null;
  tiers?: Tier[];
}

export type Interval = 'day' | 'week' | 'month' | 'year';

export interface Recurring {
  interval: Interval;
  interval_count: number;
  meter: string | null;
  trial_period_days: number | null;
  usage_type: 'licensed' | 'metered';
}

export interface PriceRow extends Row {
  active: boolean;
  billing_scheme: 'per_unit' | 'tiered';
  currency: string;
  lookup_key: string | null;
  metadata: Metadata;
  nickname: string | null;
  product: string;
  recurring: Recurring | null;
  tiers_mode: 'graduated' | 'volume' | null;
  transform_quantity: { divide_by: number; round: 'up' | 'down' } | null;
  type: 'one_time' | 'recurring';
  unit_amount: number | null;
  unit_amount_decimal: string | null;
  created: number;
  _tiers: Tier[] | null;
  _currencies: Record<string, PriceAmounts>;
}

export interface CustomerRow extends Row {
  balance: number;
  created: number;
  currency?: string | null;
  email: string | null;
  name?: string | null;
  phone?: string | null;
  address?: unknown;
  default_source?: string | null;
  delinquent?: boolean;
  deleted?: boolean;
  discount?: DiscountRow | null;
  invoice_prefix?: string;
  next_invoice_sequence?: number;
  invoice_settings: {
    custom_fields: unknown;
    default_payment_method: string | null;
    footer: string | null;
    rendering_options: unknown;
  };
  metadata: Metadata;
  test_clock: string | null;
}

export interface PaymentMethodRow extends Row {
  billing_details: Record<string, unknown>;
  customer: string | null;
  metadata: Metadata | null;
  type: string;
  /** Absent for bank accounts. */
  card?: { brand: string; last4: string; exp_month: number; exp_year: number; [field: string]: unknown };
  /** Key of the card table that says how this card behaves. */
  _card: string;
  /** The holder authenticated the card for later use without them. */
  _isSetUp: boolean;
}

export interface IntentError {
  type: 'card_error';
  code: string;
  decline_code?: string;
  message: string;
  [field: string]: unknown;
}

export interface PaymentIntentRow extends Row {
  amount: number;
  amount_received: number;
  client_secret: string;
  created: number;
  currency: string;
  customer: string | null;
  last_payment_error: IntentError | null;
  latest_charge: string | null;
  metadata: Metadata;
  payment_method: string | null;
  setup_future_usage: string | null;
  capture_method: string;
  status:
    | 'requires_payment_method'
    | 'requires_confirmation'
    | 'requires_action'
    | 'processing'
    | 'requires_capture'
    | 'canceled'
    | 'succeeded';
  _invoice: string | null;
  _returnUrl: string | null;
}

export interface SetupIntentRow extends Row {
  client_secret: string;
  customer: string | null;
  last_setup_error: IntentError | null;
  payment_method: string | null;
  status: 'requires_payment_method' | 'requires_confirmation' | 'requires_action' | 'canceled' | 'succeeded';
  _returnUrl: string | null;
  _subscription: string | null;
}

export interface ChargeRow extends Row {
  amount: number;
  amount_refunded: number;
  created: number;
  currency: string;
  customer: string | null;
  paid: boolean;
  payment_intent: string | null;
  payment_method: string | null;
  refunded: boolean;
  disputed: boolean;
  status: 'succeeded' | 'failed' | 'pending';
}
