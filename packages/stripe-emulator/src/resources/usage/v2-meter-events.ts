import { emitThin } from '../../events/emit-thin.ts';
import type { Call, Route } from '../../server/router.ts';
import { ApiFailure, invalidRequest, missingParameter, noSuchObject } from '../../wire/errors.ts';
import { newId, randomText } from '../../wire/ids.ts';
import { isRecord, Params } from '../../wire/params.ts';
import type { World } from '../../world.ts';
import { recordMeterEvent } from './meter-events.ts';

const SESSION_SECONDS = 15 * 60;
const STREAM_EVENTS_MAX = 100;

function iso(seconds: number): string {
  return new Date(seconds * 1000).toISOString();
}

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
    report(world, { eventName, identifier, error });
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

function report(
  world: World,
  { eventName, identifier, error }: { eventName: string; identifier: string; error: ApiFailure },
): void {
  const meter = world.store.all('billing.meter').find((row) => row.event_name === eventName);
  const now = world.clock.nowSeconds();
  const code =
    error.fields.code === 'resource_missing'
      ? 'meter_event_customer_not_found'
      : meter
        ? 'meter_event_invalid_value'
        : 'no_meter';
  const data = {
    developer_message_summary: 'There is 1 invalid event',
    reason: {
      error_count: 1,
      error_types: [
        { code, error_count: 1, sample_errors: [{ error_message: error.message, request: { identifier } }] },
      ],
    },
    validation_start: iso(now),
    validation_end: iso(now),
  };
  if (!meter) emitThin(world, { type: 'v1.billing.meter.no_meter_found', related: null, data });
  else {
    const related = { id: meter.id, type: 'billing.meter', url: `/v1/billing/meters/${meter.id}` };
    emitThin(world, { type: 'v1.billing.meter.error_report_triggered', related, data });
  }
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
  if (event) world.store.put('meter_event', { ...event, isCanceled: true });
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

function retrieveEvent({ world, id }: Call) {
  const event = world.store.get('thin_event', id);
  if (!event) throw noSuchObject('event', id);
  return event;
}

/** A destination for thin events; the signing secret is part of the answer. */
function createDestination({ world, params }: Call) {
  const url = params.sub('webhook_endpoint')?.requireText('url') ?? '';
  const now = world.clock.nowSeconds();
  const secret = `whsec_${randomText(32)}`;
  const endpoint = world.store.put('webhook_endpoint', {
    id: newId('ed_test'),
    object: 'webhook_endpoint',
    api_version: null,
    enabled_events: params.texts('enabled_events') ?? ['*'],
    metadata: {},
    status: 'enabled',
    url,
    _isThin: true,
    _secrets: [secret],
  });
  return {
    id: endpoint.id,
    object: 'v2.core.event_destination',
    created: iso(now),
    description: params.text('description') ?? '',
    enabled_events: endpoint.enabled_events,
    event_payload: 'thin',
    livemode: false,
    metadata: isRecord(params.raw.metadata) ? params.raw.metadata : {},
    name: params.text('name') ?? 'destination',
    status: 'enabled',
    type: 'webhook_endpoint',
    updated: iso(now),
    webhook_endpoint: { signing_secret: secret, url },
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
  { method: 'GET', path: '/v2/core/events/:id', handler: retrieveEvent },
  { method: 'POST', path: '/v2/core/event_destinations', handler: createDestination },
];
