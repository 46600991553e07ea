import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ApiKeyScope, OrganizationId, StaffRole } from '@metergate/core';
import { toPublicId } from '@metergate/core';
import type { ProductFamily } from '@metergate/core/catalog/product-family';
import { createTestDatabase, type TestDatabase } from '@metergate/testing';
import { secretSource } from '../src/auth/secret-source.ts';
import { type Container, createContainer } from '../src/container.ts';
import { parseEnvironment } from '../src/env.ts';
import { startServer } from '../src/http/server.ts';
import { loadOutside } from '../src/outside.ts';

export interface TestApi {
  url: string;
  container: Container;
  db: TestDatabase;
  /** Signs a new person up and answers the cookie of the session. */
  signUp(email: string, staffRole?: StaffRole): Promise<{ userId: string; cookie: string }>;
  /** A bare organization row with its members; use-cases make fuller ones. */
  addOrganization(slug: string, members?: Readonly<Record<string, string>>): Promise<OrganizationId>;
  addApiKey(
    scopes: readonly ApiKeyScope[],
    organizationId?: OrganizationId,
  ): Promise<{ id: string; key: string }>;
  /** One call below /trpc: GET for queries, POST for mutations. */
  trpc(call: TrpcCall): Promise<HttpAnswer>;
  rest(call: RestCall): Promise<HttpAnswer>;
  stop(): Promise<void>;
}

export interface TrpcCall {
  path: string;
  type: 'query' | 'mutation';
  input?: unknown;
  cookie?: string;
}

export interface RestCall {
  method: string;
  path: string;
  key?: string;
  body?: unknown;
  headers?: Readonly<Record<string, string>>;
}

export interface HttpAnswer {
  status: number;
  headers: Headers;
  text: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of any form
  json: any;
}

/** The whole application in this process on a free port and a database of its own. */
export async function startTestApi(
  settings: Readonly<Record<string, string>> = {},
  families?: readonly ProductFamily[],
): Promise<TestApi> {
  const db = await createTestDatabase();
  const port = await freePort();
  const env = parseEnvironment({
    NODE_ENV: 'test',
    PORT: String(port),
    LOG_LEVEL: 'silent',
    AUTH_SECRET: 'a secret that only tests know, 32+ characters',
    STRIPE_SECRET_KEY: 'sk_test_emulator',
    STRIPE_WEBHOOK_SECRET: 'whsec_only_tests_know_this_one',
    RATE_LIMIT_SIGN_IN: '1000/60/1',
    RATE_LIMIT_SESSION: '100000/60/1',
    ...(db.urls === undefined
      ? { DATABASE_URL: db.ownerUrl }
      : { DATABASE_ROLE_URLS: JSON.stringify(db.urls) }),
    ...settings,
  });
  const container = createContainer(env, await loadOutside(env), families);
  await startServer(container);
  const url = `http://127.0.0.1:${port}`;
  return {
    url,
    container,
    db,
    signUp: (email, staffRole) => signUp({ url, db }, email, staffRole),
    addOrganization: (slug, members) => addOrganization({ container, db }, slug, members ?? {}),
    addApiKey: (scopes, organizationId) => addApiKey({ container, db }, scopes, organizationId),
    trpc: (call) => callTrpc(url, call),
    rest: (call) => callRest(url, call),
    async stop() {
      await container.lifecycle.stop();
      await db.dispose();
    },
  };
}

async function signUp(api: { url: string; db: TestDatabase }, email: string, staffRole?: StaffRole) {
  const answer = await callRest(api.url, {
    method: 'POST',
    path: '/api/auth/sign-up/email',
    body: { name: email.split('@')[0], email, password: 'correct horse battery' },
    headers: { origin: api.url },
  });
  if (answer.status !== 200) throw new Error(`sign-up answered ${answer.status}: ${answer.text}`);
  const { rows } = await api.db.owner.query(`select id from auth."user" where email = $1`, [
    email.toLowerCase(),
  ]);
  const userId: string = rows[0].id;
  if (staffRole !== undefined) {
    await api.db.owner.query('update auth."user" set platform_role = $2 where id = $1', [userId, staffRole]);
  }
  const entered = await callRest(api.url, {
    method: 'POST',
    path: '/api/auth/sign-in/email',
    body: { email, password: 'correct horse battery' },
    headers: { origin: api.url },
  });
  const cookie = entered.headers.getSetCookie().map((line) => line.split(';', 1)[0]);
  return { userId, cookie: cookie.join('; ') };
}

async function addOrganization(
  api: { container: Container; db: TestDatabase },
  slug: string,
  members: Readonly<Record<string, string>>,
): Promise<OrganizationId> {
  const id = api.container.ids.next() as OrganizationId;
  await api.db.owner.query(
    `insert into organizations (id, slug, name, external_id, email, currency) values ($1, $2, $2, $2, $3, 'EUR')`,
    [id, slug, `${slug}@example.test`],
  );
  for (const [userId, role] of Object.entries(members)) {
    await api.db.owner.query('insert into members (organization_id, user_id, role) values ($1, $2, $3)', [
      id,
      userId,
      role,
    ]);
  }
  return id;
}

async function addApiKey(
  api: { container: Container; db: TestDatabase },
  scopes: readonly ApiKeyScope[],
  organizationId?: OrganizationId,
): Promise<{ id: string; key: string }> {
  const key = `mg_${secretSource.create()}`;
  const id = api.container.ids.next();
  await api.db.owner.query(
    `insert into api_keys (id, organization_id, name, key_hash, key_prefix, scopes) values ($1, $2, 'test', $3, $4, $5)`,
    [id, organizationId ?? null, secretSource.hash(key), key.slice(0, 8), scopes],
  );
  return { id, key };
}

async function callTrpc(url: string, call: TrpcCall): Promise<HttpAnswer> {
  const headers = {
    ...(call.cookie === undefined ? {} : { cookie: call.cookie }),
    'content-type': 'application/json',
  };
  if (call.type === 'mutation') {
    const body = JSON.stringify(call.input ?? {});
    return readAnswer(await fetch(`${url}/trpc/${call.path}`, { method: 'POST', headers, body }));
  }
  const query = call.input === undefined ? '' : `?input=${encodeURIComponent(JSON.stringify(call.input))}`;
  return readAnswer(await fetch(`${url}/trpc/${call.path}${query}`, { headers }));
}

export async function callRest(url: string, call: RestCall): Promise<HttpAnswer> {
  const headers: Record<string, string> = { ...call.headers };
  if (call.key !== undefined) headers.authorization = `Bearer ${call.key}`;
  if (call.body !== undefined) headers['content-type'] ??= 'application/json';
  const body =
    call.body === undefined || typeof call.body === 'string' ? call.body : JSON.stringify(call.body);
  return readAnswer(
    await fetch(`${url}${call.path}`, {
      method: call.method,
      headers,
      redirect: 'manual',
      ...(body === undefined ? {} : { body }),
    }),
  );
}

async function readAnswer(response: Response): Promise<HttpAnswer> {
  const text = await response.text();
  return { status: response.status, headers: response.headers, text, json: parseJson(text) };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as AddressInfo;
      probe.close(() => resolve(port));
    });
  });
}

/** The form in which callers name an organization. */
export function publicOrganizationId(id: OrganizationId): string {
  return toPublicId('organization', id);
}
