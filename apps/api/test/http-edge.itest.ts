import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestApi, type TestApi } from './start-test-api.ts';

let api: TestApi;
let owner: { userId: string; cookie: string };

beforeAll(async () => {
  api = await startTestApi();
  owner = await api.signUp('owner@example.test');
  await api.addOrganization('acme', { [owner.userId]: 'owner' });
});
afterAll(() => api.stop());

describe('the edge over HTTP', () => {
  it('answers health, readiness and metrics', async () => {
    expect((await api.rest({ method: 'GET', path: '/healthz' })).json).toEqual({ status: 'ok' });
    const ready = await api.rest({ method: 'GET', path: '/readyz' });
    expect(ready.status).toBe(200);
    expect(ready.json).toMatchObject({ status: 'ready', checks: { database: true, migrations: true } });
    const metrics = await api.rest({ method: 'GET', path: '/metrics' });
    expect(metrics.text).toContain('http_request_duration_seconds');
  });

  it('is not ready while a migration is missing', async () => {
    const other = await startTestApi();
    try {
      await other.db.owner.query(
        'delete from _prisma_migrations where started_at = (select max(started_at) from _prisma_migrations)',
      );
      const ready = await other.rest({ method: 'GET', path: '/readyz' });
      expect(ready.status).toBe(503);
      expect(ready.json).toMatchObject({
        status: 'not_ready',
        checks: { database: true, migrations: false },
      });
    } finally {
      await other.stop();
    }
  });

  it('hides the metrics from whoever came through a proxy', async () => {
    const answer = await api.rest({
      method: 'GET',
      path: '/metrics',
      headers: { 'x-forwarded-for': '8.8.8.8' },
    });
    expect(answer.status).toBe(404);
  });

  it('sends the security headers with every answer', async () => {
    const answer = await api.rest({ method: 'GET', path: '/v1/nothing' });
    const policy = answer.headers.get('content-security-policy') ?? '';
    for (const part of [
      "frame-ancestors 'none'",
      "object-src 'none'",
      "base-uri 'none'",
      "script-src 'self'",
    ]) {
      expect(policy).toContain(part);
    }
    expect(policy).not.toContain('unsafe');
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
    expect(answer.headers.get('referrer-policy')).toBe('strict-origin-when-cross-origin');
    expect(answer.headers.get('x-powered-by')).toBeNull();
    expect(answer.headers.get('access-control-allow-origin')).toBeNull();
    expect(answer.headers.get('strict-transport-security')).toBeNull();
  });

  it('answers unknown addresses with the envelope and the request id', async () => {
    const answer = await api.rest({
      method: 'GET',
      path: '/v1/nothing',
      headers: { 'x-request-id': 'my-request-1' },
    });
    expect(answer.status).toBe(404);
    expect(answer.headers.get('x-request-id')).toBe('my-request-1');
    expect(answer.json).toEqual({
      error: { code: 'NOT_FOUND', message: expect.any(String), requestId: 'my-request-1', retriable: false },
    });
  });

  it.each(['/.env', '/.git/config', '/assets/index.js.map', '/src/main.tsx', '/test/clock', '/v1/%E0%A4%A'])(
    'does not have %s',
    async (path) => {
      const answer = await api.rest({ method: 'GET', path });
      expect([400, 404]).toContain(answer.status);
      expect(answer.text).not.toContain('<script');
    },
  );

  it.each(['__proto__', 'constructor', 'toString', 'organizations.__proto__', 'nothing'])(
    'has no procedure %s',
    async (path) => {
      const answer = await api.trpc({ path, type: 'query', cookie: owner.cookie });
      expect(answer.status).toBe(404);
      expect(answer.json.error.data.code).toBe('NOT_FOUND');
    },
  );

  it('refuses a batch of a thousand calls, and ten thousand commas, before it looks at any', async () => {
    const batch = Array.from({ length: 1000 }, () => 'organizations.session').join(',');
    for (const path of [`${batch}?batch=1&input={}`, `${','.repeat(10_000)}?batch=1&input={}`]) {
      const answer = await api.rest({
        method: 'GET',
        path: `/trpc/${path}`,
        headers: { cookie: owner.cookie },
      });
      expect(answer.status).toBe(400);
    }
  });

  it('refuses a mutation by GET with 405', async () => {
    const answer = await api.rest({
      method: 'GET',
      path: `/trpc/organizations.create?input=${encodeURIComponent('{"name":"x"}')}`,
      headers: { cookie: owner.cookie },
    });
    expect(answer.status).toBe(405);
  });

  it.each(['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x'])(
    'refuses a form of another site (%s) that brings the cookie',
    async (type) => {
      const answer = await api.rest({
        method: 'POST',
        path: '/trpc/organizations.create',
        body: '{"name":"Stolen"}',
        headers: { 'content-type': type, origin: 'https://evil.example', cookie: owner.cookie },
      });
      expect(answer.status).toBe(403);
      expect(answer.json.error.code).toBe('ORIGIN_NOT_ALLOWED');
    },
  );

  it.each(['null', 'https://127.0.0.1', 'http://127.0.0.1:1'])(
    'gives the origin %s nothing',
    async (origin) => {
      const answer = await api.rest({
        method: 'POST',
        path: '/trpc/organizations.create',
        body: { name: 'Stolen' },
        headers: { origin, cookie: owner.cookie },
      });
      expect(answer.status).toBe(403);
      expect(answer.headers.get('access-control-allow-origin')).toBeNull();
      expect(answer.headers.get('access-control-allow-credentials')).toBeNull();
    },
  );

  it('refuses a body that is not JSON, not sent as JSON, compressed or too large', async () => {
    const post = (body: string, headers: Record<string, string>) =>
      api.rest({
        method: 'POST',
        path: '/trpc/organizations.create',
        body,
        headers: { 'content-type': 'application/json', cookie: owner.cookie, origin: api.url, ...headers },
      });
    expect((await post('{"name":', {})).status).toBe(400);
    expect((await post('name=x', { 'content-type': 'text/plain' })).status).toBe(415);
    expect((await post('xxxx', { 'content-encoding': 'gzip' })).status).toBe(415);
    const latin = { 'content-type': 'application/json; charset=iso-8859-1' };
    expect((await post('{"name":"x"}', latin)).status).toBe(415);
    expect((await post(JSON.stringify({ name: 'x'.repeat(1_100_000) }), {})).status).toBe(413);
  });

  it('names the fields of refused input', async () => {
    const answer = await api.trpc({
      path: 'members.changeRole',
      type: 'mutation',
      input: { organization: 'acme', userId: 5, role: 'emperor' },
      cookie: owner.cookie,
    });
    expect(answer.status).toBe(400);
    expect(answer.json.error.data).toMatchObject({
      code: 'INVALID_INPUT',
      fields: { userId: expect.any(String), role: expect.any(String) },
    });
    expect(answer.json.error.data.stack).toBeUndefined();
  });

  it('cuts a request whose headers do not end, and survives it', async () => {
    const socket = connect(Number(new URL(api.url).port), '127.0.0.1');
    socket.write(
      'POST /trpc/organizations.create HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\ncontent-length: 3\r\n\r\n',
    );
    const first = await new Promise<string>((resolve) =>
      socket.once('data', (data) => resolve(data.toString())),
    );
    expect(first).toMatch(/^HTTP\/1\.1 400/);
    socket.destroy();
    expect((await api.rest({ method: 'GET', path: '/healthz' })).status).toBe(200);
  });

  it('leads /billing to the sign-in, or to the organization joined last', async () => {
    const nobody = await api.rest({ method: 'GET', path: '/billing' });
    expect(nobody.headers.get('location')).toBe('/sign-in?next=%2Fbilling');
    const somebody = await api.rest({ method: 'GET', path: '/billing', headers: { cookie: owner.cookie } });
    expect(somebody.headers.get('location')).toBe('/acme/billing');
  });

  it('describes the REST routes for programs and for people', async () => {
    const document = await api.rest({ method: 'GET', path: '/openapi.json' });
    expect(document.json.openapi).toBe('3.1.0');
    const page = await api.rest({ method: 'GET', path: '/docs' });
    expect(page.status).toBe(200);
    expect(page.text).not.toMatch(/<script|src="http|href="http/);
  });
});
