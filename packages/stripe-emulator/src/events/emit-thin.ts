import type { Row } from '../store/rows.ts';
import type { WebhookEndpointRow } from '../store/session-rows.ts';
import { newId } from '../wire/ids.ts';
import type { World } from '../world.ts';

export interface ThinEvent {
  type: string;
  related: { id: string; type: string; url: string } | null;
  data: Record<string, unknown>;
  /** One destination instead of all that want the type. */
  only?: string;
}

/** Records a thin event and notifies the thin destinations; the notification does not carry the data. */
export function emitThin(world: World, { type, related, data, only }: ThinEvent): Row {
  const event = world.store.put('thin_event', {
    id: newId('evt'),
    object: 'v2.core.event',
    changes: null,
    context: null,
    created: new Date(world.clock.nowMs()).toISOString(),
    data,
    livemode: false,
    reason: null,
    related_object: related,
    type,
  });
  const endpoints = world.store
    .all('webhook_endpoint')
    .filter((endpoint) => (only === undefined ? wants(endpoint, type) : endpoint.id === only));
  for (const endpoint of endpoints) world.deliverer.enqueue({ id: event.id, type }, endpoint);
  return event;
}

function wants({ _isThin, status, enabled_events }: WebhookEndpointRow, type: string): boolean {
  const isListed = enabled_events.includes('*') || enabled_events.includes(type);
  return _isThin === true && status === 'enabled' && isListed;
}

/** Where objects of version 1 are read; those that cannot be read by themselves are not named. */
const PATHS: Record<string, string> = {
  'billing.meter': 'billing/meters',
  charge: 'charges',
  'checkout.session': 'checkout/sessions',
  coupon: 'coupons',
  credit_note: 'credit_notes',
  customer: 'customers',
  dispute: 'disputes',
  invoice: 'invoices',
  invoice_payment: 'invoice_payments',
  invoiceitem: 'invoiceitems',
  payment_intent: 'payment_intents',
  payment_method: 'payment_methods',
  price: 'prices',
  product: 'products',
  promotion_code: 'promotion_codes',
  refund: 'refunds',
  setup_intent: 'setup_intents',
  subscription: 'subscriptions',
  subscription_schedule: 'subscription_schedules',
  tax_rate: 'tax_rates',
};

/** The same happening as a thin event `v1.…`, for destinations that asked for it. */
export function emitThinTwin(world: World, snapshotType: string, row: Row): void {
  const type = `v1.${snapshotType}`;
  if (!world.store.all('webhook_endpoint').some((endpoint) => wants(endpoint, type))) return;
  const path = PATHS[row.object];
  const related = path ? { id: row.id, type: row.object, url: `/v1/${path}/${row.id}` } : null;
  emitThin(world, { type, related, data: {} });
}
