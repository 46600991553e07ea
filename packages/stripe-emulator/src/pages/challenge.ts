import { settleInvoiceIntent } from '../billing/invoicing/collect.ts';
import { chargeIntent, failAuthentication } from '../payments/charge-intent.ts';
import { confirmSetupIntent, failSetupIntent } from '../resources/payments/setup-intents.ts';
import type { World } from '../world.ts';
import { attempt } from './card-form.ts';
import { document, html } from './layout.ts';
import type { PageAnswer, PageRequest } from './pages.ts';

/** The 3-D Secure test page: the card holder's bank asks, and the tester decides. */
export function challenge(what: string): string {
  return document(
    '3D Secure',
    html`<div class="card" style="max-width:480px;margin:auto"><h1>3D Secure 2 test page</h1>
<p>Your bank wants to know that it is you (${what}).</p>
<form method="post" class="row"><button name="action" value="complete">Complete authentication</button>
<button class="plain" name="action" value="fail">Fail authentication</button></form></div>`,
  );
}

/** `/c/authenticate/:intent`: the page that `next_action.redirect_to_url.url` of an intent leads to. */
export function authenticatePage(world: World, request: PageRequest, id: string): PageAnswer {
  const intent = world.store.get('payment_intent', id) ?? world.store.get('setup_intent', id);
  if (!intent || intent.client_secret !== request.url.searchParams.get('client_secret')) {
    return {
      status: 404,
      html: document('3D Secure', html`<div class="card"><h1>Nothing to authenticate here</h1></div>`),
    };
  }
  if (intent.status !== 'requires_action') return done(intent._returnUrl, id, String(intent.status));
  if (request.method !== 'POST') return { status: 200, html: challenge(id) };
  const isPassed = request.form.action === 'complete';
  attempt(world, () =>
    id.startsWith('pi_') ? finishPayment(world, id, isPassed) : finishSetup(world, id, isPassed),
  );
  return done(intent._returnUrl, id, isPassed ? 'succeeded' : 'failed');
}

function finishPayment(world: World, id: string, isPassed: boolean): void {
  const intent = world.store.get('payment_intent', id);
  const method = intent?.payment_method
    ? world.store.get('payment_method', intent.payment_method)
    : undefined;
  if (!intent || !method) return;
  const result = isPassed
    ? chargeIntent(world, intent, { method, isOnSession: true, isAuthenticated: true })
    : failAuthentication(world, intent);
  settleInvoiceIntent(world, result);
}

function finishSetup(world: World, id: string, isPassed: boolean): void {
  const intent = world.store.get('setup_intent', id);
  if (!intent?.payment_method) return;
  if (isPassed) confirmSetupIntent(world, intent, { methodId: intent.payment_method, isAuthenticated: true });
  else failSetupIntent(world, intent);
}

function done(returnUrl: string | null, id: string, status: string): PageAnswer {
  if (returnUrl && URL.canParse(returnUrl)) {
    const target = new URL(returnUrl);
    target.searchParams.set(id.startsWith('pi_') ? 'payment_intent' : 'setup_intent', id);
    target.searchParams.set('redirect_status', status);
    return { status: 303, location: target.href };
  }
  return {
    status: 200,
    html: document(
      '3D Secure',
      html`<div class="card"><h1>Done</h1><p>The authentication is over (${status}). You can close this page.</p></div>`,
    ),
  };
}
