import { cancelSubscription } from '../billing/lifecycle/cancel.ts';
import { emitChange } from '../events/emit.ts';
import { confirmSetupIntent, newSetupIntent } from '../resources/payments/setup-intents.ts';
import { readCancellation } from '../resources/subscriptions/subscription-params.ts';
import type { SubscriptionRow } from '../store/billing-rows.ts';
import type { CustomerRow } from '../store/rows.ts';
import type { PortalSessionRow } from '../store/session-rows.ts';
import { isRecord, Params } from '../wire/params.ts';
import { nowFor, type World } from '../world.ts';
import { attempt, readCardForm } from './card-form.ts';
import { document, html } from './layout.ts';
import type { PageAnswer, PageRequest } from './pages.ts';
import {
  choiceOfFlow,
  choiceOfForm,
  choosePage,
  confirmPage,
  confirmPlan,
  offeredPrices,
  type PlanChoice,
} from './plan-switch.ts';
import { portalView, type Visit } from './portal-view.ts';

/** The customer portal `/p/session/:secret`: subscriptions, payment methods and invoices of one customer. */
export function portalPage(world: World, request: PageRequest, secret: string): PageAnswer {
  const session = world.store.all('billing_portal.session').find((row) => row._secret === secret);
  const customer = session && world.store.get('customer', session.customer);
  if (!session || !customer)
    return {
      status: 404,
      html: document('Billing', html`<div class="card"><h1>This portal session does not exist</h1></div>`),
    };
  const planPage = servePlanSwitch(world, { session, customer }, request);
  if (planPage) return planPage;
  if (request.method !== 'POST') return { status: 200, html: portalView(world, { session, customer }, null) };
  const problem = attempt(world, () => act(world, { session, customer }, request));
  if (!problem) return { status: 303, location: afterAction(session) ?? `/p/session/${secret}` };
  return { status: 402, html: portalView(world, { session, customer }, problem) };
}

/** A deep-linked flow goes back to the application when it is done. */
function afterAction({ flow, return_url }: PortalSessionRow): string | null {
  if (!flow) return null;
  const { redirect } = { redirect: null, ...Object(flow.after_completion) };
  return isRecord(redirect) ? String(redirect.return_url) : return_url;
}

/** The steps of a plan switch: choose, see what it costs, confirm. Null when this request is none of them. */
function servePlanSwitch(world: World, visit: Visit, request: PageRequest): PageAnswer | null {
  if (request.method === 'GET') return showPlans(world, visit, request);
  const action = String(request.form.action ?? '');
  const choice = offeredChoice(world, visit, request);
  if (!choice || (action !== 'choose_plan' && action !== 'confirm_plan')) return null;
  const { session } = visit;
  if (action === 'choose_plan') return { status: 200, html: confirmPage(world, session, { choice }) };
  const problem = attempt(world, () => confirmPlan(world, session, choice));
  if (problem) return { status: 402, html: confirmPage(world, session, { choice, problem }) };
  return { status: 303, location: afterAction(session) ?? `/p/session/${String(session._secret)}` };
}

/** What was chosen, if it is the customer's own subscription and a price that is offered to them. */
function offeredChoice(world: World, { session, customer }: Visit, { form }: PageRequest): PlanChoice | null {
  const linked = choiceOfFlow(world, session);
  const choice = linked ?? choiceOfForm(world, form);
  const isOffered = linked !== null || offeredPrices(world, session).some((row) => row.id === choice?.price);
  return choice && isOffered && choice.subscription.customer === customer.id ? choice : null;
}

function showPlans(world: World, { session, customer }: Visit, { url }: PageRequest): PageAnswer | null {
  const choice = choiceOfFlow(world, session);
  if (choice) return { status: 200, html: confirmPage(world, session, { choice }) };
  const { subscription: linked } = { subscription: null, ...Object(session.flow?.subscription_update) };
  const wanted = url.searchParams.get('update') ?? (typeof linked === 'string' ? linked : '');
  const subscription = world.store.get('subscription', wanted);
  if (subscription?.customer !== customer.id || offeredPrices(world, session).length === 0) return null;
  return { status: 200, html: choosePage(world, session, { subscription }) };
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
