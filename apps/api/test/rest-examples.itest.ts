import { apiKeyScopes } from '@metergate/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { restRoutes } from '../src/http/rest/index.ts';
import type { ExampleCall, RestRoute } from '../src/http/rest/route.ts';
import { startTestBilling, type TestBilling } from './start-test-billing.ts';

let api: TestBilling;
let key: string;

beforeAll(async () => {
  api = await startTestBilling();
  const owner = await api.signUp('owner@example.test');
  const id = await api.addOrganization('acme', { [owner.userId]: 'owner' });
  await api.db.owner.query(`update organizations set currency = 'USD' where id = $1`, [id]);
  key = (await api.addApiKey(apiKeyScopes)).key;
});
afterAll(() => api.stop());

const call: ExampleCall = async (method, path, body) => {
  const answer = await api.rest({
    method: method.toUpperCase(),
    path,
    key,
    ...(body === undefined ? {} : { body }),
  });
  if (answer.status >= 300) throw new Error(`${method} ${path} answered ${answer.status}: ${answer.text}`);
  return answer.json;
};

async function runExample(route: RestRoute) {
  const { example } = route;
  const prepared = (await example.prepare?.(call)) ?? {};
  const params: Record<string, string> = { org: 'acme', ...example.params, ...prepared.params };
  const path = route.path.replace(/\{(\w+)\}/g, (whole, name: string) => params[name] ?? whole);
  const query = new URLSearchParams(example.query).toString();
  const body = prepared.body ?? example.body;
  return api.rest({
    method: route.method.toUpperCase(),
    path: query === '' ? path : `${path}?${query}`,
    key,
    ...(body === undefined ? {} : { body }),
  });
}

describe('the worked examples of the REST routes', () => {
  it('are one per route', async () => {
    const document = (await api.rest({ method: 'GET', path: '/openapi.json' })).json;
    const listed = Object.values<object>(document.paths).flatMap((item) => Object.keys(item));
    expect(listed).toHaveLength(restRoutes.length);
  });

  it.each(restRoutes.map((route) => [`${route.method} ${route.path}`, route] as const))(
    '%s works as written',
    async (_name, route) => {
      const answer = await runExample(route);
      expect(`${answer.status} ${answer.text}`).toMatch(new RegExp(`^${route.example.status} `));
    },
  );
});
