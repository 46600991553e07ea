import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { deliverTo, type MirrorWorld, startMirror, webhookSecret } from './start-mirror.ts';

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
