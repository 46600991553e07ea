import type { Clock } from '@metergate/core';
import type { PaymentGateway } from '@metergate/core/payments/payment-gateway.ports';
import type Stripe from 'stripe';
import { CircuitBreaker } from './circuit-breaker.ts';
import { isUnavailable, stripeUnavailable } from './errors.ts';
import { catalogCalls } from './gateway/catalog.ts';
import { checkoutCalls } from './gateway/checkout.ts';
import { customerCalls } from './gateway/customers.ts';
import { invoiceWriteCalls } from './gateway/invoice-writes.ts';
import { invoiceCalls } from './gateway/invoices.ts';
import { meterCalls } from './gateway/meters.ts';
import { paymentMethodCalls } from './gateway/payment-methods.ts';
import { reversalCalls } from './gateway/reversals.ts';
import { scheduleCalls } from './gateway/schedules.ts';
import { StripeCaller } from './gateway/stripe-caller.ts';
import { subscriptionCalls } from './gateway/subscriptions.ts';

/** `clock` is wall-clock time: the circuit breaker measures how long Stripe has been silent. */
export function createPaymentGateway(stripe: Stripe, clock: Clock): PaymentGateway {
  const breaker = new CircuitBreaker({
    clock,
    isFailure: isUnavailable,
    refuse: () => stripeUnavailable({ circuit: 'open' }),
  });
  const caller = new StripeCaller(stripe, breaker);
  return {
    ...customerCalls(caller),
    ...meterCalls(caller),
    ...paymentMethodCalls(caller),
    ...subscriptionCalls(caller),
    ...scheduleCalls(caller),
    ...checkoutCalls(caller),
    ...invoiceCalls(caller),
    ...invoiceWriteCalls(caller),
    ...reversalCalls(caller),
    ...catalogCalls(caller),
    availability: () => (caller.isUnavailable ? 'unavailable' : 'available'),
  };
}
