import { emit, emitChange } from '../../events/emit.ts';
import { cardError, intentError } from '../../payments/card-error.ts';
import { cardByKey } from '../../payments/cards.ts';
import type { Call, Route } from '../../server/router.ts';
import { blankSetupIntent } from '../../shapes/payments.ts';
import type { SetupIntentRow } from '../../store/rows.ts';
import { invalidRequest, noSuchObject } from '../../wire/errors.ts';
import { newId, randomText } from '../../wire/ids.ts';
import { listOf } from '../../wire/lists.ts';
import { mergeMetadata } from '../../wire/metadata.ts';
import { customerNow, type World } from '../../world.ts';
import { requirePaymentMethod } from '../find.ts';
import { attachPaymentMethod, resolvePaymentMethod } from './payment-methods.ts';

export function requireSetupIntent(world: World, id: string): SetupIntentRow {
  const intent = world.store.get('setup_intent', id);
  if (!intent) throw noSuchObject('setup_intent', id);
  return intent;
}

export function newSetupIntent(
  world: World,
  fields: {
    customer: string | null;
    metadata?: Record<string, string>;
    subscription?: string;
    returnUrl?: string | null;
  },
): SetupIntentRow {
  const id = newId('seti');
  const intent = world.store.put('setup_intent', {
    ...blankSetupIntent,
    id,
    client_secret: `${id}_secret_${randomText(25)}`,
    created: customerNow(world, fields.customer),
    customer: fields.customer,
    last_setup_error: null,
    metadata: fields.metadata ?? {},
    payment_method: null,
    payment_method_types: ['card'],
    status: 'requires_payment_method',
    usage: 'off_session',
    _returnUrl: fields.returnUrl ?? null,
    _subscription: fields.subscription ?? null,
  });
  emit(world, 'setup_intent.created', intent);
  return intent;
}

/** Confirms a setup; cards that want authentication wait for the challenge page unless it was passed. */
export function confirmSetupIntent(
  world: World,
  before: SetupIntentRow,
  options: { methodId: string; isAuthenticated?: boolean; keepsWrites?: boolean },
): SetupIntentRow {
  const method = resolvePaymentMethod(world, options.methodId);
  const card = cardByKey(method._card);
  if (card?.attachDecline) {
    const failed = {
      ...before,
      status: 'requires_payment_method' as const,
      last_setup_error: intentError(card.attachDecline),
    };
    emit(world, 'setup_intent.setup_failed', world.store.put('setup_intent', failed));
    throw cardError(card.attachDecline, { keepsWrites: true });
  }
  if (card && card.authentication !== 'never' && !options.isAuthenticated) {
    const url = `${world.url}/c/authenticate/${before.id}?client_secret=${before.client_secret}`;
    const waiting = world.store.put('setup_intent', {
      ...before,
      payment_method: method.id,
      status: 'requires_action',
      next_action: { type: 'redirect_to_url', redirect_to_url: { return_url: before._returnUrl, url } },
    });
    emit(world, 'setup_intent.requires_action', waiting);
    return waiting;
  }
  const attached = before.customer ? attachPaymentMethod(world, method, before.customer) : method;
  world.store.put('payment_method', { ...attached, _isSetUp: true });
  const done = world.store.put('setup_intent', {
    ...before,
    payment_method: method.id,
    status: 'succeeded',
    next_action: null,
  });
  emit(world, 'setup_intent.succeeded', done);
  useForSubscription(world, done);
  return done;
}

/** The pending setup intent of a subscription gives it its payment method. */
function useForSubscription(world: World, intent: SetupIntentRow): void {
  const before = intent._subscription && world.store.get('subscription', intent._subscription);
  if (!before) return;
  const after = { ...before, default_payment_method: intent.payment_method, pending_setup_intent: null };
  emitChange(world, 'customer.subscription.updated', {
    before,
    after: world.store.put('subscription', after),
  });
}

export function failSetupIntent(world: World, before: SetupIntentRow): SetupIntentRow {
  const decline = {
    code: 'setup_intent_authentication_failure',
    message: 'The provided PaymentMethod has failed authentication.',
  };
  const failed = world.store.put('setup_intent', {
    ...before,
    status: 'requires_payment_method',
    payment_method: null,
    next_action: null,
    last_setup_error: intentError(decline),
  });
  emit(world, 'setup_intent.setup_failed', failed);
  return failed;
}

function createIntent({ world, params }: Call) {
  const intent = newSetupIntent(world, {
    customer: params.textOrNull('customer'),
    metadata: mergeMetadata({}, params),
    returnUrl: params.textOrNull('return_url'),
  });
  const method = params.text('payment_method');
  if (!method) return intent;
  if (params.flag('confirm')) return confirmSetupIntent(world, intent, { methodId: method });
  const chosen = resolvePaymentMethod(world, method);
  return world.store.put('setup_intent', {
    ...intent,
    payment_method: chosen.id,
    status: 'requires_confirmation',
  });
}

function confirmIntent({ world, params, id }: Call) {
  const intent = requireSetupIntent(world, id);
  const methodId = params.text('payment_method') ?? intent.payment_method;
  if (!methodId) {
    throw invalidRequest(
      'You cannot confirm this SetupIntent because it is missing a payment method.',
      undefined,
      'setup_intent_unexpected_state',
    );
  }
  const returnUrl = params.textOrNull('return_url') ?? intent._returnUrl;
  return confirmSetupIntent(world, { ...intent, _returnUrl: returnUrl }, { methodId });
}

function cancelIntent({ world, params, id }: Call) {
  const before = requireSetupIntent(world, id);
  if (before.status === 'succeeded' || before.status === 'canceled') {
    throw invalidRequest(
      `You cannot cancel this SetupIntent because it has a status of ${before.status}.`,
      undefined,
      'setup_intent_unexpected_state',
    );
  }
  const intent = world.store.put('setup_intent', {
    ...before,
    status: 'canceled',
    cancellation_reason: params.textOrNull('cancellation_reason'),
  });
  emit(world, 'setup_intent.canceled', intent);
  return intent;
}

function updateIntent({ world, params, id }: Call) {
  const before = requireSetupIntent(world, id);
  const method = params.text('payment_method');
  return world.store.put('setup_intent', {
    ...before,
    metadata: mergeMetadata({ ...Object(before.metadata) }, params),
    payment_method: method ? requirePaymentMethod(world, method).id : before.payment_method,
  });
}

export const setupIntentRoutes: Route[] = [
  { method: 'POST', path: '/v1/setup_intents', handler: createIntent },
  {
    method: 'GET',
    path: '/v1/setup_intents',
    handler: ({ world, params }) => {
      const customer = params.text('customer');
      const matches = (row: SetupIntentRow) => !customer || row.customer === customer;
      return listOf(world, 'setup_intent', { params, url: '/v1/setup_intents', matches });
    },
  },
  { method: 'GET', path: '/v1/setup_intents/:id', handler: ({ world, id }) => requireSetupIntent(world, id) },
  { method: 'POST', path: '/v1/setup_intents/:id', handler: updateIntent },
  { method: 'POST', path: '/v1/setup_intents/:id/confirm', handler: confirmIntent },
  { method: 'POST', path: '/v1/setup_intents/:id/cancel', handler: cancelIntent },
];
