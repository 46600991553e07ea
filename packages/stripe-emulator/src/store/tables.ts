import type { InvoiceItemRow, InvoicePaymentRow, InvoiceRow, SubscriptionRow } from './billing-rows.ts';
import type {
  ChargeRow,
  CouponRow,
  CustomerRow,
  DiscountRow,
  PaymentIntentRow,
  PaymentMethodRow,
  PriceRow,
  ProductRow,
  PromotionCodeRow,
  Row,
  SetupIntentRow,
} from './rows.ts';
import type {
  CheckoutSessionRow,
  DeliveryRow,
  EventRow,
  FeatureRow,
  IdempotencyRow,
  MeterEventRow,
  MeterRow,
  PortalConfigurationRow,
  PortalSessionRow,
  ScheduleRow,
  SettingRow,
  TestClockRow,
  WebhookEndpointRow,
} from './session-rows.ts';

export interface Tables {
  product: ProductRow;
  price: PriceRow;
  customer: CustomerRow;
  payment_method: PaymentMethodRow;
  setup_intent: SetupIntentRow;
  payment_intent: PaymentIntentRow;
  charge: ChargeRow;
  refund: Row;
  dispute: Row;
  coupon: CouponRow;
  promotion_code: PromotionCodeRow;
  discount: DiscountRow;
  tax_rate: Row;
  tax_id: Row;
  card: Row;
  subscription: SubscriptionRow;
  subscription_schedule: ScheduleRow;
  invoice: InvoiceRow;
  invoiceitem: InvoiceItemRow;
  invoice_payment: InvoicePaymentRow;
  credit_note: Row;
  customer_balance_transaction: Row;
  'checkout.session': CheckoutSessionRow;
  'billing_portal.session': PortalSessionRow;
  'billing_portal.configuration': PortalConfigurationRow;
  event: EventRow;
  webhook_endpoint: WebhookEndpointRow;
  delivery: DeliveryRow;
  'billing.meter': MeterRow;
  meter_event: MeterEventRow;
  'test_helpers.test_clock': TestClockRow;
  'entitlements.feature': FeatureRow;
  'entitlements.active_entitlement': Row;
  idempotency: IdempotencyRow;
  setting: SettingRow;
  thin_event: Row;
}

export type Kind = keyof Tables;

/** Which kind an id belongs to, by its prefix; used by `expand`. */
export const KIND_BY_PREFIX: Record<string, Kind> = {
  prod: 'product',
  price: 'price',
  cus: 'customer',
  pm: 'payment_method',
  seti: 'setup_intent',
  pi: 'payment_intent',
  ch: 'charge',
  card: 'card',
  re: 'refund',
  du: 'dispute',
  promo: 'promotion_code',
  di: 'discount',
  txr: 'tax_rate',
  sub: 'subscription',
  sub_sched: 'subscription_schedule',
  in: 'invoice',
  ii: 'invoiceitem',
  inpay: 'invoice_payment',
  cn: 'credit_note',
  cbtxn: 'customer_balance_transaction',
  cs: 'checkout.session',
  bpc: 'billing_portal.configuration',
  clock: 'test_helpers.test_clock',
  feat: 'entitlements.feature',
  mtr: 'billing.meter',
};
