import { type ChildProcess, spawn } from 'node:child_process';
import { connect } from 'node:net';
import { fileURLToPath } from 'node:url';
import { createTestDatabase, type TestDatabase } from '@metergate/testing';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { secretSource } from '../src/auth/secret-source.ts';
import { freePort } from './start-test-api.ts';

const program = fileURLToPath(new URL('../src/main.ts', import.meta.url));
let db: TestDatabase;
let child: ChildProcess | undefined;

beforeAll(async () => {
  db = await createTestDatabase();
});
afterEach(() => {
  child?.kill('SIGKILL');
});
afterAll(() => db.dispose());

async function start(
  settings: Record<string, string> = {},
): Promise<{ url: string; port: number; output: () => string }> {
  const port = await freePort();
  let text = '';
  child = spawn(process.execPath, [program], {
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    env: {
      PATH: process.env.PATH,
      PORT: String(port),
      AUTH_SECRET: 'a secret that only tests know, 32+ characters',
      STRIPE_SECRET_KEY: 'sk_test_emulator',
      STRIPE_WEBHOOK_SECRET: 'whsec_only_tests_know_this_one',
      ...(db.urls === undefined
        ? { DATABASE_URL: db.ownerUrl }
        : { DATABASE_ROLE_URLS: JSON.stringify(db.urls) }),
      ...settings,
    },
  });
  child.stdout?.on('data', (chunk) => {
    text += chunk;
  });
  child.stderr?.on('data', (chunk) => {
    text += chunk;
  });
  return { url: `http://127.0.0.1:${port}`, port, output: () => text };
}

async function ready(url: string): Promise<void> {
  await expect
    .poll(
      () =>
        fetch(`${url}/readyz`).then(
          (answer) => answer.status,
          () => 0,
        ),
      { timeout: 20_000, interval: 50 },
    )
    .toBe(200);
}

async function post(url: string, body: unknown, key?: string): Promise<Response> {
  const headers = {
    'content-type': 'application/json',
    ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
  };
  return fetch(url, { method: 'POST', headers, body: JSON.stringify(body) });
}

async function nowOf(url: string): Promise<string> {
  const clock = await fetch(`${url}/test/clock`).then((answer) => answer.json());
  return Reflect.get(Object(clock), 'now');
}

function ended(): Promise<{ code: number | null; signal: string | null; afterMs: number }> {
  const startedAt = performance.now();
  return new Promise((resolve) => {
    child?.once('exit', (code, signal) => resolve({ code, signal, afterMs: performance.now() - startedAt }));
  });
}

describe('the process', () => {
  it('drains on SIGTERM although a client keeps its connection open', async () => {
    const { url, port } = await start();
    await ready(url);
    const idle = connect(port, '127.0.0.1');
    idle.on('error', () => undefined);
    idle.write('GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n');
    await new Promise((resolve) => idle.once('data', resolve));
    const end = ended();
    child?.kill('SIGTERM');
    expect(await end).toMatchObject({ code: 0, signal: null });
    expect((await end).afterMs).toBeLessThan(4000);
    idle.destroy();
  });

  it('ends when its parent is gone', async () => {
    const { url } = await start();
    await ready(url);
    const end = ended();
    child?.disconnect();
    expect((await end).code).toBe(0);
  });

  it('says in plain lines what is wrong with the settings, without their values', async () => {
    const { output } = await start({
      PORT: '70000',
      AUTH_SECRET: 'hunter2',
      TEST_SEAMS: '1',
      NODE_ENV: 'production',
    });
    expect((await ended()).code).toBe(1);
    for (const variable of ['PORT', 'AUTH_SECRET', 'TEST_SEAMS', 'PUBLIC_URL']) {
      expect(output()).toContain(`- ${variable}`);
    }
    expect(output()).not.toMatch(/hunter2|70000|\n\s+at /);
  });

  it('says that a port is in use, without a stack', async () => {
    const first = await start();
    await ready(first.url);
    const holder = child;
    try {
      const second = await start({ PORT: String(first.port) });
      expect((await ended()).code).toBe(1);
      expect(second.output()).toMatch(/port is in use/i);
      expect(second.output()).not.toMatch(/\n\s+at /);
    } finally {
      holder?.kill('SIGKILL');
    }
  });

  it('answers whether it works, and its figures, also as a worker, and nothing else then', async () => {
    const { url } = await start({ ROLE: 'worker' });
    await ready(url);
    const figures = await fetch(`${url}/metrics`).then((answer) => answer.text());
    expect(figures).toMatch(/^# TYPE inbound_events_total counter/m);
    expect(figures).toMatch(/^process_cpu_seconds_total/m);
    for (const path of ['/', '/trpc/organizations.session', '/api/auth/get-session', '/v1/usage-events']) {
      expect((await fetch(`${url}${path}`)).status, path).toBe(404);
    }
    expect((await post(`${url}/v1/usage-events`, { events: [] })).status).toBe(404);
    const end = ended();
    child?.kill('SIGTERM');
    expect(await end).toMatchObject({ code: 0, signal: null });
  });

  it('dies at an armed crash point of the environment, and only with seams', async () => {
    const { output } = await start({ CRASH_AT: 'ingest.before_commit:1' });
    expect((await ended()).code).toBe(1);
    expect(output()).toContain('CRASH_AT');
  });

  it('dies like in a power cut at an armed crash point, and nothing is half done', async () => {
    const { url } = await start({ TEST_SEAMS: '1', ROLE: 'api' });
    await ready(url);
    await db.owner.query(
      `insert into organizations (id, slug, name, external_id, email, currency)
       values (gen_random_uuid(), 'acme', 'acme', 'acme', 'a@example.test', 'USD')`,
    );
    const key = `mg_${secretSource.create()}`;
    await db.owner.query(
      `insert into api_keys (id, name, key_hash, key_prefix, scopes) values (gen_random_uuid(), 'k', $1, 'mg_', '{usage:write}')`,
      [secretSource.hash(key)],
    );
    await post(`${url}/test/crash`, { point: 'ingest.before_commit', n: 1 });
    const end = ended();
    const event = {
      id: 'e1',
      organization: 'acme',
      meter: 'message',
      quantity: '1',
      occurredAt: await nowOf(url),
    };
    await expect(post(`${url}/v1/usage-events`, { events: [event] }, key)).rejects.toThrow();
    expect(await end).toMatchObject({ code: null, signal: 'SIGKILL' });
    const { rows } = await db.owner.query('select count(*)::int as n from usage_events');
    expect(rows[0].n).toBe(0);
  });

  it('writes one line of JSON per event, whatever the client sends', async () => {
    const { url, output } = await start({ LOG_LEVEL: 'debug' });
    await ready(url);
    await fetch(`${url}/v1/${encodeURIComponent('a\r\n{"level":60}\u001b[31m')}?token=abc`, {
      headers: { 'user-agent': 'curl', authorization: 'Bearer mg_secretsecretsecret', cookie: 'a=b' },
    });
    await expect.poll(() => output(), { timeout: 5000 }).toContain('no such route');
    const lines = output().trim().split('\n');
    for (const line of lines) expect(() => JSON.parse(line)).not.toThrow();
    expect(output()).not.toContain('\u001b');
    expect(output()).not.toMatch(/mg_secret|token=abc|"a=b"/);
  });
});
