import { completeCheckout, needsChallenge } from '../payments/complete-checkout.ts';
import { codeByText } from '../resources/catalog/promotion-codes.ts';
import { withPromotionCode } from '../resources/sessions/checkout-sessions.ts';
import type { CheckoutSessionRow } from '../store/session-rows.ts';
import { invalidRequest } from '../wire/errors.ts';
import type { World } from '../world.ts';
import { attempt, readCardForm } from './card-form.ts';
import { challenge } from './challenge.ts';
import { amountOf, type CheckoutState, checkoutView, notice } from './checkout-view.ts';
import type { PageAnswer, PageRequest } from './pages.ts';

/** The hosted checkout page `/c/pay/:session`, its submission and its 3-D Secure step. */
export function checkoutPage(world: World, request: PageRequest, id: string): PageAnswer {
  const session = world.store.get('checkout.session', id);
  if (!session) return { status: 404, html: notice('This checkout session does not exist.') };
  if (session.status !== 'open') {
    return {
      status: 410,
      html: notice(
        session.status === 'expired' ? 'This checkout session has expired.' : 'You are all done here.',
      ),
    };
  }
  if (request.method !== 'POST') return shown(world, session);
  const action = String(request.form.action ?? 'pay');
  if (action === 'remove_promotion') return applyCode(world, session, '');
  if (action === 'promotion')
    return applyCode(world, session, String(request.form.promotionCode ?? '').trim() || '?');
  if (action === 'complete' || action === 'fail') return finishChallenge(world, session, action);
  return submit(world, session, request);
}

function submit(world: World, session: CheckoutSessionRow, request: PageRequest): PageAnswer {
  let isChallenged = false;
  const problem = attempt(world, () => {
    const email = String(request.form.email ?? session.customer_email ?? '');
    const known = session.customer ? world.store.get('customer', session.customer)?.email : null;
    if (!known && !/^\S+@\S+$/.test(email)) throw invalidRequest('Your email is incomplete.');
    const method = readCardForm(world, { ...request.form, email: known ?? email });
    if (needsChallenge({ method })) {
      world.store.put('checkout.session', {
        ...session,
        _pendingPaymentMethod: method.id,
        _email: known ?? email,
      });
      isChallenged = true;
      return;
    }
    completeCheckout(world, session, {
      email: known ?? email,
      name: String(request.form.billingName ?? ''),
      method,
      isAuthenticated: false,
    });
  });
  if (problem) return shown(world, session, { problem, values: request.form });
  if (isChallenged) return { status: 200, html: challenge(amountOf(session)) };
  return { status: 303, location: successUrl(session) };
}

function finishChallenge(world: World, session: CheckoutSessionRow, action: string): PageAnswer {
  const method = session._pendingPaymentMethod
    ? world.store.get('payment_method', session._pendingPaymentMethod)
    : undefined;
  if (!method) return shown(world, session);
  const problem = attempt(world, () => {
    if (action === 'fail')
      throw invalidRequest(
        'We are unable to authenticate your payment method. Please choose a different payment method and try again.',
      );
    const email = typeof session._email === 'string' ? session._email : '';
    completeCheckout(world, session, {
      email,
      name: String(method.billing_details.name ?? ''),
      method,
      isAuthenticated: true,
    });
  });
  const values = { email: session._email, billingName: method.billing_details.name };
  if (problem) return shown(world, session, { problem, values });
  return { status: 303, location: successUrl(session) };
}

/** A code of '' takes back the one that was applied. */
function applyCode(world: World, session: CheckoutSessionRow, text: string): PageAnswer {
  if (!session.allow_promotion_codes) return shown(world, session);
  const code = codeByText(world, text);
  const refused = { codeProblem: 'This code is invalid.', values: { promotionCode: text } };
  if (text !== '' && !code) return shown(world, session, refused);
  const problem = attempt(world, () => {
    withPromotionCode(world, session, code?.id ?? null);
  });
  const updated = world.store.get('checkout.session', session.id) ?? session;
  return shown(world, updated, problem ? refused : {});
}

function shown(world: World, session: CheckoutSessionRow, state: CheckoutState = {}): PageAnswer {
  return { status: state.problem ? 402 : 200, html: checkoutView(world, session, state) };
}

function successUrl(session: CheckoutSessionRow): string {
  return (session.success_url ?? '/').replaceAll('{CHECKOUT_SESSION_ID}', session.id);
}
