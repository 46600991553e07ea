import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { listProcedures } from '../list-procedures.ts';
import { startTestApi, type TestApi } from '../start-test-api.ts';

let api: TestApi;
let support: { userId: string; cookie: string };
let other: { userId: string; cookie: string };
let owner: { userId: string; cookie: string };

beforeAll(async () => {
  api = await startTestApi({ RATE_LIMIT_CHECKOUT: '10000/60/1', RATE_LIMIT_PORTAL: '10000/60/1' });
  support = await api.signUp('support@example.test', 'support');
  other = await api.signUp('other@example.test', 'super_admin');
  owner = await api.signUp('owner@example.test');
  await api.addOrganization('looked-at', { [owner.userId]: 'owner' });
  await api.addOrganization('untouched', { [owner.userId]: 'owner' });
}, 60_000);
afterAll(() => api.stop());

const reason = 'They cannot find their invoice.';
const start = (input: object, cookie = support.cookie) =>
  api.trpc({ path: 'admin.viewAs.start', type: 'mutation', input, cookie });
const end = (organization: string, cookie = support.cookie) =>
  api.trpc({ path: 'admin.viewAs.end', type: 'mutation', input: { organization }, cookie });
const read = (path: string, organization: string, cookie = support.cookie) =>
  api.trpc({ path, type: 'query', input: { organization }, cookie });
const sessionOf = async (cookie: string) =>
  (await api.trpc({ path: 'organizations.session', type: 'query', cookie })).json.result.data;

async function auditOf(slug: string): Promise<string[]> {
  const { rows } = await api.db.owner.query(
    `select action from audit_log a join organizations o on o.id = a.organization_id
      where o.slug = $1 and action like 'view_as.%' order by sequence`,
    [slug],
  );
  return rows.map(({ action }) => action);
}

describe('viewing as an organization', () => {
  it('shows an owner’s screens only while the session runs, and leaves both ends in the audit log', async () => {
    expect((await read('invoices.list', 'looked-at')).status).toBe(404);
    const started = await start({ organization: 'looked-at', reason, ticket: 'SUP-311', minutes: 15 });
    expect(started.json.result.data).toMatchObject({ organization: 'looked-at', reason, ticket: 'SUP-311' });
    expect((await read('invoices.list', 'looked-at')).status).toBe(200);
    expect((await read('invoices.list', 'untouched')).status).toBe(404);
    expect((await read('invoices.list', 'looked-at', other.cookie)).status).toBe(404);
    expect((await sessionOf(support.cookie)).organizations).toMatchObject([
      { slug: 'looked-at', role: 'owner', mayBuy: false, viewAs: { reason } },
    ]);
    expect((await end('looked-at')).status).toBe(200);
    expect((await end('looked-at')).status).toBe(200);
    expect((await read('invoices.list', 'looked-at')).status).toBe(404);
    expect((await sessionOf(support.cookie)).organizations).toEqual([]);
    expect(await auditOf('looked-at')).toEqual(['view_as.started', 'view_as.ended']);
    expect((await read('audit.list', 'looked-at', owner.cookie)).text).toContain(reason);
  });

  it('refuses every mutation of the organization', async () => {
    await start({ organization: 'looked-at', reason });
    const rules: readonly string[] = ['member', 'money', 'admin', 'buyer', 'owner'];
    const mutations = listProcedures().filter(
      ({ access, type }) => rules.includes(access) && type === 'mutation',
    );
    expect(mutations.length).toBeGreaterThan(20);
    for (const { path, type } of mutations) {
      const input = { organization: 'looked-at' };
      const answer = await api.trpc({ path, type, input, cookie: support.cookie });
      expect([path, answer.json.error?.data.appCode ?? answer.json.error?.data.code]).toEqual([
        path,
        'VIEW_AS_READ_ONLY',
      ]);
    }
    const twin = await api.rest({
      method: 'POST',
      path: '/api/billing/portal?organization=looked-at',
      body: { organization: 'looked-at' },
      headers: { cookie: support.cookie, origin: api.url },
    });
    expect(twin.status).toBeGreaterThanOrEqual(400);
    await end('looked-at');
  });

  it('is over when its time is', async () => {
    await start({ organization: 'looked-at', reason, minutes: 15 });
    await api.db.owner.query(
      `update view_as_sessions set expires_at = now() - interval '1 second' where ended_at is null`,
    );
    expect((await read('usage.summary', 'looked-at')).status).toBe(404);
    expect((await sessionOf(support.cookie)).organizations).toEqual([]);
  });

  it('ends with the staff role', async () => {
    await start({ organization: 'looked-at', reason });
    await api.db.owner.query('update auth."user" set platform_role = null where id = $1', [support.userId]);
    expect((await read('usage.summary', 'looked-at')).status).toBe(404);
    await api.db.owner.query(`update auth."user" set platform_role = 'support' where id = $1`, [
      support.userId,
    ]);
    await end('looked-at');
  });

  it.each([
    [{ organization: 'looked-at', reason: 'x' }, 400],
    [{ organization: 'looked-at' }, 400],
    [{ organization: 'looked-at', reason, minutes: 600 }, 400],
    [{ organization: 'no-such', reason }, 404],
  ])('refuses to start with %j', async (input, status) => {
    expect((await start(input)).status).toBe(status);
  });

  it('is not for organizations staff belong to, and not for anybody else', async () => {
    await api.addOrganization('own', { [support.userId]: 'member' });
    expect((await start({ organization: 'own', reason })).json.error.data.code).toBe('VIEW_AS_MEMBER');
    expect((await start({ organization: 'looked-at', reason }, owner.cookie)).status).toBe(403);
  });
});
