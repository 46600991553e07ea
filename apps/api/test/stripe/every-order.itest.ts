import type Stripe from 'stripe';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { coveringOrders, setName } from './covering-orders.ts';
import { type MirrorWorld, startMirror } from './start-mirror.ts';

const lifeTypes = [
  'customer.subscription.created',
  'customer.subscription.updated',
  'customer.subscription.deleted',
  'invoice.finalized',
  'invoice.paid',
  'customer.updated',
] as const;

let world: MirrorWorld;
beforeAll(async () => {
  world = await startMirror();
  // The hourly comparison with Stripe would bring events that are not due yet.
  const { clock } = world.api.container;
  const earlyInTheHour = clock.now();
  earlyInTheHour.setUTCMinutes(5);
  clock.moveTo(earlyInTheHour);
  await world.api.container.drainUntilIdle();
});
afterAll(() => world.stop());

interface Life {
  organizationId: string;
  customer: string;
  order: readonly string[];
}

/** Bought, changed, ended: all of it has happened at Stripe before we hear of any. */
async function live(n: number, order: readonly string[], prices: readonly string[]): Promise<Life> {
  const [bought, changed = ''] = prices;
  const { organizationId, customer } = await world.addCustomer(`order-${n}`);
  const { id, items } = await world.stripe.subscriptions.create({
    customer,
    items: [{ price: bought ?? '' }],
  });
  const change = [{ id: items.data[0]?.id ?? '', price: changed }];
  await world.stripe.subscriptions.update(id, { items: change, proration_behavior: 'none' });
  await world.stripe.subscriptions.cancel(id);
  return { organizationId, customer, order };
}

/** The latest event of each type of each customer, as `customer type`. */
async function eventsByName(): Promise<Map<string, Stripe.Event>> {
  const events = await world.stripe.events.list({ limit: 100 }).autoPagingToArray({ limit: 10_000 });
  const named = events.toReversed().map((event): [string, Stripe.Event] => {
    const object = event.data.object as { id?: string; customer?: unknown };
    return [`${object.customer ?? object.id} ${event.type}`, event];
  });
  return new Map(named);
}

/** Everything that is stored of each organization, without what is never the same twice: ids and instants. */
async function statesOf(lives: readonly Life[]): Promise<string[]> {
  const { rows } = await world.api.db.owner.query<{ id: string; state: unknown }>(
    `select o.id, jsonb_build_object(
       'subscriptions', (select jsonb_agg(to_jsonb(s)) from subscriptions s where s.organization_id = o.id),
       'items', (select jsonb_agg(to_jsonb(i) order by i.price_key) from subscription_items i where i.organization_id = o.id),
       'invoices', (select jsonb_agg(to_jsonb(i)) from invoices i where i.organization_id = o.id),
       'lines', (select jsonb_agg(to_jsonb(l) order by l.description) from invoice_lines l where l.organization_id = o.id),
       'methods', (select jsonb_agg(to_jsonb(m)) from payment_methods m where m.organization_id = o.id),
       'terms', (select count(*) from subscription_terms t where t.organization_id = o.id),
       'audit', (select jsonb_agg(a.action order by a.action) from audit_log a where a.organization_id = o.id),
       'mails', (select jsonb_agg(e.template order by e.template) from emails e where e.organization_id = o.id)) as state
     from organizations o where o.id = any($1)`,
    [lives.map(({ organizationId }) => organizationId)],
  );
  const states = new Map(rows.map(({ id, state }) => [id, withoutNames(JSON.stringify(state))]));
  return lives.map(({ organizationId }) => states.get(organizationId) ?? 'nothing');
}

function withoutNames(state: string): string {
  return state
    .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+(\+00:00|Z)?/g, '(instant)')
    .replaceAll(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, '(id)')
    .replaceAll(/"http:[^"]+"/g, '"(address)"')
    .replaceAll(/\b(sub|si|in|il|pm|ch|price)_[A-Za-z0-9]{8,}/g, '(id)')
    .replaceAll(/"reading":\d+/g, '"reading":0')
    .replaceAll(/"[A-Z0-9]{6,8}-\d{4}"/g, '"(number)"');
}

test('all 720 orders of six events end alike: each of the 192 steps between sets of them leads to one state', async () => {
  const orders = coveringOrders(lifeTypes);
  expect(orders).toContainEqual([...lifeTypes]);
  const prices = await Promise.all(
    ['pro', 'business'].map((plan) => world.price(`mg_voice-ops_${plan}_v1_base_month_usd`)),
  );
  const lives = await Promise.all(orders.map((order, n) => live(n, order, prices)));
  const events = await eventsByName();
  const stateAfter = new Map<string, string>();
  const steps = new Set<string>();
  for (let heard = 0; heard < lifeTypes.length; heard += 1) {
    const statuses = await Promise.all(
      lives.map(({ customer, order }) => world.deliver(events.get(`${customer} ${order[heard]}`))),
    );
    expect(new Set(statuses)).toEqual(new Set([200]));
    await world.api.container.drainUntilIdle();
    for (const [n, state] of (await statesOf(lives)).entries()) {
      const order = lives[n]?.order ?? [];
      const known = setName(order.slice(0, heard + 1));
      steps.add(`${setName(order.slice(0, heard))} → ${order[heard]}`);
      expect(state, order.join(', ')).toBe(stateAfter.get(known) ?? state);
      stateAfter.set(known, state);
    }
  }
  expect(steps.size).toBe(192);
  expect(stateAfter.size).toBe(63);
  const end = JSON.parse(stateAfter.get(setName(lifeTypes)) ?? '{}');
  expect(end.subscriptions).toMatchObject([{ plan: 'business', status: 'canceled', access: 'suspended' }]);
  expect(end.invoices).toMatchObject([{ status: 'paid', total_minor: 4900 }]);
  expect(end.audit).toEqual([
    'invoice.status_changed',
    'payment_method.default_changed',
    'subscription.started',
  ]);
  expect(end.mails).toEqual(['receipt', 'subscription_canceled']);
  const { rows } = await world.api.db.owner.query(
    `select status, count(*)::int as count from inbound_events where stripe_customer_id is not null group by status`,
  );
  expect(rows).toEqual([{ status: 'processed', count: 360 }]);
}, 240_000);
