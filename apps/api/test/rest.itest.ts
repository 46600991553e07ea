import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type ApiKeyScope, apiKeyScopes, type OrganizationId } from '@metergate/core';
import express from 'express';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { errorHandler, unknownRoute } from '../src/http/error-handler.ts';
import { createOpenApiDocument } from '../src/http/openapi.ts';
import { requestLog } from '../src/http/request-log.ts';
import { withETag } from '../src/http/rest/etag.ts';
import { createRestRouter } from '../src/http/rest/rest-router.ts';
import { defineRoute } from '../src/http/rest/route.ts';
import {
  callRest,
  type HttpAnswer,
  publicOrganizationId,
  startTestApi,
  type TestApi,
} from './start-test-api.ts';

let commandsRun = 0;
let fails = false;

/** Small routes that use every feature of the framework; the real ones have tests of their own. */
const routes = [
  defineRoute({
    method: 'get',
    path: '/v1/organizations/{org}/probe',
    scope: 'usage:read',
    summary: 'Reads.',
    query: z.object({ limit: z.coerce.number().int().min(1).max(100).default(25) }),
    answers: { 200: z.object({ organizationId: z.string(), limit: z.number() }) },
    example: { status: 200 },
    handle: async ({ organizationId, query, ifNoneMatch }) =>
      withETag({ organizationId, limit: query.limit, hidden: 'not declared' }, ifNoneMatch),
  }),
  defineRoute({
    method: 'post',
    path: '/v1/organizations/{org}/billing/probe',
    scope: 'billing:write',
    summary: 'Commands.',
    body: z.object({ amountMinor: z.string() }),
    answers: { 201: z.object({ run: z.number() }) },
    example: { body: { amountMinor: '5' }, status: 201 },
    handle: async () => {
      commandsRun += 1;
      if (fails) throw new Error('secret text of a driver');
      return { status: 201, body: { run: commandsRun } };
    },
  }),
  defineRoute({
    method: 'post',
    path: '/v1/probe',
    scope: null,
    summary: 'Names its organization in the body.',
    body: z.object({ organization: z.string() }),
    answers: { 200: z.object({ organizationId: z.string() }) },
    example: { body: { organization: 'acme' }, status: 200 },
    handle: async ({ body, organization }) => ({
      body: { organizationId: await organization(body.organization) },
    }),
  }),
];

let api: TestApi;
let server: Server;
let url: string;
let acme: OrganizationId;
let platformKey: string;
let acmeKey: string;
let otherKey: string;

beforeAll(async () => {
  api = await startTestApi();
  const { container } = api;
  const app = express();
  app.use(
    requestLog({ log: container.log, ids: container.ids }),
    createRestRouter(container, routes),
    unknownRoute,
    errorHandler,
  );
  server = createServer(app);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  acme = await api.addOrganization('acme');
  const other = await api.addOrganization('other');
  platformKey = (await api.addApiKey(apiKeyScopes)).key;
  acmeKey = (await api.addApiKey(apiKeyScopes, acme)).key;
  otherKey = (await api.addApiKey(apiKeyScopes, other)).key;
});
afterAll(async () => {
  server.close();
  await api.stop();
});

function get(path: string, key?: string, headers: Record<string, string> = {}): Promise<HttpAnswer> {
  return callRest(url, { method: 'GET', path, headers, ...(key === undefined ? {} : { key }) });
}

function post(path: string, body: unknown, headers: Record<string, string> = {}): Promise<HttpAnswer> {
  return callRest(url, { method: 'POST', path, key: platformKey, body, headers });
}

describe('keys', () => {
  it('names the organization by our id or the external id', async () => {
    for (const ref of ['acme', publicOrganizationId(acme)]) {
      for (const key of [platformKey, acmeKey]) {
        expect((await get(`/v1/organizations/${ref}/probe`, key)).json.organizationId).toBe(acme);
      }
    }
  });

  it('shows an organization key nothing of another organization, nor that it exists', async () => {
    const foreign = await get('/v1/organizations/acme/probe', otherKey);
    const unknown = await get('/v1/organizations/nobody/probe', otherKey);
    expect([foreign.status, unknown.status]).toEqual([404, 404]);
    expect(foreign.json.error.message).toBe(unknown.json.error.message);
    const inBody = await callRest(url, {
      method: 'POST',
      path: '/v1/probe',
      key: otherKey,
      body: { organization: 'acme' },
    });
    expect(inBody.status).toBe(404);
  });

  it('ignores headers that name another organization', async () => {
    const answer = await get('/v1/organizations/other/probe', otherKey, {
      'x-org-id': 'acme',
      'x-organization': 'acme',
    });
    expect(answer.status).toBe(200);
    expect(answer.json.organizationId).not.toBe(acme);
  });

  it.each([
    ['no header', {}],
    ['an unknown key', { authorization: `Bearer mg_${'x'.repeat(32)}` }],
    ['another scheme', { authorization: 'Basic bWc6' }],
    ['two keys', { authorization: 'Bearer a b' }],
    ['a key of no form', { authorization: 'Bearer hello' }],
  ])('answers 401 to %s', async (_what, headers) => {
    const answer = await get('/v1/organizations/acme/probe', undefined, headers);
    expect(answer.status).toBe(401);
    expect(answer.json.error.code).toBe('API_KEY_INVALID');
    expect(answer.headers.get('www-authenticate')).toBe('Bearer');
  });

  it('refuses a key in the address, even next to a valid header', async () => {
    for (const query of [
      `?api_key=${platformKey}`,
      `?key=${platformKey}`,
      '?access_token=x',
      `?${platformKey}`,
    ]) {
      const answer = await get(`/v1/organizations/acme/probe${query}`, platformKey);
      expect(answer.status).toBe(400);
      expect(answer.json.error.code).toBe('API_KEY_IN_QUERY');
    }
  });

  it('refuses every scope but the declared one', async () => {
    const scopes = apiKeyScopes.filter((scope: ApiKeyScope) => scope !== 'usage:read');
    const { key } = await api.addApiKey(scopes, acme);
    const answer = await get('/v1/organizations/acme/probe', key);
    expect(answer.status).toBe(403);
    expect(answer.json.error).toMatchObject({ code: 'SCOPE_MISSING', details: { scope: 'usage:read' } });
  });

  it('refuses a revoked and an expired key within a second', async () => {
    for (const change of [`revoked_at = now()`, `expires_at = now() - interval '1 second'`]) {
      const { id, key } = await api.addApiKey(apiKeyScopes, acme);
      expect((await get('/v1/organizations/acme/probe', key)).status).toBe(200);
      await api.db.owner.query(`update api_keys set ${change} where id = $1`, [id]);
      const changedAt = performance.now();
      await expect
        .poll(async () => (await get('/v1/organizations/acme/probe', key)).status, { timeout: 2000 })
        .toBe(401);
      expect(performance.now() - changedAt).toBeLessThan(1800);
    }
  });

  it('refuses a revoked key at once in the process that revoked it', async () => {
    const { id, key } = await api.addApiKey(apiKeyScopes, acme);
    await get('/v1/organizations/acme/probe', key);
    await api.db.owner.query('update api_keys set revoked_at = now() where id = $1', [id]);
    api.container.apiKeys.forget();
    expect((await get('/v1/organizations/acme/probe', key)).status).toBe(401);
  });
});

describe('requests and answers', () => {
  it.each(['limit=0', 'limit=1e9', 'limit=-1', 'limit=NaN', 'limit=5&limit=6', 'limit[]=5&limit=x'])(
    'answers 400 to ?%s',
    async (query) => {
      const answer = await get(`/v1/organizations/acme/probe?${query}`, platformKey);
      expect(answer.status).toBe(400);
      expect(answer.json.error.code).toBe('QUERY_INVALID');
      expect(answer.json.error.details.fields).toHaveProperty('limit');
    },
  );

  it('sends only declared fields', async () => {
    const answer = await get('/v1/organizations/acme/probe', platformKey);
    expect(answer.json).toEqual({ organizationId: acme, limit: 25 });
  });

  it('answers 304 to whoever holds the same', async () => {
    const first = await get('/v1/organizations/acme/probe', platformKey);
    const etag = first.headers.get('etag') ?? '';
    const second = await get('/v1/organizations/acme/probe', platformKey, { 'if-none-match': `W/${etag}` });
    expect(second.status).toBe(304);
    expect(second.text).toBe('');
    const changed = await get('/v1/organizations/acme/probe?limit=3', platformKey, { 'if-none-match': etag });
    expect(changed.status).toBe(200);
  });

  it('answers 422 with the fields to a body of another form', async () => {
    const answer = await post('/v1/organizations/acme/billing/probe', { amountMinor: 5 });
    expect(answer.status).toBe(422);
    expect(answer.json.error).toMatchObject({
      code: 'INVALID_INPUT',
      details: { fields: { amountMinor: expect.any(String) } },
    });
  });

  it('leaves no trace of a poisoned body', async () => {
    await post(
      '/v1/probe',
      '{"organization":"acme","__proto__":{"admin":true},"constructor":{"prototype":{"admin":true}}}',
    );
    expect(Reflect.get({}, 'admin')).toBeUndefined();
  });

  it('answers 405 with the methods that work', async () => {
    const answer = await callRest(url, {
      method: 'DELETE',
      path: '/v1/organizations/acme/probe',
      key: platformKey,
    });
    expect(answer.status).toBe(405);
    expect(answer.headers.get('allow')).toBe('GET');
  });

  it('documents exactly its routes', () => {
    const document = createOpenApiDocument(routes, 'https://billing.example.test');
    const operations = Object.entries(document.paths ?? {}).flatMap(([path, item]) =>
      Object.keys(item ?? {}).map((method) => `${method} ${path}`),
    );
    expect(operations.sort()).toEqual(routes.map((route) => `${route.method} ${route.path}`).sort());
  });
});

describe('Idempotency-Key', () => {
  const path = '/v1/organizations/acme/billing/probe';

  it('answers a repeat with the first answer and runs once', async () => {
    const before = commandsRun;
    const first = await post(path, { amountMinor: '5' }, { 'idempotency-key': 'order-1' });
    const second = await post(path, { amountMinor: '5' }, { 'idempotency-key': 'order-1' });
    expect([first.status, second.status]).toEqual([201, 201]);
    expect(second.json).toEqual(first.json);
    expect(second.headers.get('idempotent-replayed')).toBe('true');
    expect(commandsRun - before).toBe(1);
  });

  it('refuses the same key with another body', async () => {
    await post(path, { amountMinor: '5' }, { 'idempotency-key': 'order-2' });
    const answer = await post(path, { amountMinor: '6' }, { 'idempotency-key': 'order-2' });
    expect(answer.status).toBe(409);
    expect(answer.json.error.code).toBe('IDEMPOTENCY_KEY_REUSED');
  });

  it('keeps the keys of organizations apart', async () => {
    await post(path, { amountMinor: '5' }, { 'idempotency-key': 'order-3' });
    const other = await post(
      path.replace('acme', 'other'),
      { amountMinor: '6' },
      { 'idempotency-key': 'order-3' },
    );
    expect(other.status).toBe(201);
  });

  it('runs twenty parallel repeats once', async () => {
    const before = commandsRun;
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => post(path, { amountMinor: '7' }, { 'idempotency-key': 'order-4' })),
    );
    expect(commandsRun - before).toBe(1);
    for (const answer of answers) expect([201, 409]).toContain(answer.status);
    const refused = answers.filter((answer) => answer.status === 409);
    for (const answer of refused) {
      expect(answer.json.error).toMatchObject({ code: 'IDEMPOTENCY_KEY_IN_USE', retriable: true });
    }
  });

  it('frees the key of a command that failed on our side', async () => {
    fails = true;
    const failed = await post(path, { amountMinor: '8' }, { 'idempotency-key': 'order-5' });
    fails = false;
    expect(failed.status).toBe(500);
    expect(failed.text).not.toContain('secret');
    expect((await post(path, { amountMinor: '8' }, { 'idempotency-key': 'order-5' })).status).toBe(201);
  });

  it.each(['x'.repeat(256), ' ', 'ключ'])('refuses a key of another form', async (key) => {
    const answer = await post(path, { amountMinor: '5' }, { 'idempotency-key': encodeHeader(key) });
    expect([400, 201]).toContain(answer.status);
    if (key.trim() !== '') expect(answer.json.error.code).toBe('IDEMPOTENCY_KEY_INVALID');
  });
});

/** fetch refuses to send other letters as they are; this is what they look like as bytes. */
function encodeHeader(text: string): string {
  return Buffer.from(text).toString('latin1');
}
