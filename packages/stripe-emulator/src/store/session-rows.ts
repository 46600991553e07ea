import type { Metadata } from '../wire/metadata.ts';
import type { Row } from './rows.ts';

export interface CheckoutSessionRow extends Row {
  cancel_url: string | null;
  client_reference_id: string | null;
  created: number;
  currency: string | null;
  customer: string | null;
  customer_email: string | null;
  expires_at: number;
  invoice: string | null;
  metadata: Metadata;
  mode: 'subscription' | 'payment' | 'setup';
  payment_intent: string | null;
  setup_intent: string | null;
  status: 'open' | 'complete' | 'expired';
  subscription: string | null;
  success_url: string | null;
  test_clock?: string | null;
  _params: Record<string, unknown>;
  _lines: Row[];
  _pendingPaymentMethod: string | null;
  _promotionCode: string | null;
}

export interface PortalSessionRow extends Row {
  configuration: string;
  customer: string;
  return_url: string | null;
  flow: Record<string, unknown> | null;
}

export interface PortalConfigurationRow extends Row {
  active: boolean;
  is_default: boolean;
  features: Record<string, unknown>;
  default_return_url: string | null;
}

export interface EventRow extends Row {
  type: string;
  created: number;
  api_version: string;
  data: { object: Record<string, unknown>; previous_attributes?: Record<string, unknown> };
  pending_webhooks: number;
  request: { id: string | null; idempotency_key: string | null };
}

export interface WebhookEndpointRow extends Row {
  url: string;
  status: 'enabled' | 'disabled';
  enabled_events: string[];
  api_version: string | null;
  metadata: Metadata;
  _secrets: string[];
}

export interface DeliveryRow extends Row {
  endpoint: string;
  event: string;
  eventType: string;
  status: 'pending' | 'delivered' | 'failed' | 'dropped';
  attempts: { at: string; httpStatus: number | null; error: string | null; durationMs: number }[];
  /** Wall-clock milliseconds of the next attempt. */
  nextAttemptAtMs: number | null;
}

export interface MeterRow extends Row {
  display_name: string;
  event_name: string;
  status: 'active' | 'inactive';
  customer_mapping: { event_payload_key: string; type: 'by_id' };
  default_aggregation: { formula: 'sum' | 'count' | 'last' };
  value_settings: { event_payload_key: string };
}

export interface MeterEventRow extends Row {
  meter: string;
  customer: string;
  identifier: string;
  timestamp: number;
  created: number;
  value: string;
  isCanceled: boolean;
}

export interface TestClockRow extends Row {
  frozen_time: number;
  name: string | null;
  status: 'advancing' | 'ready' | 'internal_failure';
}

export interface FeatureRow extends Row {
  active: boolean;
  lookup_key: string;
  name: string;
  metadata: Metadata;
}

export interface IdempotencyRow extends Row {
  fingerprint: string;
  status: number;
  body: unknown;
  requestId: string;
}

/** One row of emulator state: clock, faults. */
export interface SettingRow extends Row {
  value: unknown;
}

export interface PhaseItem {
  price: string;
  quantity?: number;
  metadata?: Metadata;
  tax_rates?: Row[];
  [field: string]: unknown;
}

export interface Phase {
  start_date: number;
  end_date: number;
  items: PhaseItem[];
  proration_behavior: 'create_prorations' | 'always_invoice' | 'none';
  metadata: Metadata | null;
  trial_end: number | null;
  discounts: { coupon: string | null; discount: string | null; promotion_code: string | null }[];
  [field: string]: unknown;
}

export interface ScheduleRow extends Row {
  customer: string;
  status: 'not_started' | 'active' | 'completed' | 'released' | 'canceled';
  subscription: string | null;
  released_subscription: string | null;
  end_behavior: 'release' | 'cancel';
  phases: Phase[];
  current_phase: { start_date: number; end_date: number } | null;
  metadata: Metadata | null;
  test_clock: string | null;
}
