import Stripe from 'stripe';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { deliverTo, type MirrorWorld, startMirror, webhookSecret } from './start-mirror.ts';

const proMonthly = 'mg_voice-ops_pro_v1_base_month_usd';
const businessMonthly = 'mg_voice-ops_business_v1_base_month_usd';

let world: MirrorWorld;
beforeAll(async () => {
  world = await startMirror();
});
afterAll(() => world.stop());

async function rowsOf(organizationId: string) {
  const { rows } = await world.api.db.owner.query(
    `select plan, status, access, stripe_subscription_id as id, current_period_start as start,
            current_period_end as end from subscriptions where organization_id = $1 order by created_at`,
    [organizationId],
  );
  return rows;
}

async function inboxRow(externalId: string) {
  const { rows } = await world.api.db.owner.query(
    'select status, effect, type, organization_id from inbound_events where external_id = $1',
    [externalId],
  );
  return rows[0];
}

let counter = 0;
function made(type: string, object: Record<string, unknown>, envelope: Record<string, unknown> = {}) {
  counter += 1;
  return {
    id: `evt_odd_${counter}`,
    object: 'event',
    type,
    api_version: '2026-10-28.endive',
    created: Math.floor(Date.now() / 1000),
    livemode: false,
    data: { object },
    ...envelope,
  };
}

async function apply(event: { id: string }) {
  expect(await world.deliver(event)).toBe(200);
  await world.api.container.drainUntilIdle();
  return inboxRow(event.id);
}

describe('the body of an event is a hint and never the truth', () => {
  const lies: [string, (object: Record<string, unknown>) => unknown, string][] = [
    ['periods on the subscription, as before 2025', periodsOnTop, '2024-06-20'],
    ['no periods at all', (object) => ({ ...object, items: { data: [] } }), '2026-10-28.endive'],
    ['no items', (object) => ({ ...object, items: [] }), '2026-10-28.endive'],
    ['a quantity of null', (object) => withQuantity(object, null), '2026-10-28.endive'],
    ['a quantity of -1', (object) => withQuantity(object, -1), '2026-10-28.endive'],
    ['another state', (object) => ({ ...object, status: 'canceled' }), '2026-10-28.endive'],
    ['an unknown version', (object) => ({ ...object, status: 'brand_new' }), '2031-01-01.mars'],
  ];
  test.each(lies)('%s: the state is what Stripe answers now', async (name, change, apiVersion) => {
    const slug = `lie-${name.replaceAll(/[^a-z0-9]+/g, '-')}`.slice(0, 40);
    const { organizationId, customer } = await world.addCustomer(slug);
    const subscription = await world.subscribe(customer, proMonthly);
    const object = change(JSON.parse(JSON.stringify(subscription)));
    const event = made('customer.subscription.updated', object as Record<string, unknown>, {
      api_version: apiVersion,
    });
    expect(await apply(event)).toMatchObject({ status: 'processed' });
    // Once more, now that the subscription is known.
    const again = { ...event, id: `${event.id}_again` };
    expect(await apply(again)).toMatchObject({ status: 'processed' });
    const item = subscription.items.data[0];
    expect(await rowsOf(organizationId)).toEqual([
      {
        plan: 'pro',
        status: 'active',
        access: 'full',
        id: subscription.id,
        start: new Date((item?.current_period_start ?? 0) * 1000),
        end: new Date((item?.current_period_end ?? 0) * 1000),
      },
    ]);
  });

  test('metadata that names another organization is not followed: the stored customer decides', async () => {
    const own = await world.addCustomer('own');
    const other = await world.addCustomer('other');
    const subscription = await world.subscribe(own.customer, proMonthly);
    await world.stripe.subscriptions.update(subscription.id, {
      metadata: { metergate_organization: other.organizationId },
    });
    for (const event of await world.eventsOf(own.customer)) await world.deliver(event);
    await world.api.container.drainUntilIdle();
    expect(await rowsOf(own.organizationId)).toMatchObject([{ plan: 'pro', status: 'active' }]);
    expect(await rowsOf(other.organizationId)).toEqual([]);
  });

  test('an unknown customer is parked and taken up when an organization has it', async () => {
    const customer = await world.stripe.customers.create({ name: 'later' });
    const event = made('customer.updated', { id: customer.id, object: 'customer' });
    expect(await apply(event)).toMatchObject({ status: 'parked' });
    const organizationId = await world.api.addOrganization('later');
    await world.api.db.owner.query('update organizations set stripe_customer_id = $2 where id = $1', [
      organizationId,
      customer.id,
    ]);
    await world.api.container.drainUntilIdle();
    expect(await inboxRow(event.id)).toMatchObject({ status: 'processed', organization_id: organizationId });
  });
});

describe('what does not count as paid', () => {
  test.each(['checkout.session.completed', 'checkout.session.async_payment_failed'])(
    '%s with an unpaid session gives no access',
    async (type) => {
      const { organizationId, customer } = await world.addCustomer(type.replaceAll(/[^a-z]+/g, '-'));
      const session = { id: 'cs_test_none', object: 'checkout.session', customer, payment_status: 'unpaid' };
      expect(await apply(made(type, session))).toMatchObject({ status: 'processed' });
      expect(await rowsOf(organizationId)).toEqual([]);
    },
  );

  test('a first charge that is declined is incomplete and gives no access', async () => {
    const { organizationId, customer } = await world.addCustomer('declined', 'pm_card_chargeCustomerFail');
    await world.subscribe(customer, proMonthly);
    for (const event of await world.eventsOf(customer)) await world.deliver(event);
    await world.api.container.drainUntilIdle();
    expect(await rowsOf(organizationId)).toMatchObject([{ status: 'incomplete', access: 'suspended' }]);
  });

  test('the paid invoice over nothing with which a trial begins is no receipt', async () => {
    const { organizationId, customer } = await world.addCustomer('tries');
    await world.stripe.subscriptions.create({
      customer,
      items: [{ price: await world.price(proMonthly) }],
      trial_period_days: 14,
    });
    for (const event of await world.eventsOf(customer)) await world.deliver(event);
    await world.api.container.drainUntilIdle();
    expect(await rowsOf(organizationId)).toMatchObject([{ status: 'trialing', access: 'full' }]);
    const { rows } = await world.api.db.owner.query(
      'select template from emails where organization_id = $1',
      [organizationId],
    );
    expect(rows).toEqual([]);
  });
});

describe('two live subscriptions of one family', () => {
  test('the one that is served stays, the other changes nothing, and it takes over once the first has ended', async () => {
    const { organizationId, customer } = await world.addCustomer('twice');
    const first = await world.subscribe(customer, proMonthly);
    const catchUp = async () => {
      for (const event of await world.eventsOf(customer)) await world.deliver(event);
      await world.api.container.drainUntilIdle();
    };
    await catchUp();
    const second = await world.subscribe(customer, businessMonthly);
    await catchUp();
    expect(await rowsOf(organizationId)).toMatchObject([{ id: first.id, plan: 'pro', status: 'active' }]);
    const noticed = await world.api.db.owner.query(
      `select count(*)::int as count from inbound_events
       where stripe_customer_id = $1 and effect::text like '%SUBSCRIPTION_DUPLICATE_LIVE%'`,
      [customer],
    );
    expect(noticed.rows[0].count).toBeGreaterThan(0);
    await world.stripe.subscriptions.cancel(first.id);
    await catchUp();
    // Both may have been made in the same second, so their order in time says nothing.
    const rows = await rowsOf(organizationId);
    expect(rows).toHaveLength(2);
    expect(rows.find(({ id }) => id === first.id)).toMatchObject({ status: 'canceled', access: 'suspended' });
    expect(rows.find(({ id }) => id === second.id)).toMatchObject({
      plan: 'business',
      status: 'active',
      access: 'full',
    });
  });
});

describe('thin events and the second address', () => {
  const thin = (type: string, extra: Record<string, unknown> = {}) => ({
    id: `evt_thin_${type.replaceAll('.', '_')}_${Object.keys(extra).length}`,
    object: 'v2.core.event',
    type,
    created: new Date().toISOString(),
    livemode: false,
    related_object: { id: 'mtr_1', type: 'billing.meter', url: '/v1/billing/meters/mtr_1' },
    ...extra,
  });

  test.each(['v1.billing.meter.error_report_triggered', 'v1.billing.meter.no_meter_found'])(
    '%s is a form that Stripe itself reads, and is kept as recorded',
    async (type) => {
      const event = thin(type);
      const payload = JSON.stringify(event);
      const header = Stripe.webhooks.generateTestHeaderString({ payload, secret: webhookSecret });
      const parsed = world.stripe.parseEventNotification(payload, header, webhookSecret);
      expect(parsed.type).toBe(type);
      expect(await apply(event)).toMatchObject({ status: 'ignored', effect: { ignored: 'recorded' } });
    },
  );

  test('a thin event of another account is ignored', async () => {
    const event = thin('v1.billing.meter.no_meter_found', { context: 'acct_other' });
    expect(await apply(event)).toMatchObject({ effect: { ignored: 'other_account' } });
  });

  test('the alias takes the same events into the same inbox', async () => {
    const event = made('nothing.we.know', { id: 'obj_1', object: 'thing' });
    const path = '/api/billing/webhook';
    expect(await deliverTo(world.api.url, event, { path })).toBe(200);
    expect(await world.deliver(event)).toBe(200);
    expect(await inboxRow(event.id)).toMatchObject({ type: 'nothing.we.know' });
    expect((await fetch(`${world.api.url}${path}`, { method: 'POST', body: '{}' })).status).toBe(415);
    expect((await fetch(`${world.api.url}${path}`)).status).toBe(405);
  });
});

function periodsOnTop(object: Record<string, unknown>) {
  return { ...object, current_period_start: 1, current_period_end: null, items: { data: [{ id: 'si_1' }] } };
}

function withQuantity(object: Record<string, unknown>, quantity: unknown) {
  return { ...object, items: { data: [{ id: 'si_1', quantity }] } };
}
