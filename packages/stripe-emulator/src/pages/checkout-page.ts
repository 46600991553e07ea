import { completeCheckout, needsChallenge } from '../payments/complete-checkout.ts';
import { withPromotionCode } from '../resources/sessions/checkout-sessions.ts';
import type { CheckoutSessionRow } from '../store/session-rows.ts';
import { invalidRequest } from '../wire/errors.ts';
import { isRecord } from '../wire/params.ts';
import type { World } from '../world.ts';
import { attempt, cardFields, readCardForm } from './card-form.ts';
import { challenge } from './challenge.ts';
import { document, type Html, html, money } from './layout.ts';
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
  if (request.method !== 'POST') return { status: 200, html: form(world, session, {}) };
  const action = String(request.form.action ?? 'pay');
  if (action === 'promotion') return applyCode(world, session, String(request.form.promotionCode ?? ''));
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
  if (problem) return { status: 402, html: form(world, session, { problem, values: request.form }) };
  if (isChallenged) return { status: 200, html: challenge(amountOf(session)) };
  return { status: 303, location: successUrl(session) };
}

function finishChallenge(world: World, session: CheckoutSessionRow, action: string): PageAnswer {
  const method = session._pendingPaymentMethod
    ? world.store.get('payment_method', session._pendingPaymentMethod)
    : undefined;
  if (!method) return { status: 200, html: form(world, session, {}) };
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
  if (problem) return { status: 402, html: form(world, session, { problem }) };
  return { status: 303, location: successUrl(session) };
}

function applyCode(world: World, session: CheckoutSessionRow, text: string): PageAnswer {
  const code = world.store
    .all('promotion_code')
    .find((row) => row.active && row.code.toLowerCase() === text.trim().toLowerCase());
  if (!code) return { status: 200, html: form(world, session, { problem: 'This code is invalid.' }) };
  const updated = withPromotionCode(world, session, code.id);
  world.store.commit();
  return { status: 200, html: form(world, updated, {}) };
}

function successUrl(session: CheckoutSessionRow): string {
  return (session.success_url ?? '/').replaceAll('{CHECKOUT_SESSION_ID}', session.id);
}

function amountOf(session: CheckoutSessionRow): string {
  return money(Number(session.amount_total ?? 0), session.currency ?? 'usd');
}

function notice(text: string): string {
  return document(
    'Checkout',
    html`<div class="card"><h1>${text}</h1><p class="soft">You can close this page.</p></div>`,
  );
}

function form(
  world: World,
  session: CheckoutSessionRow,
  { problem = null, values = {} }: { problem?: string | null; values?: Record<string, unknown> },
): string {
  const customer = session.customer ? world.store.get('customer', session.customer) : undefined;
  const email = customer?.email ?? String(values.email ?? session.customer_email ?? '');
  const verb =
    session.mode === 'setup' ? 'Save card' : session.mode === 'subscription' ? 'Subscribe and pay' : 'Pay';
  const label = session.mode === 'setup' ? verb : `${verb} ${amountOf(session)}`;
  return document(
    'Checkout',
    html`<div class="split">
<section aria-label="Order summary">
${session.cancel_url ? html`<p><a href="${session.cancel_url}">← Back</a></p>` : null}
<h1>${session.mode === 'setup' ? 'Save a payment method' : 'Your order'}</h1>
${session.mode === 'setup' ? null : html`<div class="amount">${amountOf(session)}</div>`}
${summary(session)}
${session.allow_promotion_codes ? promotionForm(world, session) : null}
</section>
<section class="card" aria-label="Payment details">
${problem ? html`<p class="error" role="alert">${problem}</p>` : null}
<form method="post" autocomplete="on">
<h2>Contact and payment</h2>
<label for="email">Email</label>
<input id="email" name="email" type="email" autocomplete="email" value="${email}" ${customer?.email ? 'readonly' : ''} required>
${cardFields()}
<button class="wide" type="submit" name="action" value="pay">${label}</button>
</form>
<p class="soft">Test cards: 4242 4242 4242 4242 pays, 4000 0027 6000 3184 asks for authentication, 4000 0000 0000 9995 is declined.</p>
</section></div>`,
  );
}

function promotionForm(world: World, session: CheckoutSessionRow): Html {
  const applied = session._promotionCode
    ? world.store.get('promotion_code', session._promotionCode)
    : undefined;
  if (applied) return html`<p>Promotion code <span class="tag">${applied.code}</span> is applied.</p>`;
  return html`<form method="post"><label for="promotionCode">Promotion code</label><div class="row"><input id="promotionCode" name="promotionCode" style="flex:1" required><button class="plain" name="action" value="promotion">Apply</button></div></form>`;
}

function summary(session: CheckoutSessionRow): Html {
  return html`<table><tbody>${session._lines.map((line) => {
    const recurring =
      isRecord(line.price) && isRecord(line.price.recurring) ? ` per ${line.price.recurring.interval}` : '';
    return html`<tr><td>${line.description}<div class="soft">${line.quantity === null ? 'Billed by usage' : `Quantity ${line.quantity}`}</div></td><td class="number">${money(Number(line.amount_total), String(line.currency))}${recurring}</td></tr>`;
  })}</tbody></table>`;
}
