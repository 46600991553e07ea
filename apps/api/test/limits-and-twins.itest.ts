import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestApi, type TestApi } from './start-test-api.ts';

let api: TestApi;
let owner: { userId: string; cookie: string };
let member: { userId: string; cookie: string };

beforeAll(async () => {
  api = await startTestApi({ RATE_LIMIT_USAGE_READ: '5/60/60', RATE_LIMIT_VOICE_WRITE: '2/3600/3600' });
  owner = await api.signUp('owner@example.test');
  member = await api.signUp('member@example.test');
  await api.addOrganization('acme', { [owner.userId]: 'owner', [member.userId]: 'member' });
  await api.addOrganization('other', {});
});
afterAll(() => api.stop());

describe('rate limits of people', () => {
  it('counts the calls of a batch, not the batch, and says how long to wait', async () => {
    const path = Array.from({ length: 8 }, () => 'usage.summary').join(',');
    const input = JSON.stringify(
      Object.fromEntries(Array.from({ length: 8 }, (_, n) => [n, { organization: 'acme' }])),
    );
    const answer = await api.rest({
      method: 'GET',
      path: `/trpc/${path}?batch=1&input=${encodeURIComponent(input)}`,
      headers: { cookie: owner.cookie },
    });
    const statuses: number[] = answer.json.map(
      (item: { error?: { data: { httpStatus: number } } }) => item.error?.data.httpStatus ?? 200,
    );
    expect(statuses.filter((status) => status === 429)).toHaveLength(3);
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(50);
  });

  it('counts each person for itself', async () => {
    const answer = await api.trpc({
      path: 'usage.summary',
      type: 'query',
      input: { organization: 'acme' },
      cookie: member.cookie,
    });
    expect(answer.status).not.toBe(429);
  });

  it('cannot be renewed by writing the organization in another way', async () => {
    const answer = await api.trpc({
      path: 'usage.events',
      type: 'query',
      input: { organization: 'acme' },
      cookie: owner.cookie,
    });
    expect(answer.status).toBe(429);
    expect(answer.json.error.data).toMatchObject({
      code: 'RATE_LIMITED',
      retriable: true,
      retryAfterSeconds: expect.any(Number),
    });
  });

  it('holds for the plain JSON routes as well', async () => {
    const put = () =>
      api.rest({
        method: 'PUT',
        path: '/api/voice/ai-config',
        headers: { cookie: owner.cookie, origin: api.url },
        body: { aiAgentId: null, translationEnabled: false, translationFrom: null, translationTo: null },
      });
    await put();
    await put();
    const third = await put();
    expect(third.status).toBe(429);
    expect(third.headers.get('retry-after')).not.toBeNull();
    expect(third.json.error.code).toBe('RATE_LIMITED');
  });
});

describe('plain JSON routes of a session', () => {
  const twins = [
    ['GET', '/api/usage'],
    ['POST', '/api/billing/checkout'],
    ['POST', '/api/billing/portal'],
    ['POST', '/api/billing/customer'],
    ['POST', '/api/billing/subscription'],
    ['GET', '/api/billing/dashboard'],
    ['GET', '/api/voice/ai-config'],
    ['PUT', '/api/voice/ai-config'],
  ] as const;

  function call(
    method: string,
    path: string,
    options: { cookie?: string; organization?: string; origin?: string },
  ) {
    const { cookie, organization, origin } = options;
    const headers = { origin: origin ?? api.url, ...(cookie === undefined ? {} : { cookie }) };
    if (method === 'GET') {
      return api.rest({
        method,
        path: organization === undefined ? path : `${path}?organization=${organization}`,
        headers,
      });
    }
    return api.rest({ method, path, headers, body: organization === undefined ? {} : { organization } });
  }

  it.each(twins)('%s %s needs a session', async (method, path) => {
    expect((await call(method, path, {})).status).toBe(401);
  });

  it.each(twins)('%s %s answers 404 for an organization of others', async (method, path) => {
    const answer = await call(method, path, { cookie: member.cookie, organization: 'other' });
    expect(answer.status).toBe(404);
    expect(answer.json.error).toMatchObject({ code: 'NOT_FOUND', requestId: expect.any(String) });
  });

  it.each(twins.filter(([method]) => method !== 'GET'))(
    '%s %s refuses another origin',
    async (method, path) => {
      const answer = await call(method, path, { cookie: owner.cookie, origin: 'https://evil.example' });
      expect(answer.status).toBe(403);
    },
  );

  it.each([
    ['GET', '/api/billing/dashboard'],
    ['POST', '/api/billing/checkout'],
    ['PUT', '/api/voice/ai-config'],
  ])('%s %s refuses a plain member', async (method, path) => {
    expect((await call(method, path, { cookie: member.cookie })).status).toBe(403);
  });

  it('names the fields of refused input', async () => {
    const answer = await api.rest({
      method: 'POST',
      path: '/api/billing/checkout',
      headers: { cookie: owner.cookie, origin: api.url },
      body: { family: 5 },
    });
    expect(answer.status).toBe(400);
    expect(answer.json.error).toMatchObject({
      code: 'INVALID_INPUT',
      details: { fields: { family: expect.any(String) } },
    });
  });

  it('refuses a Stripe price that is not on offer in the currency of the organization', async () => {
    await api.db.owner.query(
      `insert into catalog_objects (kind, key, stripe_id, content_hash, pushed_at)
       values ('price', 'mg_agency_agency_v1_client_month_jpy', 'price_foreign', 'x', now()),
              ('price', 'mg_agency_agency_v99_client_month_eur', 'price_retired', 'x', now())`,
    );
    for (const stripePriceId of ['price_unknown', 'price_foreign', 'price_retired', "price_' or 1=1"]) {
      const answer = await api.rest({
        method: 'POST',
        path: '/api/billing/subscription',
        headers: { cookie: owner.cookie, origin: api.url },
        body: { stripe_price_id: stripePriceId },
      });
      expect(answer.status).toBe(400);
      expect(answer.json.error.code).toBe('PRICE_NOT_OFFERED');
    }
  });
});
