import { couponRoutes } from './resources/catalog/coupons.ts';
import { entitlementRoutes } from './resources/catalog/entitlements.ts';
import { planRoutes } from './resources/catalog/plans.ts';
import { priceRoutes } from './resources/catalog/prices.ts';
import { productRoutes } from './resources/catalog/products.ts';
import { promotionCodeRoutes } from './resources/catalog/promotion-codes.ts';
import { taxRateRoutes } from './resources/catalog/tax-rates.ts';
import { cardSourceRoutes } from './resources/customers/card-sources.ts';
import { customerBalanceRoutes } from './resources/customers/customer-balance.ts';
import { customerRoutes } from './resources/customers/customers.ts';
import { taxIdRoutes } from './resources/customers/tax-ids.ts';
import { creditNoteRoutes } from './resources/invoices/credit-notes.ts';
import { invoicePaymentRoutes } from './resources/invoices/invoice-payments.ts';
import { invoiceItemRoutes } from './resources/invoices/invoiceitems.ts';
import { invoiceRoutes } from './resources/invoices/invoices.ts';
import { lineOperationRoutes } from './resources/invoices/line-operations.ts';
import { chargeRoutes } from './resources/payments/charges.ts';
import { disputeRoutes } from './resources/payments/disputes.ts';
import { paymentIntentRoutes } from './resources/payments/payment-intents.ts';
import { paymentMethodRoutes } from './resources/payments/payment-methods.ts';
import { refundRoutes } from './resources/payments/refunds.ts';
import { setupIntentRoutes } from './resources/payments/setup-intents.ts';
import { eventDestinationRoutes } from './resources/platform/event-destinations.ts';
import { eventRoutes } from './resources/platform/events.ts';
import { searchRoutes } from './resources/platform/search.ts';
import { testClockRoutes } from './resources/platform/test-clocks.ts';
import { webhookEndpointRoutes } from './resources/platform/webhook-endpoints.ts';
import { checkoutRoutes } from './resources/sessions/checkout-sessions.ts';
import { paymentPageRoutes } from './resources/sessions/payment-pages.ts';
import { portalRoutes } from './resources/sessions/portal.ts';
import { subscriptionItemRoutes } from './resources/subscriptions/subscription-items.ts';
import { subscriptionScheduleRoutes } from './resources/subscriptions/subscription-schedules.ts';
import { subscriptionRoutes } from './resources/subscriptions/subscriptions.ts';
import { meterEventRoutes } from './resources/usage/meter-events.ts';
import { meterRoutes } from './resources/usage/meters.ts';
import { v2Routes } from './resources/usage/v2-meter-events.ts';
import type { Route } from './server/router.ts';

export const routes: Route[] = [
  ...productRoutes,
  ...priceRoutes,
  ...customerRoutes,
  ...paymentMethodRoutes,
  ...setupIntentRoutes,
  ...paymentIntentRoutes,
  ...chargeRoutes,
  ...checkoutRoutes,
  ...paymentPageRoutes,
  ...portalRoutes,
  ...subscriptionRoutes,
  ...subscriptionItemRoutes,
  ...invoiceRoutes,
  ...lineOperationRoutes,
  ...invoiceItemRoutes,
  ...invoicePaymentRoutes,
  ...meterRoutes,
  ...meterEventRoutes,
  ...eventRoutes,
  ...webhookEndpointRoutes,
  ...couponRoutes,
  ...promotionCodeRoutes,
  ...planRoutes,
  ...cardSourceRoutes,
  ...taxRateRoutes,
  ...testClockRoutes,
  ...refundRoutes,
  ...disputeRoutes,
  ...creditNoteRoutes,
  ...customerBalanceRoutes,
  ...entitlementRoutes,
  ...subscriptionScheduleRoutes,
  ...searchRoutes,
  ...v2Routes,
  ...eventDestinationRoutes,
  ...taxIdRoutes,
];
