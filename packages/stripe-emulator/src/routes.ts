import { chargeRoutes } from './resources/charges.ts';
import { checkoutRoutes } from './resources/checkout-sessions.ts';
import { couponRoutes } from './resources/coupons.ts';
import { creditNoteRoutes } from './resources/credit-notes.ts';
import { customerBalanceRoutes } from './resources/customer-balance.ts';
import { customerRoutes } from './resources/customers.ts';
import { entitlementRoutes } from './resources/entitlements.ts';
import { eventRoutes } from './resources/events.ts';
import { invoicePaymentRoutes } from './resources/invoice-payments.ts';
import { invoiceItemRoutes } from './resources/invoiceitems.ts';
import { invoiceRoutes } from './resources/invoices.ts';
import { meterEventRoutes } from './resources/meter-events.ts';
import { meterRoutes } from './resources/meters.ts';
import { paymentIntentRoutes } from './resources/payment-intents.ts';
import { paymentMethodRoutes } from './resources/payment-methods.ts';
import { portalRoutes } from './resources/portal.ts';
import { priceRoutes } from './resources/prices.ts';
import { productRoutes } from './resources/products.ts';
import { refundRoutes } from './resources/refunds.ts';
import { searchRoutes } from './resources/search.ts';
import { setupIntentRoutes } from './resources/setup-intents.ts';
import { subscriptionItemRoutes } from './resources/subscription-items.ts';
import { subscriptionScheduleRoutes } from './resources/subscription-schedules.ts';
import { subscriptionRoutes } from './resources/subscriptions.ts';
import { taxIdRoutes } from './resources/tax-ids.ts';
import { testClockRoutes } from './resources/test-clocks.ts';
import { v2Routes } from './resources/v2-meter-events.ts';
import { webhookEndpointRoutes } from './resources/webhook-endpoints.ts';
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
  ...portalRoutes,
  ...subscriptionRoutes,
  ...subscriptionItemRoutes,
  ...invoiceRoutes,
  ...invoiceItemRoutes,
  ...invoicePaymentRoutes,
  ...meterRoutes,
  ...meterEventRoutes,
  ...eventRoutes,
  ...webhookEndpointRoutes,
  ...couponRoutes,
  ...testClockRoutes,
  ...refundRoutes,
  ...creditNoteRoutes,
  ...customerBalanceRoutes,
  ...entitlementRoutes,
  ...subscriptionScheduleRoutes,
  ...searchRoutes,
  ...v2Routes,
  ...taxIdRoutes,
];
