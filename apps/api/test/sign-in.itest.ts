import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type HttpAnswer, startTestApi, type TestApi } from './start-test-api.ts';

const password = 'correct horse battery';
let api: TestApi;

beforeAll(async () => {
  api = await startTestApi({ RATE_LIMIT_SIGN_IN: '40/60/60', TRUSTED_PROXIES: '' });
});
afterAll(() => api.stop());

function post(path: string, body: unknown, headers: Record<string, string> = {}) {
  return api.rest({
    method: 'POST',
    path: `/api/auth${path}`,
    body,
    headers: { origin: api.url, ...headers },
  });
}

/** Everything of an answer but what is different for every person. */
function shownPart(key: string, value: unknown): unknown {
  return ['id', 'email', 'createdAt', 'updatedAt'].includes(key) ? typeof value : value;
}

async function isSignedIn(cookie: string): Promise<boolean> {
  const answer = await api.rest({ method: 'GET', path: '/api/auth/get-session', headers: { cookie } });
  return answer.json !== null && answer.json !== undefined;
}

const cookieOf = ({ headers }: HttpAnswer) =>
  headers
    .getSetCookie()
    .map((line) => line.split(';', 1)[0])
    .join('; ');

describe('sign-in', () => {
  it('sets a cookie that scripts cannot read and other sites do not send', async () => {
    await post('/sign-up/email', { name: 'A', email: 'a@example.test', password });
    const answer = await post('/sign-in/email', { email: 'a@example.test', password });
    const [cookie] = answer.headers.getSetCookie();
    expect(cookie).toMatch(/^metergate\.session_token=/);
    expect(cookie).toMatch(/HttpOnly/i);
    expect(cookie).toMatch(/SameSite=Lax/i);
    expect(cookie).toMatch(/Path=\//i);
    expect(cookie).not.toMatch(/Domain=/i);
  });

  it('binds the cookie to the host and to https where the public address is https', async () => {
    const secure = await startTestApi({ PUBLIC_URL: 'https://billing.example.test' });
    try {
      const send = (path: string) =>
        secure.rest({
          method: 'POST',
          path: `/api/auth${path}`,
          body: { name: 'A', email: 'a@example.test', password },
          headers: { origin: 'https://billing.example.test' },
        });
      await send('/sign-up/email');
      const answer = await send('/sign-in/email');
      const [cookie] = answer.headers.getSetCookie();
      expect(cookie).toMatch(/^__Host-metergate\.session_token=/);
      expect(cookie).toMatch(/; Secure/i);
      expect(answer.headers.get('strict-transport-security')).toContain('max-age=');
      const cookieHeader = cookie?.split(';', 1)[0] ?? '';
      const session = await secure.trpc({
        path: 'organizations.session',
        type: 'query',
        cookie: cookieHeader,
      });
      expect(session.status).not.toBe(401);
    } finally {
      await secure.stop();
    }
  });

  it('answers a sign-up with a known address like one with a new address, and writes to the known one', async () => {
    const known = { name: 'Known', email: 'known@example.test', password };
    const fresh = { name: 'Known', email: 'fresh@example.test', password: 'another sentence' };
    const first = await post('/sign-up/email', known);
    const again = await post('/sign-up/email', { ...known, password: 'another sentence' });
    const other = await post('/sign-up/email', fresh);
    for (const answer of [first, again, other]) {
      expect(answer.status).toBe(200);
      expect(answer.headers.getSetCookie()).toEqual([]);
      expect(answer.json.token).toBeNull();
    }
    const shape = ({ json }: typeof first) => JSON.stringify(json, (key, value) => shownPart(key, value));
    expect(shape(again)).toBe(shape(first));
    expect(shape(again)).toBe(shape(other));
    expect((await post('/sign-in/email', { ...known, password: 'another sentence' })).status).toBe(401);
    expect((await post('/sign-in/email', known)).status).toBe(200);
    await post('/sign-up/email', known);
    const { rows } = await api.db.owner.query(
      `select to_address, text from emails where template = 'sign_up_known_address'`,
    );
    expect(rows).toHaveLength(1);
    expect(rows[0].to_address).toBe('known@example.test');
    expect(rows[0].text).toContain(`${api.url}/forgot-password`);
  });

  it('does not let a new person make itself staff or choose an id', async () => {
    const body = { name: 'B', email: 'b@example.test', password, platformRole: 'super_admin', id: 'chosen' };
    await post('/sign-up/email', body);
    const { rows } = await api.db.owner.query(
      `select id, platform_role from auth."user" where email = 'b@example.test'`,
    );
    expect(rows.every((row) => row.platform_role === null && row.id !== 'chosen')).toBe(true);
  });

  it('knows an address in any case as the same person', async () => {
    await post('/sign-up/email', { name: 'C', email: 'Case@Example.test', password });
    const { rows } = await api.db.owner.query(
      `select count(*)::int as n from auth."user" where lower(email) = 'case@example.test'`,
    );
    expect(rows[0].n).toBe(1);
    expect((await post('/sign-in/email', { email: 'CASE@example.TEST', password })).status).toBe(200);
  });

  it('ends a session on the server when its person signs out', async () => {
    const { cookie } = await api.signUp('out@example.test');
    expect(await isSignedIn(cookie)).toBe(true);
    await post('/sign-out', {}, { cookie });
    expect(await isSignedIn(cookie)).toBe(false);
  });

  it('answers a reset alike for known and unknown addresses, and sends a link to our own address only', async () => {
    const { cookie } = await api.signUp('reset@example.test');
    const redirectTo = '/sign-in';
    const known = await post(
      '/request-password-reset',
      { email: 'reset@example.test', redirectTo },
      { 'x-forwarded-host': 'evil.example' },
    );
    const unknown = await post('/request-password-reset', { email: 'nobody@example.test', redirectTo });
    expect(known.status).toBe(200);
    expect(unknown.text).toBe(known.text);

    const { rows } = await api.db.owner.query(
      `select text, to_address from emails where template = 'password_reset'`,
    );
    expect(rows.map((row) => row.to_address)).toEqual(['reset@example.test']);
    const link: string = /https?:\/\/\S+/.exec(rows[0].text)?.[0] ?? '';
    expect(link.startsWith(`${api.url}/`)).toBe(true);
    expect(link).not.toContain('evil');
    const token = /reset-password\/([^?]+)/.exec(link)?.[1];
    const stored = await api.db.owner.query('select identifier, value from auth.verification');
    expect(JSON.stringify(stored.rows)).not.toContain(token);

    const changed = await post('/reset-password', { token, newPassword: 'another horse battery' });
    expect(changed.status).toBe(200);
    expect(await isSignedIn(cookie)).toBe(false);
    expect((await post('/reset-password', { token, newPassword: 'third horse battery' })).status).toBe(400);
    expect((await post('/sign-in/email', { email: 'reset@example.test', password })).status).toBe(401);
  });

  it('refuses a redirect to another site in a reset', async () => {
    await api.signUp('redirect@example.test');
    const answer = await post('/request-password-reset', {
      email: 'redirect@example.test',
      redirectTo: 'https://evil.example/',
    });
    expect(answer.status).toBe(400);
  });

  it('keeps no token of a session or password in readable form', async () => {
    const { cookie } = await api.signUp('dump@example.test');
    const [token = ''] = decodeURIComponent(cookie.split('=')[1] ?? '').split('.');
    expect(token.length).toBeGreaterThanOrEqual(32);
    const dump = await api.db.owner.query(
      'select token from auth.session union all select password from auth.account',
    );
    const text = JSON.stringify(dump.rows);
    expect(dump.rows.length).toBeGreaterThan(1);
    expect(text).not.toContain(token);
    expect(text).not.toContain(password);
  });

  it('does not take the stored digest for a token', async () => {
    const { cookie } = await api.signUp('digest@example.test');
    const { rows } = await api.db.owner.query(
      'select token from auth.session order by created_at desc limit 1',
    );
    const forged = cookie.replace(/=[^.]+\./, `=${encodeURIComponent(rows[0].token)}.`);
    expect(await isSignedIn(cookie)).toBe(true);
    expect(await isSignedIn(forged)).toBe(false);
  });

  it('ends all other sessions when the password is changed, and gives the present one a new token', async () => {
    const first = await api.signUp('change@example.test');
    const again = await post('/sign-in/email', { email: 'change@example.test', password });
    const second = cookieOf(again);
    expect(second).not.toBe(first.cookie);
    const changed = await post(
      '/change-password',
      { currentPassword: password, newPassword: 'another horse battery', revokeOtherSessions: false },
      { cookie: second },
    );
    expect(changed.status).toBe(200);
    expect(await isSignedIn(first.cookie)).toBe(false);
    expect(await isSignedIn(second)).toBe(false);
    const third = cookieOf(changed);
    expect(await isSignedIn(third)).toBe(true);
  });

  it("ends one of the sessions of whoever asks by the name that the list gives it, and nobody else's", async () => {
    const [mine, other] = [await api.signUp('mine@example.test'), await api.signUp('others@example.test')];
    const again = await post('/sign-in/email', { email: 'mine@example.test', password });
    const second = cookieOf(again);
    const list = async (cookie: string): Promise<{ token: string; createdAt: string }[]> =>
      (await api.rest({ method: 'GET', path: '/api/auth/list-sessions', headers: { cookie } })).json;
    const [theirs] = await list(other.cookie);
    const first = (await list(second)).toSorted((a, b) => a.createdAt.localeCompare(b.createdAt))[0];
    for (const token of [theirs?.token, 'nothing', 7, undefined])
      expect((await post('/revoke-session', { token }, { cookie: second })).status).toBe(200);
    expect(await isSignedIn(other.cookie)).toBe(true);
    expect(await isSignedIn(mine.cookie)).toBe(true);
    expect((await post('/revoke-session', { token: first?.token }, { cookie: second })).status).toBe(200);
    expect(await isSignedIn(mine.cookie)).toBe(false);
    expect(await isSignedIn(second)).toBe(true);
    expect((await post('/revoke-other-sessions', {}, { cookie: mine.cookie })).status).toBe(401);
    const foreign = { cookie: second, origin: 'https://elsewhere.test' };
    expect((await post('/revoke-other-sessions', {}, foreign)).status).toBe(403);
  });

  it('slows guessing down by account and by address, whatever headers claim', async () => {
    const limited = await startTestApi({ RATE_LIMIT_SIGN_IN: '10/60/60' });
    try {
      const attempt = (email: string, address: string) =>
        limited.rest({
          method: 'POST',
          path: '/api/auth/sign-in/email',
          body: { email, password: 'wrong password' },
          headers: {
            origin: limited.url,
            'x-forwarded-for': address,
            'x-real-ip': address,
            'x-metergate-client-address': address,
          },
        });
      const statuses: number[] = [];
      for (let n = 0; n < 14; n++)
        statuses.push((await attempt(`user${n}@example.test`, `10.0.0.${n}`)).status);
      expect(statuses.slice(0, 10).every((status) => status === 401)).toBe(true);
      expect(statuses.slice(10).every((status) => status === 429)).toBe(true);
      const refused = await attempt('user@example.test', '10.1.1.1');
      expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
      expect(refused.json.error.code).toBe('RATE_LIMITED');
    } finally {
      await limited.stop();
    }
  });
});
