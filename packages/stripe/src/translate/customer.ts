import type {
  CustomerSnapshot,
  PaymentMethodSnapshot,
} from '@metergate/core/payments/payment-method-snapshot';
import type { CheckoutSessionSnapshot } from '@metergate/core/subscriptions/subscription-gateway.ports';
import type Stripe from 'stripe';
import { idOf, oneOf, requireInstant } from './values.ts';

export function customerFromStripe(customer: Stripe.Customer | Stripe.DeletedCustomer): CustomerSnapshot {
  if (customer.deleted === true) {
    return {
      stripeCustomerId: customer.id,
      isLive: false,
      isDeleted: true,
      stripeDefaultPaymentMethodId: null,
      email: null,
      name: null,
      metadata: {},
    };
  }
  return {
    stripeCustomerId: customer.id,
    isLive: customer.livemode,
    isDeleted: false,
    stripeDefaultPaymentMethodId: idOf(customer.invoice_settings?.default_payment_method),
    email: customer.email,
    name: customer.name ?? null,
    metadata: customer.metadata,
  };
}

/** `defaultId` is the customer's default: the method itself does not know whether it is one. */
export function paymentMethodFromStripe(
  method: Stripe.PaymentMethod,
  defaultId: string | null,
): PaymentMethodSnapshot {
  const card = method.card;
  return {
    stripePaymentMethodId: method.id,
    stripeCustomerId: idOf(method.customer),
    brand: card?.brand ?? method.type,
    last4: card?.last4 ?? '',
    expMonth: card?.exp_month ?? 12,
    // Methods that never expire sort after every card.
    expYear: card?.exp_year ?? 9999,
    isDefault: method.id === defaultId,
    createdAt: requireInstant(method.created, 'payment_method.created'),
  };
}

export function checkoutSessionFromStripe(session: Stripe.Checkout.Session): CheckoutSessionSnapshot {
  return {
    stripeSessionId: session.id,
    stripeCustomerId: idOf(session.customer),
    organizationId: session.client_reference_id,
    isLive: session.livemode,
    status: oneOf(['open', 'complete', 'expired'], session.status, 'checkout.session.status'),
    paymentStatus: oneOf(
      ['paid', 'unpaid', 'no_payment_required'],
      session.payment_status,
      'checkout.session.payment_status',
    ),
    mode: oneOf(['subscription', 'setup', 'payment'], session.mode, 'checkout.session.mode'),
    url: session.url,
    expiresAt: requireInstant(session.expires_at, 'checkout.session.expires_at'),
    stripeSubscriptionId: idOf(session.subscription),
    metadata: session.metadata ?? {},
  };
}
