import { emit } from '../../events/emit.ts';
import type { Call, Route } from '../../server/router.ts';
import { blankCheckoutSession } from '../../shapes/sessions.ts';
import type { Row } from '../../store/rows.ts';
import type { CheckoutSessionRow } from '../../store/session-rows.ts';
import { invalidRequest, missingParameter, noSuchObject } from '../../wire/errors.ts';
import { registerIncludable } from '../../wire/expand.ts';
import { randomText } from '../../wire/ids.ts';
import { listOf, page, wholeList } from '../../wire/lists.ts';
import { mergeMetadata } from '../../wire/metadata.ts';
import { isRecord, type Params } from '../../wire/params.ts';
import { nowFor, type World } from '../../world.ts';
import { requireCustomer } from '../find.ts';
import { orderAmounts } from './checkout-amounts.ts';
import { readLines } from './checkout-lines.ts';

const DAY = 86_400;

export function requireSession(world: World, id: string): CheckoutSessionRow {
  const session = world.store.get('checkout.session', id);
  if (!session) throw noSuchObject('checkout.session', id);
  return session;
}

function createSession({ world, params }: Call) {
  const mode = params.choice('mode', ['subscription', 'payment', 'setup']);
  if (!mode) throw missingParameter('mode');
  const customerId = params.textOrNull('customer');
  const customer = customerId === null ? null : requireCustomer(world, customerId, 'customer');
  const uiMode = params.text('ui_mode') ?? 'hosted_page';
  if (uiMode === 'hosted_page' && !params.has('success_url')) throw missingParameter('success_url');
  const lines = mode === 'setup' ? [] : readLines(world, params, mode);
  const now = nowFor(world, customer);
  const id = `cs_test_${randomText(58)}`;
  return world.store.put('checkout.session', {
    ...blankCheckoutSession,
    ...INITIAL,
    ...modeFields(world, params, { mode, lines, customer: customerId }),
    id,
    allow_promotion_codes: params.flag('allow_promotion_codes') ?? null,
    billing_address_collection: params.textOrNull('billing_address_collection'),
    cancel_url: params.textOrNull('cancel_url'),
    client_reference_id: params.textOrNull('client_reference_id'),
    created: now,
    currency: currencyOf(params, lines),
    customer: customerId,
    customer_creation: params.textOrNull('customer_creation') ?? (customerId === null ? 'always' : null),
    customer_email: params.textOrNull('customer_email'),
    expires_at: readExpiry(params, now),
    locale: params.textOrNull('locale'),
    metadata: mergeMetadata({}, params),
    success_url: params.textOrNull('success_url'),
    ui_mode: uiMode,
    url: `${world.url}/c/pay/${id}`,
    ...(customer?.test_clock ? { _clock: customer.test_clock } : {}),
    _params: params.raw,
  });
}

const INITIAL = {
  adaptive_pricing: { enabled: false },
  custom_text: {
    after_submit: null,
    shipping_address: null,
    submit: null,
    terms_of_service_acceptance: null,
  },
  customer_details: null,
  discounts: [],
  invoice: null,
  livemode: false,
  payment_intent: null,
  payment_method_options: null,
  payment_method_types: ['card'],
  setup_intent: null,
  status: 'open' as const,
  subscription: null,
  _pendingPaymentMethod: null,
  _promotionCode: null,
};

/** What depends on the mode: a setup costs nothing, a trial costs nothing yet. */
function modeFields(
  world: World,
  params: Params,
  { mode, lines, customer }: { mode: CheckoutSessionRow['mode']; lines: Row[]; customer: string | null },
) {
  if (mode === 'setup') {
    return {
      mode,
      amount_subtotal: null,
      amount_total: null,
      payment_status: 'no_payment_required',
      total_details: null,
      _lines: [],
    };
  }
  if (params.flag('allow_promotion_codes') && params.has('discounts')) {
    throw invalidRequest(
      'You may only specify one of these parameters: allow_promotion_codes, discounts.',
      'allow_promotion_codes',
    );
  }
  const order = {
    lines,
    customer,
    currency: currencyOf(params, lines),
    hasTrial: hasTrial(params.sub('subscription_data')?.raw ?? {}),
  };
  const collection = params.text('payment_method_collection') ?? 'always';
  return {
    mode,
    ...orderAmounts(world, order, params.raw.discounts),
    payment_method_collection: mode === 'subscription' ? collection : null,
    payment_status: 'unpaid',
  };
}

/** The session with the promotion code that the customer typed (null takes it back), and what it then costs. */
export function withPromotionCode(
  world: World,
  before: CheckoutSessionRow,
  code: string | null,
): CheckoutSessionRow {
  const order = {
    lines: before._lines,
    currency: before.currency,
    customer: before.customer,
    hasTrial: hasTrial(isRecord(before._params.subscription_data) ? before._params.subscription_data : {}),
  };
  const amounts = orderAmounts(world, order, code === null ? [] : [{ promotion_code: code }]);
  return world.store.put('checkout.session', { ...before, ...amounts, _promotionCode: code });
}

function hasTrial(data: Record<string, unknown>): boolean {
  return Boolean(data.trial_period_days) || Boolean(data.trial_end);
}

function currencyOf(params: Params, lines: Row[]): string | null {
  const first = lines[0]?.currency;
  return params.text('currency')?.toLowerCase() ?? (typeof first === 'string' ? first : null);
}

function readExpiry(params: Params, now: number): number {
  const at = params.integer('expires_at');
  if (at === undefined) return now + DAY;
  if (at < now + 1800 || at > now + DAY) {
    throw invalidRequest(
      'The `expires_at` timestamp must be between 30 minutes and 24 hours from now.',
      'expires_at',
    );
  }
  return at;
}

export function expireSession(world: World, before: CheckoutSessionRow): CheckoutSessionRow {
  if (before.status !== 'open') {
    throw invalidRequest(
      `Only Checkout Sessions with a status in ["open"] can be expired. This Checkout Session has a status of ${before.status}.`,
    );
  }
  const session = world.store.put('checkout.session', { ...before, status: 'expired', url: null });
  emit(world, 'checkout.session.expired', session);
  return session;
}

function updateSession({ world, params, id }: Call) {
  const before = requireSession(world, id);
  return world.store.put('checkout.session', { ...before, metadata: mergeMetadata(before.metadata, params) });
}

registerIncludable('checkout.session', 'line_items', (world, row) =>
  wholeList(
    world.store.get('checkout.session', row.id)?._lines ?? [],
    `/v1/checkout/sessions/${row.id}/line_items`,
  ),
);

export const checkoutRoutes: Route[] = [
  { method: 'POST', path: '/v1/checkout/sessions', handler: createSession },
  {
    method: 'GET',
    path: '/v1/checkout/sessions',
    handler: ({ world, params }) => {
      const wanted = ['customer', 'subscription', 'payment_intent', 'status'].map(
        (field) => [field, params.text(field)] as const,
      );
      const matches = (row: CheckoutSessionRow) =>
        wanted.every(([field, value]) => value === undefined || row[field] === value);
      return listOf(world, 'checkout.session', { params, url: '/v1/checkout/sessions', matches });
    },
  },
  { method: 'GET', path: '/v1/checkout/sessions/:id', handler: ({ world, id }) => requireSession(world, id) },
  { method: 'POST', path: '/v1/checkout/sessions/:id', handler: updateSession },
  {
    method: 'POST',
    path: '/v1/checkout/sessions/:id/expire',
    handler: ({ world, id }) => expireSession(world, requireSession(world, id)),
  },
  {
    method: 'GET',
    path: '/v1/checkout/sessions/:id/line_items',
    handler: ({ world, params, id }) =>
      page(requireSession(world, id)._lines, {
        params,
        url: `/v1/checkout/sessions/${id}/line_items`,
        kind: 'item',
      }),
  },
];
