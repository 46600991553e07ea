import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Actor, asId, fromPublicId } from '@metergate/core';
import { acceptQuote } from '@metergate/core/payments/change/accept-quote';
import type { PurchaseDeps } from '@metergate/core/payments/purchase/purchase.ports';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { purchaseDeps } from '../../src/billing/purchase-deps.ts';
import { callRest } from '../start-test-api.ts';
import { deliverTo, type MirrorWorld, startMirror, webhookSecret } from './start-mirror.ts';

const actor: Actor = { kind: 'job', name: 'crashes' };
const proMonthly = 'mg_voice-ops_pro_v1_base_month_usd';

let world: MirrorWorld;
let child: ChildProcess | undefined;
beforeAll(async () => {
  world = await startMirror();
});
afterEach(() => child?.kill('SIGKILL'));
afterAll(() => world.stop());

/** The application as a process of its own on the same database, which dies at the named point. */
async function startProcess(crashAt: string): Promise<{ url: string; died: Promise<unknown> }> {
  const port = await freePort();
  const urls = world.api.db.urls;
  const started = spawn(process.execPath, ['src/main.ts'], {
    cwd: new URL('../..', import.meta.url),
    stdio: 'ignore',
    env: {
      PATH: process.env.PATH,
      NODE_ENV: 'test',
      TEST_SEAMS: '1',
      PORT: String(port),
      LOG_LEVEL: 'silent',
      AUTH_SECRET: 'a secret that only tests know, 32+ characters',
      STRIPE_SECRET_KEY: 'sk_test_emulator',
      STRIPE_API_BASE: world.emulatorUrl,
      STRIPE_WEBHOOK_SECRET: webhookSecret,
      CRASH_AT: crashAt,
      ...(urls === undefined
        ? { DATABASE_URL: world.api.db.ownerUrl }
        : { DATABASE_ROLE_URLS: JSON.stringify(urls) }),
    },
  });
  child = started;
  const died = once(started, 'exit');
  const url = `http://127.0.0.1:${port}`;
  await untilReady(url);
  return { url, died };
}

async function untilReady(url: string): Promise<void> {
  for (let look = 0; look < 100; look++) {
    const isReady = await fetch(`${url}/readyz`).then(
      ({ ok }) => ok,
      () => false,
    );
    if (isReady) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error('the process did not become ready');
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as AddressInfo;
      probe.close(() => resolve(port));
    });
  });
}

describe('when the process is killed while an event is on its way', () => {
  test.each(['inbound.after_commit', 'inbound.claimed', 'inbound.between_writes'])(
    'at %s, the event is applied once by the next process',
    async (point) => {
      const { organizationId, customer } = await world.addCustomer(point.replaceAll(/[._]/g, '-'));
      await world.subscribe(customer, proMonthly);
      const events = await world.eventsOf(customer);
      const created = events.find(({ type }) => type === 'customer.subscription.created');
      const { url, died } = await startProcess(`${point}:1`);
      await deliverTo(url, created).catch(() => 0);
      expect((await died) as unknown[]).toEqual([null, 'SIGKILL']);

      // Stripe sends an event again that was not answered; the lease of the dead worker runs out.
      for (const event of events) await world.deliver(event);
      await world.api.db.owner.query(
        `update inbound_events set lease_until = now() - interval '1 second' where status = 'processing'`,
      );
      await world.api.container.drainUntilIdle();
      const { rows } = await world.api.db.owner.query(
        `select (select count(*)::int from subscriptions where organization_id = $1 and status = 'active') as live,
                (select count(*)::int from audit_log
                  where organization_id = $1 and action = 'subscription.started') as started,
                (select count(*)::int from inbound_events
                  where stripe_customer_id = $2 and status not in ('processed', 'ignored')) as open`,
        [organizationId, customer],
      );
      expect(rows).toEqual([{ live: 1, started: 1, open: 0 }]);
    },
    60_000,
  );
});

describe('when the process is killed while seats are bought and a change of the interval is scheduled', () => {
  let key: string;
  beforeAll(async () => {
    ({ key } = await world.api.addApiKey(['billing:read', 'billing:write']));
  });

  const call = (path: string, body?: object, url = world.api.url) =>
    callRest(url, {
      method: body === undefined ? 'GET' : 'POST',
      path: `/v1/organizations/${path}`,
      key,
      ...(body === undefined ? {} : { body }),
    });
  const family = 'agent-studio';

  async function withSchedule(slug: string) {
    const { organizationId, customer } = await world.addCustomer(slug);
    await world.api.db.owner.query(`update organizations set currency = 'USD' where id = $1`, [
      organizationId,
    ]);
    const path = `${slug}/billing`;
    const wish = { family, plan: 'pro', quantity: '2', paymentMethod: 'pm_card_visa' };
    expect((await call(`${path}/subscriptions`, wish)).status).toBe(201);
    const later = (await call(`${path}/quotes`, { family, interval: 'year', at: 'period_end' })).json;
    expect((await call(`${path}/quotes/${later.id}/accept`, {})).status).toBe(200);
    const now = (await call(`${path}/quotes`, { family, quantity: '5' })).json;
    return { quoteId: now.id as string, path, organizationId, customer };
  }

  async function state({ path, customer }: Awaited<ReturnType<typeof withSchedule>>) {
    const [subscription] = (await call(`${path}/subscriptions`)).json.items;
    const invoices = await world.stripe.invoices.list({ customer });
    const { interval, quantity } = subscription.scheduledChange ?? {};
    return {
      seats: subscription.items[0].quantity,
      later: { interval, quantity },
      invoices: invoices.data.length,
    };
  }

  /** The lease of the dead process runs out, and the next one does what was left. */
  async function nextProcess(): Promise<void> {
    await world.api.db.owner.query(
      `update purchase_claims set lease_until = now() - interval '1 second' where holder is not null`,
    );
    await world.api.db.owner.query(
      `update outbox set lease_until = now() - interval '1 second' where status = 'sending'`,
    );
    await world.api.container.drainUntilIdle();
  }

  const atPeriodEnd = (quantity: string) => ({ interval: 'year', quantity });
  const done = { seats: '5', later: atPeriodEnd('5'), invoices: 2 };

  test('when the seats are charged already, what is scheduled stays, with the new seats', async () => {
    const scheduled = await withSchedule('seats-killed');
    const { quoteId, path } = scheduled;
    const { url, died } = await startProcess('change.step:2');
    await call(`${path}/quotes/${quoteId}/accept`, {}, url).catch(() => 0);
    expect((await died) as unknown[]).toEqual([null, 'SIGKILL']);
    await nextProcess();
    expect(await state(scheduled)).toEqual(done);
    expect((await call(`${path}/quotes/${quoteId}/accept`, {})).status).toBe(200);
    expect(await state(scheduled)).toEqual(done);
  }, 60_000);

  test.each([
    { step: 1, when: 'before Stripe is asked', left: { seats: '2', later: atPeriodEnd('2'), invoices: 1 } },
    { step: 2, when: 'when the seats are charged', left: done },
    { step: 3, when: 'before the schedule has the new seats', left: done },
    { step: 4, when: 'when the schedule has the new seats', left: done },
  ])('an abort $when leaves nothing half done', async ({ step, left }) => {
    const scheduled = await withSchedule(`seats-${step}`);
    const { quoteId, path, organizationId } = scheduled;
    const deps = purchaseDeps(world.api.container);
    const request = { actor, organizationId, quoteId: fromPublicId('quote', quoteId) ?? asId('quote', '') };
    const gateway = abortingAt(step, deps.gateway);
    await expect(acceptQuote({ ...deps, gateway }, request)).rejects.toThrow('aborted');
    await nextProcess();
    expect(await state(scheduled)).toEqual(left);
    expect((await call(`${path}/quotes/${quoteId}/accept`, {})).status).toBe(200);
    expect(await state(scheduled)).toEqual(done);
  });

  test('a declined card leaves what is scheduled as it is', async () => {
    const scheduled = await withSchedule('seats-declined');
    const { quoteId, path } = scheduled;
    await call(`${path}/payment-methods`, { paymentMethod: 'pm_card_chargeCustomerFail' });
    const declined = await call(`${path}/quotes/${quoteId}/accept`, {});
    expect([declined.status, declined.json.error.code]).toEqual([402, 'PAYMENT_DECLINED']);
    await nextProcess();
    expect(await state(scheduled)).toMatchObject({ seats: '2', later: atPeriodEnd('2') });
  });

  test('a change in place of the one that is scheduled is made, and what it replaces is taken off', async () => {
    const scheduled = await withSchedule('seats-replaced');
    const { path, organizationId } = scheduled;
    const wish = { family, interval: 'year', at: 'now' };
    const quoteId = (await call(`${path}/quotes`, wish)).json.id;
    const deps = purchaseDeps(world.api.container);
    const request = { actor, organizationId, quoteId: fromPublicId('quote', quoteId) ?? asId('quote', '') };
    const gateway = abortingAt(3, deps.gateway);
    await expect(acceptQuote({ ...deps, gateway }, request)).rejects.toThrow('aborted');
    expect(await state(scheduled)).toMatchObject({ later: atPeriodEnd('2'), invoices: 2 });
    await nextProcess();
    expect(await state(scheduled)).toMatchObject({ later: {}, invoices: 2 });
  });
});

/** Fails before or after the n-th half of a step at Stripe, as `change.step` would die there. */
function abortingAt(step: number, gateway: PurchaseDeps['gateway']): PurchaseDeps['gateway'] {
  let passed = 0;
  const pass = () => {
    passed += 1;
    if (passed === step) throw new Error('aborted');
  };
  const between = async <T>(call: () => Promise<T>): Promise<T> => {
    pass();
    const answer = await call();
    pass();
    return answer;
  };
  return {
    ...gateway,
    changeSubscription: (request) => between(() => gateway.changeSubscription(request)),
    scheduleChange: (request) => between(() => gateway.scheduleChange(request)),
    releaseSchedule: (request) => between(() => gateway.releaseSchedule(request)),
  };
}
