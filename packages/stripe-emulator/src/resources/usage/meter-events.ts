import { parseDecimal } from '../../billing/amounts/fraction.ts';
import { updateDrafts } from '../../billing/invoicing/late-usage.ts';
import type { Call, Route } from '../../server/router.ts';
import type { MeterEventRow } from '../../store/session-rows.ts';
import { ApiFailure, invalidRequest, missingParameter } from '../../wire/errors.ts';
import { newId } from '../../wire/ids.ts';
import { customerNow, type World } from '../../world.ts';
import { reportMeterError } from './meter-errors.ts';

const AGE_SECONDS_MAX = 35 * 86_400;
const FUTURE_SECONDS_MAX = 300;
const ADJUSTABLE_SECONDS = 86_400;
/** An identifier is unique for a day; afterwards it may be used again. */
const UNIQUE_SECONDS = 86_400;

export interface NewMeterEvent {
  eventName: string;
  payload: Record<string, unknown>;
  identifier: string;
  timestamp: number | null;
}

/** Records usage; throws what is wrong with the event. The same identifier twice within a day is refused. */
export function recordMeterEvent(world: World, event: NewMeterEvent): MeterEventRow {
  const meter = world.store
    .all('billing.meter')
    .find((row) => row.event_name === event.eventName && row.status === 'active');
  if (!meter) {
    throw invalidRequest(
      `No active meter found for event name: ${event.eventName}`,
      'event_name',
      'no_meter',
    );
  }
  const customer = event.payload[meter.customer_mapping.event_payload_key];
  const owner = typeof customer === 'string' ? world.store.get('customer', customer) : undefined;
  if (!owner || owner.deleted) {
    throw invalidRequest(
      `No such customer: '${String(customer)}'`,
      `payload[${meter.customer_mapping.event_payload_key}]`,
      'resource_missing',
    );
  }
  const now = customerNow(world, owner.id);
  const timestamp = event.timestamp ?? now;
  if (timestamp < now - AGE_SECONDS_MAX || timestamp > now + FUTURE_SECONDS_MAX) {
    const code = timestamp > now ? 'timestamp_in_future' : 'timestamp_too_far_in_past';
    throw invalidRequest(
      'The timestamp must be within the past 35 calendar days and at most 5 minutes in the future.',
      'timestamp',
      code,
    );
  }
  const known = world.store.get('meter_event', event.identifier);
  if (known && now < known.created + UNIQUE_SECONDS) {
    throw invalidRequest(
      `An event already exists with identifier ${event.identifier}.`,
      'identifier',
      'duplicate_meter_event',
    );
  }
  // The older event of a name that may be used again still counts.
  if (known) {
    const id = `${known.identifier}#${known.created}`;
    world.store.put('meter_event', { ...known, id });
  }
  const stored = world.store.put('meter_event', {
    id: event.identifier,
    object: 'billing.meter_event',
    meter: meter.id,
    customer: owner.id,
    identifier: event.identifier,
    timestamp,
    created: now,
    value: readValue(
      event.payload[meter.value_settings.event_payload_key],
      meter.default_aggregation.formula,
    ),
    isCanceled: false,
  });
  updateDrafts(world, stored);
  return stored;
}

function readValue(value: unknown, formula: string): string {
  if (value === undefined && formula === 'count') return '1';
  const text = String(value ?? '');
  try {
    parseDecimal(text);
  } catch {
    throw invalidRequest(`Invalid value: ${text}`, 'payload[value]', 'invalid_value');
  }
  return text;
}

/**
 * Answers before the event is looked at: an unknown meter or customer, or a bad value, is announced by a thin
 * event later. Only a timestamp out of range and a repeated identifier are refused at once.
 */
function create({ world, params }: Call) {
  const payload = params.sub('payload')?.raw;
  if (!payload) throw missingParameter('payload');
  const eventName = params.requireText('event_name');
  const identifier = params.text('identifier') ?? newId('mtrevt');
  const timestamp = params.integer('timestamp') ?? null;
  try {
    recordMeterEvent(world, { eventName, payload, identifier, timestamp });
  } catch (error) {
    if (!(error instanceof ApiFailure) || !isFoundLater(error)) throw error;
    reportMeterError(world, { eventName, identifier, error });
  }
  const created = world.clock.nowSeconds();
  return {
    object: 'billing.meter_event',
    created,
    event_name: eventName,
    identifier,
    livemode: false,
    payload,
    timestamp: timestamp ?? created,
  };
}

function isFoundLater({ fields }: ApiFailure): boolean {
  return fields.code === 'no_meter' || fields.code === 'resource_missing' || fields.code === 'invalid_value';
}

export function cancelEvent(world: World, event: MeterEventRow): void {
  updateDrafts(world, world.store.put('meter_event', { ...event, isCanceled: true }));
}

/** Takes an event back, within a day of its receipt. */
function adjust({ world, params }: Call) {
  const identifier = params.sub('cancel')?.requireText('identifier') ?? '';
  const event = world.store.get('meter_event', identifier);
  if (!event)
    throw invalidRequest(
      `No meter event found with identifier ${identifier}`,
      'cancel[identifier]',
      'resource_missing',
    );
  if (customerNow(world, event.customer) > event.created + ADJUSTABLE_SECONDS) {
    throw invalidRequest(
      'Meter events can only be canceled within 24 hours of receipt.',
      'cancel[identifier]',
    );
  }
  cancelEvent(world, event);
  return {
    object: 'billing.meter_event_adjustment',
    cancel: { identifier },
    event_name: params.requireText('event_name'),
    livemode: false,
    status: 'complete',
    type: 'cancel',
  };
}

export const meterEventRoutes: Route[] = [
  { method: 'POST', path: '/v1/billing/meter_events', handler: create },
  { method: 'POST', path: '/v1/billing/meter_event_adjustments', handler: adjust },
];
