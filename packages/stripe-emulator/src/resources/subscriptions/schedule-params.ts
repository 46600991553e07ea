import { boundary } from '../../billing/amounts/period.ts';
import type { SubscriptionRow } from '../../store/billing-rows.ts';
import type { PriceRow } from '../../store/rows.ts';
import type { Phase } from '../../store/session-rows.ts';
import { invalidRequest } from '../../wire/errors.ts';
import { mergeMetadata } from '../../wire/metadata.ts';
import type { Params } from '../../wire/params.ts';
import type { World } from '../../world.ts';
import { requirePrice } from '../find.ts';
import { readPhaseItems, readPhaseSettings } from './phase-params.ts';

const PHASE_DEFAULTS = {
  add_invoice_items: [],
  application_fee_percent: null,
  billing_cycle_anchor: null,
  billing_thresholds: null,
  collection_method: null,
  default_payment_method: null,
  default_tax_rates: [],
  description: null,
  discounts: [],
  invoice_settings: null,
  on_behalf_of: null,
  transfer_data: null,
  trial_end: null,
};

/** Phases follow each other without gaps; the first begins at `start` unless it says otherwise. */
export function readPhases(world: World, entries: Params[], start: number): Phase[] {
  let from = start;
  return entries.map((entry, index) => {
    const given = entry.text('start_date');
    const startDate = given === undefined || given === 'now' ? from : entry.requireInteger('start_date');
    if (index > 0 && startDate !== from)
      throw invalidRequest('Phases must follow each other without gaps.', entry.nameOf('start_date'));
    const items = readPhaseItems(world, entry);
    const first = requirePrice(world, items[0]?.price ?? '');
    const end = readEnd(entry, startDate, first);
    if (end <= startDate) throw invalidRequest('A phase must end after it starts.', entry.nameOf('end_date'));
    from = end;
    return {
      ...PHASE_DEFAULTS,
      ...readPhaseSettings(world, entry),
      currency: entry.text('currency') ?? first.currency,
      end_date: end,
      items,
      metadata: mergeMetadata({}, entry),
      proration_behavior:
        entry.choice('proration_behavior', ['create_prorations', 'always_invoice', 'none']) ??
        'create_prorations',
      start_date: startDate,
    };
  });
}

/** `iterations` is the older way to say `duration`; a phase that says nothing lasts one billing interval. */
function readEnd(entry: Params, start: number, price: PriceRow): number {
  const end = entry.integer('end_date');
  if (end !== undefined) return end;
  const duration = entry.sub('duration');
  const interval =
    duration?.choice('interval', ['day', 'week', 'month', 'year']) ?? price.recurring?.interval ?? 'month';
  const count = duration
    ? (duration.integer('interval_count') ?? 1)
    : (price.recurring?.interval_count ?? 1) * (entry.integer('iterations') ?? 1);
  return boundary(start, { interval, interval_count: count }, 1);
}

/** The phase that a schedule made from a subscription begins with: what it is now, until its period ends. */
export function phaseOf(subscription: SubscriptionRow): Phase {
  const first = subscription.items.data[0];
  return {
    ...PHASE_DEFAULTS,
    currency: subscription.currency,
    end_date: first?.current_period_end ?? subscription.created,
    items: subscription.items.data.map((item) => ({
      billing_thresholds: null,
      discounts: [],
      metadata: item.metadata,
      plan: item.price.id,
      price: item.price.id,
      tax_rates: [],
      ...(item.quantity === undefined ? {} : { quantity: item.quantity }),
    })),
    discounts: subscription.discounts.map((id) => ({ coupon: null, discount: id, promotion_code: null })),
    metadata: {},
    proration_behavior: 'create_prorations',
    start_date: first?.current_period_start ?? subscription.created,
  };
}
