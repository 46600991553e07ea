import type { Call, Route } from '../../server/router.ts';
import { ApiFailure, invalidRequest, missingParameter } from '../../wire/errors.ts';
import { newId, randomText } from '../../wire/ids.ts';
import { Params } from '../../wire/params.ts';
import { customerNow, type World } from '../../world.ts';
import { iso, reportMeterError } from './meter-errors.ts';
import { cancelEvent, recordMeterEvent } from './meter-events.ts';

const SESSION_SECONDS = 15 * 60;
const STREAM_EVENTS_MAX = 100;
const ADJUSTABLE_SECONDS = 86_400;

/**
 * Takes one event of the asynchronous API: what is wrong with it is not answered but announced later by a thin
 * event, as Stripe does.
 */
function accept(world: World, params: Params) {
  const payload = params.sub('payload')?.raw;
  if (!payload) throw missingParameter(params.nameOf('payload'));
  const eventName = params.requireText('event_name');
  const at = params.text('timestamp');
  const identifier = params.text('identifier') ?? newId('mtrevt');
  const timestamp = at === undefined ? null : Math.floor(Date.parse(at) / 1000);
  try {
    recordMeterEvent(world, { eventName, payload, identifier, timestamp });
  } catch (error) {
    if (!(error instanceof ApiFailure)) throw error;
    // A repeated event of this API is dropped without a word.
    if (error.fields.code !== 'duplicate_meter_event')
      reportMeterError(world, { eventName, identifier, error });
  }
  const created = iso(world.clock.nowSeconds());
  return {
    object: 'v2.billing.meter_event',
    created,
    event_name: eventName,
    identifier,
    livemode: false,
    payload,
    timestamp: at ?? created,
  };
}

function createSession({ world }: Call) {
  const now = world.clock.nowSeconds();
  const token = `mes_test_${randomText(40)}`;
  const id = newId('mes');
  world.store.put('setting', { id: token, object: 'setting', value: Date.now() + SESSION_SECONDS * 1000 });
  return {
    id,
    object: 'v2.billing.meter_event_session',
    authentication_token: token,
    created: iso(now),
    expires_at: iso(now + SESSION_SECONDS),
    livemode: false,
  };
}

function stream({ world, params }: Call) {
  const events = params.subs('events');
  if (!events || events.length === 0) throw missingParameter('events');
  if (events.length > STREAM_EVENTS_MAX)
    throw invalidRequest(`At most ${STREAM_EVENTS_MAX} events are accepted at once.`, 'events');
  for (const event of events) accept(world, event);
  return {};
}

function adjust({ world, params }: Call) {
  const identifier = params.sub('cancel')?.requireText('identifier') ?? '';
  const event = world.store.get('meter_event', identifier);
  // Only what was received within the last day can still be taken back.
  const isRecent = event && customerNow(world, event.customer) <= event.created + ADJUSTABLE_SECONDS;
  if (event && isRecent) cancelEvent(world, event);
  return {
    id: newId('mtrevtadj'),
    object: 'v2.billing.meter_event_adjustment',
    cancel: { identifier },
    created: iso(world.clock.nowSeconds()),
    event_name: params.requireText('event_name'),
    livemode: false,
    status: 'complete',
    type: 'cancel',
  };
}

export const v2Routes: Route[] = [
  {
    method: 'POST',
    path: '/v2/billing/meter_events',
    handler: ({ world, params }) => accept(world, new Params(params.raw)),
  },
  { method: 'POST', path: '/v2/billing/meter_event_session', handler: createSession },
  { method: 'POST', path: '/v2/billing/meter_event_stream', handler: stream },
  { method: 'POST', path: '/v2/billing/meter_event_adjustments', handler: adjust },
];
