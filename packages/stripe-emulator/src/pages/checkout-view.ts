import type { CheckoutSessionRow } from '../store/session-rows.ts';
import { isRecord } from '../wire/params.ts';
import type { World } from '../world.ts';
import { cardFields } from './card-form.ts';
import { document, type Html, html, money } from './layout.ts';

/** What went wrong with the last submission, and what was typed into it. */
export interface CheckoutState {
  problem?: string | null;
  codeProblem?: string | null;
  values?: Record<string, unknown>;
}

export function amountOf(session: CheckoutSessionRow): string {
  return money(Number(session.amount_total ?? 0), session.currency ?? 'usd');
}

export function notice(text: string): string {
  return document(
    'Checkout',
    html`<div class="card narrow"><h1>${text}</h1><p class="soft">You can close this page.</p></div>`,
  );
}

export function checkoutView(
  world: World,
  session: CheckoutSessionRow,
  { problem = null, codeProblem = null, values = {} }: CheckoutState,
): string {
  const isSetup = session.mode === 'setup';
  const verb = isSetup ? 'Save card' : session.mode === 'subscription' ? 'Subscribe and pay' : 'Pay';
  return document(
    isSetup ? 'Save a payment method' : 'Checkout',
    html`<div class="split">
<section aria-label="Order summary" class="summary">
${session.cancel_url ? html`<p><a href="${session.cancel_url}">← Back</a></p>` : null}
<h1>${isSetup ? 'Save a payment method' : 'Your order'}</h1>
${isSetup ? html`<p class="soft">Nothing is charged now.</p>` : html`<div class="amount">${amountOf(session)}</div>${summary(session)}`}
${session.allow_promotion_codes ? promotionForm(world, session, { codeProblem, values }) : null}
</section>
<section class="card" aria-label="Payment details">
${problem ? html`<p class="error" role="alert" id="problem">${problem}</p>` : null}
<form method="post" autocomplete="on">
<h2>Contact and payment</h2>
${emailField(world, session, values)}
${cardFields(values)}
<button class="wide" type="submit" name="action" value="pay">${isSetup ? verb : `${verb} ${amountOf(session)}`}</button>
</form>
<details class="soft"><summary>Test cards</summary><ul><li><code>4242 4242 4242 4242</code> pays</li><li><code>4000 0027 6000 3184</code> asks for authentication</li><li><code>4000 0000 0000 9995</code> is declined</li></ul></details>
</section></div>`,
  );
}

function emailField(world: World, session: CheckoutSessionRow, values: Record<string, unknown>): Html {
  const known = session.customer ? world.store.get('customer', session.customer)?.email : null;
  const email = known ?? values.email ?? session.customer_email ?? '';
  return html`<label for="email">Email</label>
<input id="email" name="email" type="email" autocomplete="email" value="${email}" ${known ? 'readonly' : ''} required>`;
}

function promotionForm(
  world: World,
  session: CheckoutSessionRow,
  { codeProblem, values }: { codeProblem: string | null; values: Record<string, unknown> },
): Html {
  const applied = session._promotionCode
    ? world.store.get('promotion_code', session._promotionCode)
    : undefined;
  if (applied) {
    return html`<form method="post" class="row"><p role="status">Promotion code <span class="tag">${applied.code}</span> is applied.</p><button class="plain small" name="action" value="remove_promotion">Remove code</button></form>`;
  }
  const error = codeProblem ? html`<p class="error" role="alert" id="codeProblem">${codeProblem}</p>` : null;
  return html`<form method="post"><label for="promotionCode">Promotion code</label>${error}
<div class="field"><input id="promotionCode" name="promotionCode" value="${values.promotionCode ?? ''}" autocomplete="off" ${codeProblem ? INVALID : null} required><button class="plain" name="action" value="promotion">Apply</button></div></form>`;
}

const INVALID = html`aria-invalid="true" aria-describedby="codeProblem"`;

function summary(session: CheckoutSessionRow): Html {
  const currency = session.currency ?? 'usd';
  const off = isRecord(session.total_details) ? Number(session.total_details.amount_discount) : 0;
  const discount =
    off === 0 ? null : html`<tr><td>Discount</td><td class="number">${money(-off, currency)}</td></tr>`;
  return html`<table><caption class="hidden">What you buy</caption><tbody>${session._lines.map((line) => row(line))}${discount}
<tr class="total"><th scope="row">Total due today</th><td class="number">${amountOf(session)}</td></tr></tbody></table>`;
}

function row(line: Record<string, unknown>): Html {
  const recurring =
    isRecord(line.price) && isRecord(line.price.recurring) ? ` per ${line.price.recurring.interval}` : '';
  const amount = money(Number(line.amount_subtotal), String(line.currency));
  return html`<tr><td>${line.description}<div class="soft">${line.quantity === null ? 'Billed by usage' : `Quantity ${line.quantity}`}</div></td><td class="number">${amount}${recurring}</td></tr>`;
}
