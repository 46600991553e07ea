import { readDrift, resyncOrganization } from '@metergate/core/payments/drift/reconcile-organization';
import type { PaymentGateway } from '@metergate/core/payments/payment-gateway.ports';
import { createEventWalkStore } from '@metergate/db';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { recoverMissedEvents } from '../../src/jobs/recover-missed-events.ts';
import { type MirrorWorld, startMirror } from './start-mirror.ts';

const proMonthly = 'mg_voice-ops_pro_v1_base_month_usd';
const staff = { kind: 'staff', userId: 'staff', email: 's@example.test', role: 'billing_ops' } as const;

let world: MirrorWorld;
beforeAll(async () => {
  world = await startMirror();
});
afterAll(() => world.stop());

async function emulatorClock(body: object): Promise<void> {
  await fetch(`${world.emulatorUrl}/_emu/clock`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
}

async function moveClocks(seconds: number): Promise<void> {
  await emulatorClock({ advanceSeconds: seconds });
  const { clock } = world.api.container;
  const now = clock.now();
  now.setTime(now.getTime() + seconds * 1000);
  clock.moveTo(now);
}

async function catchUp(customer: string): Promise<void> {
  for (const event of await world.eventsOf(customer)) await world.deliver(event);
  await world.api.container.drainUntilIdle();
}

async function subscriptionOf(organizationId: string) {
  const { rows } = await world.api.db.owner.query(
    'select plan, status, access, past_due_since from subscriptions where organization_id = $1',
    [organizationId],
  );
  return rows[0];
}

async function events(where: string, values: unknown[]) {
  const { rows } = await world.api.db.owner.query(`select * from inbound_events where ${where}`, values);
  return rows;
}

const driftOf = (organizationId: Parameters<typeof readDrift>[1]['organizationId']) =>
  readDrift(world.api.container.background.sync, { actor: staff, organizationId });

describe('when webhooks are lost', () => {
  test('the hourly sweep finds the events that never came and repairs the mirror', async () => {
    const { organizationId, customer } = await world.addCustomer('lost-events');
    await world.subscribe(customer, proMonthly);
    expect(await subscriptionOf(organizationId)).toBeUndefined();
    await moveClocks(3_600);
    await world.api.container.drainUntilIdle();
    expect(await subscriptionOf(organizationId)).toMatchObject({
      plan: 'pro',
      status: 'active',
      access: 'full',
    });
    expect((await driftOf(organizationId)).filter(({ equal }) => !equal)).toEqual([]);
  });

  test('several processes run a due instant once', async () => {
    await moveClocks(7_200);
    await Promise.all([world.api.container.drainUntilIdle(), world.api.container.drainUntilIdle()]);
    const { rows } = await world.api.db.owner.query(
      `select due_at, count(*)::int as runs, min(status) as status from schedule_runs
       where name = 'reconcile-stripe' group by due_at`,
    );
    expect(rows.every(({ runs, status }) => runs === 1 && status === 'done')).toBe(true);
  });

  test('drift names the fields that differ, and a resync repairs them with one reason in the audit log', async () => {
    const { organizationId, customer } = await world.addCustomer('drifted');
    await world.subscribe(customer, proMonthly);
    await catchUp(customer);
    await world.api.db.owner.query(
      `update subscriptions set status = 'paused', access = 'suspended' where organization_id = $1`,
      [organizationId],
    );
    const drift = (await driftOf(organizationId)).filter(({ equal }) => !equal);
    expect(drift.map(({ field, local, remote }) => [field, local, remote])).toEqual([
      ['status', 'paused', 'active'],
      ['access', 'suspended', 'full'],
    ]);
    expect(await subscriptionOf(organizationId)).toMatchObject({ status: 'paused' });
    await resyncOrganization(world.api.container.background.sync, {
      actor: staff,
      organizationId,
      reason: 'the customer called',
    });
    expect((await driftOf(organizationId)).filter(({ equal }) => !equal)).toEqual([]);
    const { rows } = await world.api.db.owner.query(
      `select reason from audit_log where organization_id = $1 and action = 'organization.resynced'`,
      [organizationId],
    );
    expect(rows).toEqual([{ reason: 'the customer called' }]);
  });

  test('a customer deleted at Stripe keeps its history and loses what was paid for', async () => {
    const { organizationId, customer } = await world.addCustomer('deleted');
    await world.subscribe(customer, proMonthly);
    await catchUp(customer);
    await world.stripe.customers.del(customer);
    await catchUp(customer);
    expect(await subscriptionOf(organizationId)).toMatchObject({ status: 'canceled', access: 'suspended' });
    const { rows } = await world.api.db.owner.query(
      'select count(*)::int as invoices from invoices where organization_id = $1',
      [organizationId],
    );
    expect(rows).toEqual([{ invoices: 1 }]);
    expect(await events(`stripe_customer_id = $1 and status in ('failed', 'dead')`, [customer])).toEqual([]);
  });
});

describe('a customer deleted before anything of it was read', () => {
  test('still gets its subscription and its invoice mirrored, ended', async () => {
    const { organizationId, customer } = await world.addCustomer('deleted-unread');
    await world.subscribe(customer, proMonthly);
    await world.stripe.customers.del(customer);
    await catchUp(customer);
    expect(await subscriptionOf(organizationId)).toMatchObject({
      plan: 'pro',
      status: 'canceled',
      access: 'suspended',
    });
    const { rows } = await world.api.db.owner.query(
      `select status, subscription_id is not null as belongs from invoices where organization_id = $1`,
      [organizationId],
    );
    expect(rows).toEqual([{ status: 'paid', belongs: true }]);
    expect(await events(`stripe_customer_id = $1 and status in ('failed', 'dead')`, [customer])).toEqual([]);
  });

  test('is found by the hourly comparison too, when no webhook came at all', async () => {
    const { organizationId, customer } = await world.addCustomer('deleted-unheard');
    await world.subscribe(customer, proMonthly);
    await world.stripe.customers.del(customer);
    await moveClocks(3_600);
    await world.api.container.drainUntilIdle();
    expect(await subscriptionOf(organizationId)).toMatchObject({ plan: 'pro', status: 'canceled' });
  });
});

describe('more missed events than one page, or one run, holds', () => {
  test('are all found, and an interrupted walk goes on where it stopped', async () => {
    const { customer } = await world.addCustomer('many');
    const count = 1_250;
    for (let n = 0; n < count; n += 1) {
      await world.stripe.customers.update(customer, { metadata: { n: String(n) } });
    }
    // Older than what every walk looks at twice anyway.
    await moveClocks(7_200);
    const { background, database, clock, ids } = world.api.container;
    const walks = createEventWalkStore(database.worker);
    const deps = { inbox: background.inbox, walks, clock, ids };
    let pages = 0;
    const failing: PaymentGateway = {
      ...background.gateway,
      listEvents: (wish) => {
        pages += 1;
        return pages > 5
          ? Promise.reject(new Error('the process died here'))
          : background.gateway.listEvents(wish);
      },
    };
    await expect(recoverMissedEvents({ ...deps, gateway: failing })).rejects.toThrow('died');
    expect((await walks.load()).walk?.after).toMatch(/^evt_/);
    // What happens meanwhile is newer than the walk and must not be skipped by it either.
    await world.stripe.customers.update(customer, { metadata: { n: 'the last' } });
    await recoverMissedEvents({ ...deps, gateway: background.gateway });
    expect((await walks.load()).walk).toBeNull();
    const found = await events(`stripe_customer_id = $1 and type = 'customer.updated'`, [customer]);
    // One more: the card became the default.
    expect(found.length).toBe(count + 2);
    expect(await recoverMissedEvents({ ...deps, gateway: background.gateway })).toBe(0);
  }, 120_000);

  test('a walk whose place Stripe has forgotten begins again and still finds everything', async () => {
    const { customer } = await world.addCustomer('forgotten');
    const { background, database, clock, ids } = world.api.container;
    const walks = createEventWalkStore(database.worker);
    const { completeUntil } = await walks.load();
    await walks.save({
      completeUntil,
      walk: { startedAt: clock.now().toISOString(), after: 'evt_that_nobody_knows' },
    });
    await recoverMissedEvents({ inbox: background.inbox, walks, clock, ids, gateway: background.gateway });
    expect((await events('stripe_customer_id = $1', [customer])).length).toBeGreaterThan(0);
  });
});

describe('replaying an event', () => {
  test('has its effect once, however often it is asked for', async () => {
    const { organizationId, customer } = await world.addCustomer('replayed');
    const owner = await world.api.signUp('ops@example.test', 'billing_ops');
    await world.subscribe(customer, proMonthly);
    await catchUp(customer);
    const [event] = await events(`stripe_customer_id = $1 and type = 'customer.subscription.created'`, [
      customer,
    ]);
    const id = `evt_${event.id.replaceAll('-', '')}`;
    const call = (path: string, input: object) =>
      world.api.trpc({ path: `admin.events.${path}`, type: 'mutation', input, cookie: owner.cookie });

    expect((await call('replay', { id, reason: 'just to see' })).json.result.data.result).toBe(
      'already_applied',
    );
    await world.api.db.owner.query(
      `update subscriptions set access = 'suspended' where organization_id = $1`,
      [organizationId],
    );
    expect((await call('dryRun', { id })).json.result.data).toMatchObject({
      result: 'would_change',
      changes: [{ before: 'suspended', after: 'full' }],
    });
    expect((await call('replay', { id, reason: 'access was wrong' })).json.result.data.result).toBe(
      'requeued',
    );
    await world.api.container.drainUntilIdle();
    expect(await subscriptionOf(organizationId)).toMatchObject({ access: 'full' });
    expect((await call('replay', { id, reason: 'once more' })).json.result.data.result).toBe(
      'already_applied',
    );
    const view = await world.api.trpc({
      path: 'admin.events.get',
      type: 'query',
      input: { id },
      cookie: owner.cookie,
    });
    expect(view.json.result.data.history.length).toBe(2);
    expect(view.json.result.data.status).toBe('processed');
  });
});

describe('when a payment fails', () => {
  test('access narrows by the days since the first failure and comes back with the payment', async () => {
    const { organizationId, customer } = await world.addCustomer('dunned');
    const subscription = await world.subscribe(customer, proMonthly);
    await catchUp(customer);
    const bad = await world.stripe.paymentMethods.attach('pm_card_chargeCustomerFail', { customer });
    await world.stripe.customers.update(customer, { invoice_settings: { default_payment_method: bad.id } });
    await moveClocks(32 * 86_400);
    await catchUp(customer);
    const failed = await subscriptionOf(organizationId);
    expect(failed).toMatchObject({ status: 'past_due', access: 'full' });
    const remote = await world.stripe.subscriptions.retrieve(subscription.id, { expand: ['latest_invoice'] });
    const invoice = remote.latest_invoice;
    if (invoice === null || typeof invoice === 'string') throw new Error('the invoice was not expanded');
    expect(failed.past_due_since.getTime() / 1000).toBe(invoice.status_transitions.finalized_at);

    await moveClocks(8 * 86_400);
    await world.api.container.drainUntilIdle();
    expect(await subscriptionOf(organizationId)).toMatchObject({ access: 'restricted' });

    const good = await world.stripe.paymentMethods.attach('pm_card_visa', { customer });
    await world.stripe.invoices.pay(invoice.id ?? '', { payment_method: good.id });
    await catchUp(customer);
    expect(await subscriptionOf(organizationId)).toMatchObject({
      status: 'active',
      access: 'full',
      past_due_since: null,
    });
  });
});
