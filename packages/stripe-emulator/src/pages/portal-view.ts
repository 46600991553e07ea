import type { SubscriptionRow } from '../store/billing-rows.ts';
import type { CustomerRow } from '../store/rows.ts';
import type { PortalSessionRow } from '../store/session-rows.ts';
import type { World } from '../world.ts';
import { cardFields, methodLabel } from './card-form.ts';
import { day, document, type Html, html, money, statusTag } from './layout.ts';
import { offeredPrices } from './plan-switch.ts';

/** A customer's visit to their portal. */
export interface Visit {
  session: PortalSessionRow;
  customer: CustomerRow;
}

/** The portal's overview: subscriptions, payment methods, invoices. */
export function portalView(world: World, { session, customer }: Visit, problem: string | null): string {
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
<section class="card" aria-label="Subscriptions"><h2>Subscriptions</h2>${subscriptions.map((row) => subscriptionCard(world, session, row))}${subscriptions.length === 0 ? 'None.' : null}</section>
<section class="card" aria-label="Payment methods"><h2>Payment methods</h2>
${methods.map((method) => html`<div class="row"><span>${methodLabel(method)}${method.card ? `, expires ${method.card.exp_month}/${method.card.exp_year}` : null}</span>${method.id === customer.invoice_settings.default_payment_method ? html`<span class="tag">Default</span>` : html`<form method="post"><input type="hidden" name="paymentMethod" value="${method.id}"><button class="plain" name="action" value="make_default">Make default</button></form>`}</div>`)}
<details ${session.flow?.type === 'payment_method_update' ? 'open' : ''}><summary>Add payment method</summary><form method="post">${cardFields()}<button class="wide" name="action" value="add_card">Save card</button></form></details></section>
<section class="card" aria-label="Invoices"><h2>Invoices</h2><table><caption class="hidden">Invoices, newest first</caption><tbody>
${invoices.map((invoice) => html`<tr><td><a href="${invoice.hosted_invoice_url}">${invoice.number}</a></td><td>${day(invoice.created)}</td><td>${statusTag(invoice.status)}</td><td class="number">${money(invoice.total, invoice.currency)}</td></tr>`)}
</tbody></table>${invoices.length === 0 ? 'None yet.' : null}</section>`,
  );
}

function subscriptionCard(world: World, session: PortalSessionRow, row: SubscriptionRow): Html {
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
  return html`<article class="card"><div class="row"><strong>${names}</strong>${statusTag(row.status)}</div>
<p class="soft">${priceText(row)}${row.cancel_at ? `Cancels on ${day(row.cancel_at)}` : row.status === 'canceled' ? 'Ended' : `Renews on ${day(end)}`}</p>
${row.status !== 'canceled' && offeredPrices(world, session).length > 0 ? html`<p><a class="button" href="?update=${row.id}">Update plan</a></p>` : null}
${
  row.status === 'canceled'
    ? null
    : row.cancel_at
      ? html`<form method="post">${hidden}<button name="action" value="resume">Don't cancel subscription</button></form>`
      : html`<details><summary>Cancel plan</summary><form method="post">${hidden}<label for="reason-${row.id}">Reason for canceling</label><select id="reason-${row.id}" name="reason">${reasons.map(([value, text]) => html`<option value="${value}">${text}</option>`)}</select><p><button class="plain" name="action" value="cancel">Cancel subscription</button></p></form></details>`
}</article>`;
}

/** What a subscription costs at its list prices; usage is billed by what it is. */
function priceText({ items, currency }: SubscriptionRow): string {
  const parts = items.data.map(({ price, quantity }) => {
    const every = price.recurring?.interval ?? 'month';
    const isFlat = price.unit_amount !== null && price.recurring?.usage_type !== 'metered';
    return isFlat
      ? `${money(Number(price.unit_amount) * (quantity ?? 1), currency)} per ${every}`
      : 'by usage';
  });
  return `${parts.join(' + ')} · `;
}
