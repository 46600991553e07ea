import { emit } from '../../events/emit.ts';
import type { Call, Route } from '../../server/router.ts';
import { blankCheckoutSession } from '../../shapes/sessions.ts';
import type { CheckoutSessionRow } from '../../store/session-rows.ts';
import { invalidRequest, missingParameter, noSuchObject } from '../../wire/errors.ts';
import { registerIncludable } from '../../wire/expand.ts';
import { randomText } from '../../wire/ids.ts';
import { listOf, page, wholeList } from '../../wire/lists.ts';
import { mergeMetadata } from '../../wire/metadata.ts';
import { isRecord } from '../../wire/params.ts';
import { nowFor, type World } from '../../world.ts';
import { requireCustomer } from '../find.ts';
import { orderAmounts } from './checkout-amounts.ts';
import { currencyOf, hasTrial, INITIAL, modeFields, readExpiry } from './checkout-fields.ts';
import { readLines } from './checkout-lines.ts';

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
