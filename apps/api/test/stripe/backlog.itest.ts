import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type MirrorWorld, startMirror } from './start-mirror.ts';

const proMonthly = 'mg_voice-ops_pro_v1_base_month_usd';
const businessMonthly = 'mg_voice-ops_business_v1_base_month_usd';

let world: MirrorWorld;
beforeAll(async () => {
  world = await startMirror();
});
afterAll(() => world.stop());

async function inboxOf(customer: string) {
  const { rows } = await world.api.db.owner.query(
    `select external_id, type, status, attempts, effect, last_error from inbound_events
     where stripe_customer_id = $1 order by stripe_created_at, received_at, id`,
    [customer],
  );
  return rows;
}

async function planOf(organizationId: string) {
  const { rows } = await world.api.db.owner.query(
    'select plan, status, access from subscriptions where organization_id = $1',
    [organizationId],
  );
  return rows;
}

/** Counts what is read at Stripe while `work` runs. */
async function readings(organizationId: string, work: () => Promise<unknown>): Promise<number> {
  const last = async () => {
    const { rows } = await world.api.db.owner.query<{ at: string }>(
      `select coalesce(max(reading), 0)::text as at from subscriptions where organization_id = $1`,
      [organizationId],
    );
    return Number(rows[0]?.at);
  };
  const before = await last();
  await work();
  return (await last()) - before;
}

let counter = 0;
function about(object: Record<string, unknown>, type = 'customer.subscription.updated') {
  counter += 1;
  const created = Math.floor(Date.now() / 1000);
  return { id: `evt_backlog_${counter}`, object: 'event', type, created, livemode: false, data: { object } };
}

async function store(events: readonly unknown[]): Promise<void> {
  for (const event of events) expect(await world.deliver(event)).toBe(200);
}

const drain = () => world.api.container.drainUntilIdle();

describe('events that wait for one customer', () => {
  test('are settled by one reading, and one of them is named as the cause of what changed', async () => {
    const { organizationId, customer } = await world.addCustomer('waits');
    const { id } = await world.subscribe(customer, proMonthly);
    await store(await world.eventsOf(customer));
    await store(Array.from({ length: 40 }, () => about({ id, object: 'subscription', customer })));
    expect(await readings(organizationId, drain)).toBe(1);
    const rows = await inboxOf(customer);
    expect(rows.every(({ status }) => status === 'processed' || status === 'ignored')).toBe(true);
    const causes = rows.filter(({ effect }) => effect.changes?.length > 0);
    expect(causes.length).toBe(1);
    const settled = rows.filter(({ effect }) => effect.settledWith !== undefined);
    expect(settled.length).toBeGreaterThan(40);
    expect(new Set(settled.map(({ effect }) => effect.settledWith))).toEqual(
      new Set([causes[0].external_id]),
    );
    expect(await planOf(organizationId)).toEqual([{ plan: 'pro', status: 'active', access: 'full' }]);
  });

  test('do not use an older reading: what changes after the first ones is seen for the later ones', async () => {
    const { organizationId, customer } = await world.addCustomer('later-change');
    const subscription = await world.subscribe(customer, proMonthly);
    const { id } = subscription;
    await store([about({ id, object: 'subscription', customer })]);
    await drain();
    await world.stripe.subscriptions.update(id, {
      items: [{ id: subscription.items.data[0]?.id ?? '', price: await world.price(businessMonthly) }],
    });
    await store([about({ id, object: 'subscription', customer })]);
    await drain();
    expect(await planOf(organizationId)).toMatchObject([{ plan: 'business' }]);
  });

  test('one that can never be applied is given up alone, the others of the same customer at once', async () => {
    const { organizationId, customer } = await world.addCustomer('mixed');
    const good = await world.subscribe(customer, proMonthly);
    const foreign = await world.stripe.prices.create({
      currency: 'usd',
      unit_amount: 100,
      recurring: { interval: 'month' },
      product_data: { name: 'not of the catalogue' },
    });
    const bad = await world.stripe.subscriptions.create({ customer, items: [{ price: foreign.id }] });
    const poison = about({ id: bad.id, object: 'subscription', customer }, 'customer.subscription.created');
    await store([
      poison,
      ...Array.from({ length: 9 }, () => about({ id: good.id, object: 'subscription', customer })),
    ]);
    await drain();
    const rows = await inboxOf(customer);
    expect(rows.filter(({ status }) => status === 'dead')).toMatchObject([
      { external_id: poison.id, attempts: 8 },
    ]);
    expect(rows.filter(({ status, attempts }) => status === 'processed' && attempts === 0).length).toBe(9);
    expect(await planOf(organizationId)).toEqual([{ plan: 'pro', status: 'active', access: 'full' }]);
  });

  test('when their joint work fails each is tried alone, so one that needs nothing broken is applied', async () => {
    const { organizationId, customer } = await world.addCustomer('joint');
    const { id } = await world.subscribe(customer, proMonthly);
    await store([about({ id, object: 'subscription', customer })]);
    await drain();
    const card = await world.stripe.paymentMethods.attach('pm_card_mastercard', { customer });
    await withBrokenSubscription(id, async () => {
      await store([
        about({ id, object: 'subscription', customer }),
        about({ id: card.id, object: 'payment_method', customer }, 'payment_method.attached'),
      ]);
      await drain();
    });
    const rows = await inboxOf(customer);
    expect(rows.map(({ type, status }) => [type, status])).toEqual([
      ['customer.subscription.updated', 'processed'],
      ['customer.subscription.updated', 'dead'],
      ['payment_method.attached', 'processed'],
    ]);
    expect(rows[1].last_error).toMatch(/^STRIPE_VALUE_UNKNOWN/);
    expect(await planOf(organizationId)).toEqual([{ plan: 'pro', status: 'active', access: 'full' }]);
    const methods = await world.api.db.owner.query(
      'select count(*)::int as count from payment_methods where organization_id = $1',
      [organizationId],
    );
    expect(methods.rows).toEqual([{ count: 2 }]);
  });

  test('one that no worker survives is given up, and those that came with it are applied', async () => {
    const { customer } = await world.addCustomer('killer');
    const { id } = await world.subscribe(customer, proMonthly);
    const events = Array.from({ length: 3 }, () => about({ id, object: 'subscription', customer }));
    await store(events);
    // As if eight workers had died with the first in their hands.
    await world.api.db.owner.query(
      `update inbound_events set attempts = 7, status = 'processing', lease_until = now() - interval '1 second'
       where external_id = $1`,
      [events[0]?.id],
    );
    await drain();
    const rows = await inboxOf(customer);
    expect(rows.map(({ status }) => status)).toEqual(['dead', 'processed', 'processed']);
    expect(rows[0].last_error).toMatch(/^INBOUND_WORKER_LOST/);
  });
});

/** What no API call makes: a subscription that Stripe answers in a form nobody knows. */
async function withBrokenSubscription(id: string, work: () => Promise<void>): Promise<void> {
  // biome-ignore lint/suspicious/noExplicitAny: what the emulator keeps has any form
  const control = async (method: string, path: string, body?: unknown): Promise<any> => {
    const init = { method, headers: { 'content-type': 'application/json' } };
    const answer = await fetch(
      `${world.emulatorUrl}/_emu${path}`,
      body === undefined ? init : { ...init, body: JSON.stringify(body) },
    );
    return answer.json();
  };
  const before = await control('GET', '/snapshot');
  const broken = structuredClone(before);
  for (const change of broken.changes) {
    if (change.row?.id === id) change.row.status = 'brand_new';
  }
  await control('POST', '/restore', broken);
  try {
    await work();
  } finally {
    await control('POST', '/restore', before);
  }
}
