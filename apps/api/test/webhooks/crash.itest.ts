import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { freePort } from '../start-test-api.ts';
import { type Receiver, startReceiver } from './start-receiver.ts';
import { startTestWebhooks, type TestWebhooks } from './start-webhooks.ts';

let api: TestWebhooks;
let receiver: Receiver;
let child: ChildProcess | undefined;

beforeAll(async () => {
  api = await startTestWebhooks();
  receiver = await startReceiver();
});
afterAll(async () => {
  child?.kill('SIGKILL');
  await receiver.close();
  await api.stop();
});

/** The application as a process of its own on the same database, which dies at the named point. */
async function startProcess(crashAt: string): Promise<unknown[]> {
  const { urls, ownerUrl } = api.db;
  child = spawn(process.execPath, ['src/main.ts'], {
    cwd: new URL('../..', import.meta.url),
    stdio: 'ignore',
    env: {
      PATH: process.env.PATH,
      NODE_ENV: 'test',
      TEST_SEAMS: '1',
      PORT: String(await freePort()),
      LOG_LEVEL: 'silent',
      AUTH_SECRET: api.container.env.AUTH_SECRET,
      STRIPE_SECRET_KEY: 'sk_test_emulator',
      STRIPE_WEBHOOK_SECRET: 'whsec_only_tests_know_this_one',
      STRIPE_EMULATOR_PORT: String(await freePort()),
      CRASH_AT: crashAt,
      ...(urls === undefined ? { DATABASE_URL: ownerUrl } : { DATABASE_ROLE_URLS: JSON.stringify(urls) }),
    },
  });
  return once(child, 'exit');
}

test('a process killed after sending and before writing it down loses nothing and keeps the id', async () => {
  await api.endpoint(receiver.url);
  await api.tell('invoice.paid', 'one');
  await api.tell('invoice.paid', 'two');
  const died = await startProcess('webhook.after_send:1');
  expect(died).toEqual([null, 'SIGKILL']);
  expect(receiver.messages.map(({ json }) => json.data.fact)).toEqual(['one']);

  // Its lease holds the endpoint until it runs out; another process must not send meanwhile.
  await api.container.drainUntilIdle();
  expect(receiver.messages).toHaveLength(1);
  await api.db.owner.query(`update webhook_endpoints set lease_until = now() - interval '1 second'`);
  await api.container.drainUntilIdle();
  expect(receiver.messages.map(({ json }) => json.data.fact)).toEqual(['one', 'one', 'two']);
  expect(receiver.messages[1]?.headers['webhook-id']).toBe(receiver.messages[0]?.headers['webhook-id']);
  const { rows } = await api.db.owner.query(
    `select status, attempts from webhook_deliveries order by sequence`,
  );
  expect(rows).toEqual([
    { status: 'delivered', attempts: 1 },
    { status: 'delivered', attempts: 1 },
  ]);
}, 60_000);
