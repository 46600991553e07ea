import { completeCheckout } from '../../payments/complete-checkout.ts';
import type { Call, Route } from '../../server/router.ts';
import { invalidRequest } from '../../wire/errors.ts';
import { requirePaymentMethod } from '../find.ts';
import { requireSession } from './checkout-sessions.ts';

/**
 * What the hosted checkout page itself calls; undocumented, but Stripe's command line uses it to complete a
 * session without a browser.
 */
function confirm({ world, params, id }: Call) {
  const session = requireSession(world, id);
  if (session.status !== 'open') {
    throw invalidRequest(`This Checkout Session is ${session.status}.`, undefined, 'checkout_not_active');
  }
  const expected = params.integer('expected_amount');
  if (expected !== undefined && expected !== session.amount_total) {
    throw invalidRequest(
      'The amount of the session has changed.',
      'expected_amount',
      'checkout_amount_mismatch',
    );
  }
  const method = requirePaymentMethod(world, params.requireText('payment_method'), 'payment_method');
  const { email, name } = method.billing_details;
  return completeCheckout(world, session, {
    email: typeof email === 'string' ? email : (session.customer_email ?? ''),
    name: typeof name === 'string' ? name : '',
    method,
    isAuthenticated: false,
  });
}

export const paymentPageRoutes: Route[] = [
  { method: 'GET', path: '/v1/payment_pages/:id', handler: ({ world, id }) => requireSession(world, id) },
  { method: 'POST', path: '/v1/payment_pages/:id/confirm', handler: confirm },
];
