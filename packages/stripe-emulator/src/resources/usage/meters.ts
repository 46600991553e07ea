import { roundHalfAway, toDecimal } from '../../billing/amounts/fraction.ts';
import { usageOf } from '../../billing/invoicing/usage.ts';
import { emit, emitChange } from '../../events/emit.ts';
import type { Call, Route } from '../../server/router.ts';
import { blankBillingMeter } from '../../shapes/sessions.ts';
import type { MeterRow } from '../../store/session-rows.ts';
import { invalidRequest, missingParameter, noSuchObject } from '../../wire/errors.ts';
import { newId } from '../../wire/ids.ts';
import { listOf, page } from '../../wire/lists.ts';
import type { World } from '../../world.ts';
import { requireCustomer } from '../find.ts';

const BUCKETS_MAX = 10_000;

export function requireMeter(world: World, id: string): MeterRow {
  const meter = world.store.get('billing.meter', id);
  if (!meter) throw noSuchObject('billing meter', id);
  return meter;
}

function create({ world, params }: Call) {
  const formula = params.sub('default_aggregation')?.choice('formula', ['sum', 'count', 'last']);
  if (!formula) throw missingParameter('default_aggregation[formula]');
  const eventName = params.requireText('event_name');
  if (
    world.store
      .all('billing.meter')
      .some((meter) => meter.event_name === eventName && meter.status === 'active')
  ) {
    throw invalidRequest(
      'An active meter with this event name already exists.',
      'event_name',
      'resource_already_exists',
    );
  }
  const created = world.clock.nowSeconds();
  const meter = world.store.put('billing.meter', {
    ...blankBillingMeter,
    id: newId('mtr'),
    created,
    customer_mapping: {
      event_payload_key: params.sub('customer_mapping')?.text('event_payload_key') ?? 'stripe_customer_id',
      type: 'by_id',
    },
    default_aggregation: { formula },
    display_name: params.requireText('display_name'),
    event_name: eventName,
    event_time_window: params.textOrNull('event_time_window'),
    status: 'active',
    updated: created,
    value_settings: { event_payload_key: params.sub('value_settings')?.text('event_payload_key') ?? 'value' },
  });
  emit(world, 'billing.meter.created', meter);
  return meter;
}

function setStatus({ world, id }: Call, status: MeterRow['status']) {
  const before = requireMeter(world, id);
  const now = world.clock.nowSeconds();
  const deactivatedAt = status === 'inactive' ? now : null;
  const meter = world.store.put('billing.meter', {
    ...before,
    status,
    updated: now,
    status_transitions: { deactivated_at: deactivatedAt },
  });
  emit(world, status === 'inactive' ? 'billing.meter.deactivated' : 'billing.meter.reactivated', meter);
  return meter;
}

function update({ world, params, id }: Call) {
  const before = requireMeter(world, id);
  const meter = world.store.put('billing.meter', {
    ...before,
    display_name: params.text('display_name') ?? before.display_name,
  });
  emitChange(world, 'billing.meter.updated', { before, after: meter });
  return meter;
}

/** One summary for the whole range, or one per hour or day that has usage. */
function summaries({ world, params, id }: Call) {
  const meter = requireMeter(world, id);
  const customer = requireCustomer(world, params.requireText('customer'), 'customer').id;
  const start = params.requireInteger('start_time');
  const end = params.requireInteger('end_time');
  const window = params.choice('value_grouping_window', ['hour', 'day']);
  const step = window === 'hour' ? 3600 : window === 'day' ? 86_400 : end - start;
  if (step <= 0 || (end - start) / step > BUCKETS_MAX) throw invalidRequest('Invalid time range', 'end_time');
  const rows = [];
  for (let at = start; at < end; at += step) {
    const value = usageOf(world, { customer, meter: id }, { start: at, end: at + step });
    if (window && value.numerator === 0n) continue;
    rows.push({
      id: `mtrusg_${id}_${customer}_${at}`,
      object: 'billing.meter_event_summary',
      // Stripe types this as a number; whole amounts are exact, others as near as a JSON number is.
      aggregated_value:
        value.numerator % value.denominator === 0n ? roundHalfAway(value) : Number(toDecimal(value)),
      end_time: at + step,
      livemode: false,
      meter: meter.id,
      start_time: at,
    });
  }
  return page(rows.reverse(), {
    params,
    url: `/v1/billing/meters/${id}/event_summaries`,
    kind: 'billing.meter_event_summary',
  });
}

export const meterRoutes: Route[] = [
  { method: 'POST', path: '/v1/billing/meters', handler: create },
  {
    method: 'GET',
    path: '/v1/billing/meters',
    handler: ({ world, params }) => {
      const status = params.text('status');
      return listOf(world, 'billing.meter', {
        params,
        url: '/v1/billing/meters',
        matches: (row) => !status || row.status === status,
      });
    },
  },
  { method: 'GET', path: '/v1/billing/meters/:id', handler: ({ world, id }) => requireMeter(world, id) },
  { method: 'POST', path: '/v1/billing/meters/:id', handler: update },
  {
    method: 'POST',
    path: '/v1/billing/meters/:id/deactivate',
    handler: (call) => setStatus(call, 'inactive'),
  },
  { method: 'POST', path: '/v1/billing/meters/:id/reactivate', handler: (call) => setStatus(call, 'active') },
  { method: 'GET', path: '/v1/billing/meters/:id/event_summaries', handler: summaries },
];
