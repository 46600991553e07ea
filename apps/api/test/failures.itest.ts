import { afterEach, describe, expect, it } from 'vitest';
import { startTestApi, type TestApi } from './start-test-api.ts';

let api: TestApi | undefined;
afterEach(async () => {
  await api?.stop();
  api = undefined;
});

/** What no answer may contain: addresses, names of roles and tables, text of drivers, places in our code. */
const inside =
  /127\.0\.0\.1|nowhere|ENOENT|mg_auth|mg_app|postgres|ECONN|relation|select |prisma|node_modules|\.ts:|\bat /i;

describe('failures behind the edge', () => {
  it('tells neither console nor platform what broke when a table is gone', async () => {
    api = await startTestApi();
    const owner = await api.signUp('owner@example.test');
    const { key } = await api.addApiKey(['usage:read']);
    await api.db.owner.query(
      'alter table members rename to members_gone; alter table api_keys rename to keys_gone',
    );

    const typed = await api.trpc({
      path: 'members.list',
      type: 'query',
      input: { organization: 'acme' },
      cookie: owner.cookie,
    });
    expect(typed.status).toBe(500);
    expect(typed.json.error.data).toMatchObject({
      code: 'INTERNAL_ERROR',
      requestId: expect.stringMatching(/.{8}/),
    });
    expect(typed.text).not.toMatch(inside);

    const redirect = await api.rest({ method: 'GET', path: '/billing', headers: { cookie: owner.cookie } });
    expect(redirect.status).toBe(500);
    expect(redirect.json.error.code).toBe('INTERNAL_ERROR');
    expect(redirect.text).not.toMatch(inside);
    expect(key).toMatch(/^mg_/);
  });

  it.each([
    ['refuses connections', '127.0.0.1:1/none'],
    ['has no socket', 'localhost:1/none?host=%2Fnowhere'],
  ])('is alive but not ready while the database %s, and says nothing about it', async (_, address) => {
    api = await startTestApi({
      DATABASE_ROLE_URLS: '',
      DATABASE_URL: `postgres://nobody:hunter2@${address}`,
    });
    expect((await api.rest({ method: 'GET', path: '/healthz' })).status).toBe(200);
    const ready = await api.rest({ method: 'GET', path: '/readyz' });
    expect(ready.status).toBe(503);
    expect(ready.headers.get('retry-after')).toBe('2');
    expect(ready.text).not.toMatch(inside);

    const signIn = await api.rest({
      method: 'POST',
      path: '/api/auth/sign-in/email',
      body: { email: 'owner@example.test', password: 'correct horse battery' },
      headers: { origin: api.url },
    });
    expect(signIn.status).toBeGreaterThanOrEqual(500);
    expect(signIn.text).not.toMatch(inside);
  });
});
