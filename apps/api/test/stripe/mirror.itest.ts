import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type MirrorWorld, startMirror } from './start-mirror.ts';

const proMonthly = 'mg_voice-ops_pro_v1_base_month_usd';
const businessMonthly = 'mg_voice-ops_business_v1_base_month_usd';

let world: MirrorWorld;
beforeAll(async () => {
  world = await startMirror();
});
afterAll(() => world.stop());

async function subscriptionsOf(organizationId: string) {
  const { rows } = await world.api.db.owner.query(
    `select family, plan, status, access, stripe_subscription_id, past_due_since
     from subscriptions where organization_id = $1 order by created_at`,
    [organizationId],
  );
  return rows;
}

async function invoicesOf(organizationId: string) {
  const { rows } = await world.api.db.owner.query(
    `select i.status, i.total_minor::text as total, i.family,
            (select count(*)::int from invoice_lines l where l.invoice_id = i.id) as lines
     from invoices i where i.organization_id = $1 order by i.stripe_created_at`,
    [organizationId],
  );
  return rows;
}

describe('the mirror of Stripe', () => {
  test('the catalogue is published once: a second publication makes nothing', async () => {
    const before = await world.stripe.prices.list({ limit: 100 });
    const { publish, sync } = world.api.container.background;
    const { publishCatalog } = await import('@metergate/core/catalog/publish-catalog');
    const changes = await publishCatalog(publish, {
      actor: { kind: 'job', name: 'test' },
      families: sync.families,
    });
    expect(changes.filter(({ action }) => action !== 'keep')).toEqual([]);
    const after = await world.stripe.prices.list({ limit: 100 });
    expect(after.data.length).toBe(before.data.length);
    expect(before.data.length).toBeGreaterThan(10);
  });

  test('a subscription made at Stripe appears with its plan, its paid invoice and its card', async () => {
    const { organizationId, customer } = await world.addCustomer('first');
    const subscription = await world.subscribe(customer, proMonthly);
    for (const event of await world.eventsOf(customer)) expect(await world.deliver(event)).toBe(200);
    await world.api.container.drainUntilIdle();
    expect(await subscriptionsOf(organizationId)).toEqual([
      {
        family: 'voice-ops',
        plan: 'pro',
        status: 'active',
        access: 'full',
        stripe_subscription_id: subscription.id,
        past_due_since: null,
      },
    ]);
    expect(await invoicesOf(organizationId)).toEqual([
      { status: 'paid', total: '4900', family: 'voice-ops', lines: 1 },
    ]);
    const { rows } = await world.api.db.owner.query(
      'select last4, is_default from payment_methods where organization_id = $1',
      [organizationId],
    );
    expect(rows).toEqual([{ last4: '4242', is_default: true }]);
  });

  test('any order and any number of copies of the events gives the same state and one effect', async () => {
    const { organizationId, customer } = await world.addCustomer('orders');
    const subscription = await world.subscribe(customer, proMonthly);
    const item = subscription.items.data[0];
    await world.stripe.subscriptions.update(subscription.id, {
      items: [{ id: item?.id ?? '', price: await world.price(businessMonthly) }],
      proration_behavior: 'none',
    });
    const events = await world.eventsOf(customer);
    const shuffled = [...events.toReversed(), ...events, ...events];
    const statuses = await Promise.all(shuffled.map((event) => world.deliver(event)));
    expect(new Set(statuses)).toEqual(new Set([200]));
    await world.api.container.drainUntilIdle();
    expect(await subscriptionsOf(organizationId)).toMatchObject([{ plan: 'business', status: 'active' }]);
    const audit = await world.api.db.owner.query(
      `select action from audit_log where organization_id = $1 and action like 'subscription.%'`,
      [organizationId],
    );
    expect(audit.rows).toEqual([{ action: 'subscription.started' }]);
    const stored = await world.api.db.owner.query(
      `select count(*)::int as rows, count(distinct external_id)::int as ids,
              count(*) filter (where status not in ('processed', 'ignored'))::int as open
       from inbound_events where stripe_customer_id = $1`,
      [customer],
    );
    expect(stored.rows).toEqual([{ rows: events.length, ids: events.length, open: 0 }]);
  });

  test('a deletion that arrives before the creation ends canceled, and stays so', async () => {
    const { organizationId, customer } = await world.addCustomer('deleted-first');
    const subscription = await world.subscribe(customer, proMonthly);
    await world.stripe.subscriptions.cancel(subscription.id);
    const events = await world.eventsOf(customer);
    const deleted = events.filter(({ type }) => type === 'customer.subscription.deleted');
    for (const event of deleted) await world.deliver(event);
    await world.api.container.drainUntilIdle();
    for (const event of events) await world.deliver(event);
    await world.api.container.drainUntilIdle();
    expect(await subscriptionsOf(organizationId)).toMatchObject([
      { status: 'canceled', access: 'suspended' },
    ]);
  });

  test('a late event of a superseded subscription never moves the current one', async () => {
    const { organizationId, customer } = await world.addCustomer('superseded');
    const old = await world.subscribe(customer, proMonthly);
    await world.stripe.subscriptions.cancel(old.id);
    const oldEvents = await world.eventsOf(customer);
    const current = await world.subscribe(customer, businessMonthly);
    const newEvents = (await world.eventsOf(customer)).slice(oldEvents.length);
    for (const event of newEvents) await world.deliver(event);
    await world.api.container.drainUntilIdle();
    for (const event of oldEvents) await world.deliver(event);
    await world.api.container.drainUntilIdle();
    const rows = await subscriptionsOf(organizationId);
    expect(rows.find(({ stripe_subscription_id: id }) => id === current.id)).toMatchObject({
      plan: 'business',
      status: 'active',
      access: 'full',
    });
    expect(rows.filter(({ status }) => status !== 'canceled').length).toBe(1);
  });

  test('an event that can never be applied is given up and holds nobody up', async () => {
    const healthy = await world.addCustomer('healthy');
    const broken = await world.addCustomer('broken');
    const foreign = await world.stripe.prices.create({
      currency: 'usd',
      unit_amount: 100,
      recurring: { interval: 'month' },
      product_data: { name: 'not of the catalogue' },
    });
    await world.stripe.subscriptions.create({ customer: broken.customer, items: [{ price: foreign.id }] });
    await world.subscribe(healthy.customer, proMonthly);
    for (const customer of [broken.customer, healthy.customer]) {
      for (const event of await world.eventsOf(customer)) await world.deliver(event);
    }
    await world.api.container.drainUntilIdle();
    const { rows } = await world.api.db.owner.query(
      `select type, status, attempts from inbound_events
       where stripe_customer_id = $1 and type = 'customer.subscription.created'`,
      [broken.customer],
    );
    expect(rows).toEqual([{ type: 'customer.subscription.created', status: 'dead', attempts: 8 }]);
    expect(await subscriptionsOf(broken.organizationId)).toEqual([]);
    expect(await subscriptionsOf(healthy.organizationId)).toMatchObject([{ plan: 'pro', status: 'active' }]);
  });

  test('events of an unknown customer wait and are applied when the customer is known', async () => {
    const { organizationId, customer } = await world.addCustomer('late-mapping');
    await world.api.db.owner.query('update organizations set stripe_customer_id = null where id = $1', [
      organizationId,
    ]);
    await world.subscribe(customer, proMonthly);
    for (const event of await world.eventsOf(customer)) await world.deliver(event);
    await world.api.container.drainUntilIdle();
    const parked = await world.api.db.owner.query(
      `select count(*)::int as parked from inbound_events where stripe_customer_id = $1 and status = 'parked'`,
      [customer],
    );
    expect(parked.rows[0].parked).toBeGreaterThan(2);
    await world.api.db.owner.query('update organizations set stripe_customer_id = $2 where id = $1', [
      organizationId,
      customer,
    ]);
    await world.api.container.drainUntilIdle();
    expect(await subscriptionsOf(organizationId)).toMatchObject([{ plan: 'pro', status: 'active' }]);
  });
});
