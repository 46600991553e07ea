import { cancelSubscription } from '../billing/lifecycle/cancel.ts';
import { emitChange } from '../events/emit.ts';
import { confirmSetupIntent, newSetupIntent } from '../resources/payments/setup-intents.ts';
import { readCancellation } from '../resources/subscriptions/subscription-params.ts';
import type { SubscriptionRow } from '../store/billing-rows.ts';
import type { CustomerRow } from '../store/rows.ts';
import type { PortalSessionRow } from '../store/session-rows.ts';
import { Params } from '../wire/params.ts';
import { nowFor, type World } from '../world.ts';
import { attempt, cardFields, methodLabel, readCardForm } from './card-form.ts';
import { day, document, type Html, html, money } from './layout.ts';
import type { PageAnswer, PageRequest } from './pages.ts';

/** The customer portal `/p/session/:secret`: subscriptions, payment methods and invoices of one customer. */
export function portalPage(world: World, request: PageRequest, secret: string): PageAnswer {
  const session = world.store.all('billing_portal.session').find((row) => row._secret === secret);
  const customer = session && world.store.get('customer', session.customer);
  if (!session || !customer)
    return {
      status: 404,
      html: document('Billing', html`<div class="card"><h1>This portal session does not exist</h1></div>`),
    };
  if (request.method !== 'POST') return { status: 200, html: view(world, { session, customer }, null) };
  const problem = attempt(world, () => act(world, { session, customer }, request));
  if (!problem) return { status: 303, location: afterAction(session) ?? `/p/session/${secret}` };
  return { status: 402, html: view(world, { session, customer }, problem) };
}

interface Visit {
  session: PortalSessionRow;
  customer: CustomerRow;
}

/** A deep-linked flow goes back to the application when it is done. */
function afterAction({ flow, return_url }: PortalSessionRow): string | null {
  return flow ? return_url : null;
}

function act(world: World, { customer }: Visit, { form }: PageRequest): void {
  const action = String(form.action ?? '');
  if (action === 'add_card') {
    addCard(world, customer, form);
    return;
  }
  if (action === 'make_default') {
    makeDefault(world, customer, String(form.paymentMethod ?? ''));
    return;
  }
  const subscription = world.store.get('subscription', String(form.subscription ?? ''));
  if (!subscription || subscription.customer !== customer.id) return;
  if (action === 'cancel') cancelAtEnd(world, subscription, String(form.reason ?? '') || null);
  if (action === 'cancel_now')
    cancelSubscription(world, subscription, { feedback: String(form.reason ?? '') || null });
  if (action === 'resume')
    patch(
      world,
      subscription,
      readCancellation(new Params({ cancel_at_period_end: 'false' }), subscription, 0),
    );
}

function cancelAtEnd(world: World, before: SubscriptionRow, feedback: string | null): void {
  const fields = readCancellation(
    new Params({ cancel_at_period_end: 'true' }),
    before,
    nowFor(world, before),
  );
  patch(world, before, {
    ...fields,
    cancellation_details: { ...fields.cancellation_details, feedback, feedback_option: null },
  });
}

function patch(world: World, before: SubscriptionRow, fields: Partial<SubscriptionRow>): void {
  emitChange(world, 'customer.subscription.updated', {
    before,
    after: world.store.put('subscription', { ...before, ...fields }),
  });
}

/** A new card becomes the customer's default and that of their subscriptions. */
function addCard(world: World, customer: CustomerRow, form: Record<string, unknown>): void {
  const method = readCardForm(world, { ...form, email: customer.email ?? '' });
  const intent = newSetupIntent(world, { customer: customer.id });
  confirmSetupIntent(world, intent, { methodId: method.id, isAuthenticated: true });
  makeDefault(world, customer, method.id);
}

function makeDefault(world: World, before: CustomerRow, methodId: string): void {
  const method = world.store.get('payment_method', methodId);
  if (method?.customer !== before.id) return;
  const invoiceSettings = { ...before.invoice_settings, default_payment_method: methodId };
  emitChange(world, 'customer.updated', {
    before,
    after: world.store.put('customer', { ...before, invoice_settings: invoiceSettings }),
  });
  for (const subscription of world.store.all('subscription')) {
    const isLive = subscription.status !== 'canceled' && subscription.status !== 'incomplete_expired';
    if (subscription.customer === before.id && isLive && subscription.default_payment_method !== methodId) {
      patch(world, subscription, { default_payment_method: methodId });
    }
  }
}

function view(world: World, { session, customer }: Visit, problem: string | null): string {
  const subscriptions = world.store
    .all('subscription')
    .filter((row) => row.customer === customer.id && row.status !== 'incomplete_expired');
  const methods = world.store.all('payment_method').filter((row) => row.customer === customer.id);
  const invoices = world.store
    .all('invoice')
    .filter((row) => row.customer === customer.id && row.status !== 'draft')
    .reverse()
    .slice(0, 24);
  return document(
    'Billing',
    html`${session.return_url ? html`<p><a href="${session.return_url}">← Return to the application</a></p>` : null}
<h1>Billing of ${customer.name ?? customer.email ?? customer.id}</h1>
${problem ? html`<p class="error" role="alert">${problem}</p>` : null}
<section class="card" aria-label="Subscriptions"><h2>Subscriptions</h2>${subscriptions.map((row) => subscriptionCard(world, row))}${subscriptions.length === 0 ? 'None.' : null}</section>
<section class="card" aria-label="Payment methods"><h2>Payment methods</h2>
${methods.map((method) => html`<div class="row"><span>${methodLabel(method)}${method.card ? `, expires ${method.card.exp_month}/${method.card.exp_year}` : null}</span>${method.id === customer.invoice_settings.default_payment_method ? html`<span class="tag">Default</span>` : html`<form method="post"><input type="hidden" name="paymentMethod" value="${method.id}"><button class="plain" name="action" value="make_default">Make default</button></form>`}</div>`)}
<details ${session.flow?.type === 'payment_method_update' ? 'open' : ''}><summary>Add payment method</summary><form method="post">${cardFields()}<button class="wide" name="action" value="add_card">Save card</button></form></details></section>
<section class="card" aria-label="Invoices"><h2>Invoices</h2><table><tbody>
${invoices.map((invoice) => html`<tr><td><a href="${invoice.hosted_invoice_url}">${invoice.number}</a></td><td>${day(invoice.created)}</td><td><span class="tag">${invoice.status}</span></td><td class="number">${money(invoice.total, invoice.currency)}</td></tr>`)}
</tbody></table></section>`,
  );
}

function subscriptionCard(world: World, row: SubscriptionRow): Html {
  const end = row.items.data[0]?.current_period_end ?? row.created;
  const names = row.items.data
    .map((item) => world.store.get('product', item.price.product)?.name ?? item.price.product)
    .join(', ');
  const hidden = html`<input type="hidden" name="subscription" value="${row.id}">`;
  const reasons = [
    ['too_expensive', 'It is too expensive'],
    ['missing_features', 'Features are missing'],
    ['unused', 'I do not use it enough'],
    ['other', 'Another reason'],
  ];
  return html`<article class="card"><div class="row"><strong>${names}</strong><span class="tag">${row.status}</span></div>
<p class="soft">${row.cancel_at ? `Cancels on ${day(row.cancel_at)}` : row.status === 'canceled' ? 'Ended' : `Renews on ${day(end)}`}</p>
${
  row.status === 'canceled'
    ? null
    : row.cancel_at
      ? html`<form method="post">${hidden}<button name="action" value="resume">Don't cancel subscription</button></form>`
      : html`<form method="post">${hidden}<label for="reason-${row.id}">Reason for canceling</label><select id="reason-${row.id}" name="reason">${reasons.map(([value, text]) => html`<option value="${value}">${text}</option>`)}</select><p><button class="plain" name="action" value="cancel">Cancel subscription</button></p></form>`
}</article>`;
}
