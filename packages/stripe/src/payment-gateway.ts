import type { Clock } from '@metergate/core';
import type { PaymentGateway } from '@metergate/core/payments/payment-gateway.ports';
import type Stripe from 'stripe';
import { CircuitBreaker } from './circuit-breaker.ts';
import { isUnavailable, stripeUnavailable } from './errors.ts';
import { catalogCalls } from './gateway/catalog.ts';
import { checkoutCalls } from './gateway/checkout.ts';
import { customerUpdateCall } from './gateway/customer-update.ts';
import { customerCalls } from './gateway/customers.ts';
import { dateCalls } from './gateway/dates.ts';
import { discountCalls } from './gateway/discounts.ts';
import { invoiceWriteCalls } from './gateway/invoice-writes.ts';
import { invoiceCalls } from './gateway/invoices.ts';
import { KnownPrices } from './gateway/known-prices.ts';
import { meterCalls } from './gateway/meters.ts';
import { pauseCalls } from './gateway/pauses.ts';
import { paymentMethodCalls } from './gateway/payment-methods.ts';
import { readCustomerCall } from './gateway/read-customer.ts';
import { repriceCalls } from './gateway/reprice.ts';
import { reversalCalls } from './gateway/reversals.ts';
import { scheduleCalls } from './gateway/schedules.ts';
import { StripeCaller } from './gateway/stripe-caller.ts';
import { subscriptionCalls } from './gateway/subscriptions.ts';
import { type RequestLane, RequestLimiter } from './request-limiter.ts';

export interface PaymentGatewayOptions {
  /** Wall-clock time: the circuit breaker measures how long Stripe has been silent. */
  clock: Clock;
  /** Of this process; null = no bound. */
  requestsPerSecond: number | null;
}

/** Interactive calls answer within five seconds; waiting for a turn may take some of them. */
const PATIENCE_MS = 3_000;

/** For a program with one purpose: no bound, no other lane. `clock` is wall-clock time. */
export function createPaymentGateway(stripe: Stripe, clock: Clock): PaymentGateway {
  return createPaymentGateways(stripe, { clock, requestsPerSecond: null }).interactive;
}

/** Two ways to the same Stripe: one breaker, one rate, and calls that somebody waits for go first. */
export function createPaymentGateways(
  stripe: Stripe,
  { clock, requestsPerSecond }: PaymentGatewayOptions,
): Readonly<Record<RequestLane, PaymentGateway>> {
  const breaker = new CircuitBreaker({
    clock,
    isFailure: isUnavailable,
    refuse: () => stripeUnavailable({ circuit: 'open' }),
  });
  const refuse = () => stripeUnavailable({ limit: 'requests_per_second' });
  const limiter =
    requestsPerSecond === null
      ? null
      : new RequestLimiter({ requestsPerSecond, patienceMs: PATIENCE_MS, refuse });
  const connection = { stripe, breaker, limiter, prices: new KnownPrices() };
  return {
    interactive: gatewayOf(new StripeCaller(connection, 'interactive')),
    background: gatewayOf(new StripeCaller(connection, 'background')),
  };
}

function gatewayOf(caller: StripeCaller): PaymentGateway {
  return {
    ...customerUpdateCall(caller),
    ...customerCalls(caller),
    ...meterCalls(caller),
    ...paymentMethodCalls(caller),
    ...readCustomerCall(caller),
    ...subscriptionCalls(caller),
    ...pauseCalls(caller),
    ...repriceCalls(caller),
    ...scheduleCalls(caller),
    ...dateCalls(caller),
    ...discountCalls(caller),
    ...checkoutCalls(caller),
    ...invoiceCalls(caller),
    ...invoiceWriteCalls(caller),
    ...reversalCalls(caller),
    ...catalogCalls(caller),
    availability: () => (caller.isUnavailable ? 'unavailable' : 'available'),
  };
}
