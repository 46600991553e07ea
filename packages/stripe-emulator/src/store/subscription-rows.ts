import type { Metadata } from '../wire/metadata.ts';
import type { ListOf, PriceRow, Row } from './rows.ts';

type SubscriptionStatus =
  | 'incomplete'
  | 'incomplete_expired'
  | 'trialing'
  | 'active'
  | 'past_due'
  | 'canceled'
  | 'unpaid'
  | 'paused';

/** What was really billed for one item for a whole period, after the discounts of then: the base of credits. */
interface ChargedBasis {
  amount: number;
  periodStart: number;
  periodEnd: number;
  invoice: string | null;
  lines: string[];
}

export interface SubscriptionItemRow extends Row {
  created: number;
  current_period_end: number;
  current_period_start: number;
  discounts: string[];
  metadata: Metadata;
  plan: Row;
  price: PriceRow;
  quantity?: number;
  subscription: string;
  tax_rates: Row[] | null;
  _charged: ChargedBasis | null;
  /** The item's period counted from the anchor; absent = the subscription's. */
  _periodIndex?: number;
}

interface PendingUpdate {
  expires_at: number;
  [field: string]: unknown;
}

export interface SubscriptionRow extends Row {
  billing_cycle_anchor: number;
  cancel_at: number | null;
  cancel_at_period_end: boolean;
  canceled_at: number | null;
  cancellation_details: Record<string, unknown> | null;
  collection_method: 'charge_automatically' | 'send_invoice';
  created: number;
  currency: string;
  customer: string;
  days_until_due: number | null;
  default_payment_method: string | null;
  default_tax_rates: Row[];
  description: string | null;
  discounts: string[];
  ended_at: number | null;
  items: ListOf<SubscriptionItemRow>;
  latest_invoice: string | null;
  metadata: Metadata;
  pause_collection: { behavior: string; resumes_at: number | null } | null;
  pending_setup_intent: string | null;
  pending_update: PendingUpdate | null;
  schedule: string | null;
  start_date: number;
  status: SubscriptionStatus;
  test_clock: string | null;
  trial_end: number | null;
  trial_settings: {
    end_behavior: { billing_cycle_anchor: string | null; missing_payment_method: string };
  } | null;
  trial_start: number | null;
  /** The period's number counted from the anchor; boundaries are always computed from the anchor (no drift). */
  _periodIndex: number;
  _trialNoticeSent: boolean;
  /** End of the period for which `invoice.upcoming` was sent. */
  _upcomingSentFor: number | null;
  /** Parameters that `pending_update` applies once its invoice is paid. */
  _pendingParams: Record<string, unknown> | null;
  _pendingInvoice: string | null;
  _pausedRemaining: number | null;
  /** What a paused subscription becomes once the invoice of its resumption is paid. */
  _resumption?: Partial<SubscriptionRow> | null;
  _resumesWith?: string | null;
}
