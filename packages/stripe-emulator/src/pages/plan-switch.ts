import { previewChange } from '../resources/invoices/invoice-preview.ts';
import { applyChange, readChange } from '../resources/subscriptions/subscription-update.ts';
import type { InvoiceRow, SubscriptionRow } from '../store/billing-rows.ts';
import type { PriceRow } from '../store/rows.ts';
import type { PortalSessionRow } from '../store/session-rows.ts';
import { isRecord, Params } from '../wire/params.ts';
import type { World } from '../world.ts';
import { day, document, type Html, html, money } from './layout.ts';

/** What the customer wants a subscription to become: one price for one item. */
export interface PlanChoice {
  subscription: SubscriptionRow;
  item: string;
  price: string;
  quantity: string | undefined;
}

function updateFeature(world: World, session: PortalSessionRow): Record<string, unknown> {
  const features = world.store.get('billing_portal.configuration', session.configuration)?.features;
  return isRecord(features?.subscription_update) ? features.subscription_update : {};
}

/** The prices that the portal's configuration offers. */
export function offeredPrices(world: World, session: PortalSessionRow): PriceRow[] {
  const { enabled, products } = updateFeature(world, session);
  if (enabled !== true || !Array.isArray(products)) return [];
  return products
    .filter(isRecord)
    .flatMap((product) => (Array.isArray(product.prices) ? product.prices : []))
    .flatMap((id) => world.store.get('price', String(id)) ?? []);
}

/** A deep link may name the new price already; then only its confirmation is asked for. */
export function choiceOfFlow(world: World, { flow }: PortalSessionRow): PlanChoice | null {
  const wanted = flow?.subscription_update_confirm;
  if (!isRecord(wanted)) return null;
  const subscription = world.store.get('subscription', String(wanted.subscription));
  const [item] = Array.isArray(wanted.items) ? wanted.items.filter(isRecord) : [];
  if (!subscription || !item) return null;
  const quantity = item.quantity === undefined ? undefined : String(item.quantity);
  return { subscription, item: String(item.id), price: String(item.price), quantity };
}

export function choiceOfForm(world: World, form: Record<string, unknown>): PlanChoice | null {
  const subscription = world.store.get('subscription', String(form.subscription ?? ''));
  const item = subscription?.items.data[0];
  if (!subscription || !item || !form.price) return null;
  return { subscription, item: item.id, price: String(form.price), quantity: undefined };
}

function changeOf(world: World, session: PortalSessionRow, choice: PlanChoice): Params {
  const item = {
    id: choice.item,
    price: choice.price,
    ...(choice.quantity ? { quantity: choice.quantity } : {}),
  };
  const behavior = updateFeature(world, session).proration_behavior;
  return new Params({ items: [item], proration_behavior: behavior ?? 'create_prorations' });
}

export function confirmPlan(world: World, session: PortalSessionRow, choice: PlanChoice): void {
  const params = changeOf(world, session, choice);
  applyChange(world, choice.subscription, readChange(world, params, choice.subscription));
}

/** What the change would bill; nothing is kept of trying it. */
function preview(world: World, session: PortalSessionRow, choice: PlanChoice): InvoiceRow {
  const change = changeOf(world, session, choice);
  try {
    return previewChange(world, new Params({ subscription_details: change.raw }), choice.subscription);
  } finally {
    world.store.rollback();
  }
}

export function choosePage(
  world: World,
  session: PortalSessionRow,
  { subscription, problem = null }: { subscription: SubscriptionRow; problem?: string | null },
): string {
  const current = subscription.items.data[0]?.price.id;
  const prices = offeredPrices(world, session);
  return document(
    'Update plan',
    html`<h1>Update your plan</h1>${problem ? html`<p class="error" role="alert">${problem}</p>` : null}
<form method="post" class="card"><input type="hidden" name="subscription" value="${subscription.id}">
<fieldset><legend>Plans</legend>${prices.map((price) => option(world, price, price.id === current))}</fieldset>
<div class="row"><a href="${backPath(session)}">Go back</a><button name="action" value="choose_plan">Continue</button></div></form>`,
  );
}

function option(world: World, price: PriceRow, isCurrent: boolean): Html {
  const name = world.store.get('product', price.product)?.name ?? price.product;
  const amount = price.unit_amount === null ? 'by usage' : money(price.unit_amount, price.currency);
  return html`<label class="choice"><input type="radio" name="price" value="${price.id}" ${isCurrent ? 'checked' : ''} required>
<span>${name}<span class="soft"> ${amount} per ${price.recurring?.interval}</span></span>${isCurrent ? html`<span class="tag">Current plan</span>` : null}</label>`;
}

export function confirmPage(
  world: World,
  session: PortalSessionRow,
  { choice, problem = null }: { choice: PlanChoice; problem?: string | null },
): string {
  const invoice = preview(world, session, choice);
  const price = world.store.get('price', choice.price);
  const name = price ? (world.store.get('product', price.product)?.name ?? price.product) : '';
  const isNow = invoice.billing_reason !== 'upcoming';
  return document(
    'Confirm your new plan',
    html`<h1>Confirm your new plan: ${name}</h1>${problem ? html`<p class="error" role="alert">${problem}</p>` : null}
<section class="card" aria-label="What changes"><table><thead><tr><th>Description</th><th class="number">Amount</th></tr></thead><tbody>
${invoice.lines.data.map((line) => html`<tr><td>${line.description}<div class="soft">${day(line.period.start)} – ${day(line.period.end)}</div></td><td class="number">${money(line.amount, line.currency)}</td></tr>`)}
<tr><th scope="row">${isNow ? 'Amount due today' : `Next invoice on ${day(invoice.created)}`}</th><td class="number">${money(invoice.amount_due, invoice.currency)}</td></tr></tbody></table>
<form method="post"><input type="hidden" name="subscription" value="${choice.subscription.id}"><input type="hidden" name="price" value="${choice.price}">
<div class="row"><a href="${backPath(session)}">Go back</a><button name="action" value="confirm_plan">Confirm</button></div></form></section>`,
  );
}

function backPath(session: PortalSessionRow): string {
  return session.flow && session.return_url ? session.return_url : `/p/session/${String(session._secret)}`;
}
