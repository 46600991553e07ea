import type { OrganizationId } from '@metergate/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AccessRule } from '../src/trpc/init.ts';
import { listProcedures } from './list-procedures.ts';
import { publicOrganizationId, startTestApi, type TestApi } from './start-test-api.ts';

const organizationRules: readonly AccessRule[] = ['member', 'money', 'admin', 'buyer', 'owner'];
const staffRules: readonly string[] = ['support', 'billing_ops', 'super_admin'];

const procedures = listProcedures();
const ofOrganizations = procedures.filter(({ access }) => organizationRules.includes(access));
const ofStaff = procedures.filter(({ access }) => staffRules.includes(access));
const forSomebody = procedures.filter(({ access }) => access !== 'anonymous');

let api: TestApi;
let owner: { userId: string; cookie: string };
let stranger: { userId: string; cookie: string };
let organizationId: OrganizationId;
let people: Record<'owner' | 'admin' | 'member', { userId: string; cookie: string }>;
let staff: Record<'support' | 'billing_ops' | 'super_admin', { userId: string; cookie: string }>;

/** The walk calls real procedures, some of which change who belongs to the organization. */
async function restoreMembers(): Promise<void> {
  for (const [role, { userId }] of Object.entries(people)) {
    await api.db.owner.query(
      `insert into members (organization_id, user_id, role) select id, $1, $2 from organizations where slug = 'staffed'
       on conflict (organization_id, user_id) do update set role = excluded.role`,
      [userId, role],
    );
  }
}

/** The documented matrix, with the standard settings of an organization. */
const rolesOf: Partial<Record<AccessRule, readonly string[]>> = {
  member: ['owner', 'admin', 'member'],
  money: ['owner', 'admin'],
  admin: ['owner', 'admin'],
  buyer: ['owner'],
  owner: ['owner'],
};

beforeAll(async () => {
  api = await startTestApi({
    RATE_LIMIT_USAGE_READ: '10000/60/1',
    RATE_LIMIT_CHECKOUT: '10000/60/1',
    RATE_LIMIT_PORTAL: '10000/60/1',
    RATE_LIMIT_VOICE_READ: '10000/60/1',
    RATE_LIMIT_VOICE_WRITE: '10000/60/1',
  });
  owner = await api.signUp('owner@example.test');
  stranger = await api.signUp('stranger@example.test');
  organizationId = await api.addOrganization('canary-organization', { [owner.userId]: 'owner' });
  people = {
    owner: await api.signUp('role-owner@example.test'),
    admin: await api.signUp('role-admin@example.test'),
    member: await api.signUp('role-member@example.test'),
  };
  const roles = Object.entries(people).map(([role, { userId }]) => [userId, role]);
  await api.addOrganization('staffed', Object.fromEntries(roles));
  staff = {
    support: await api.signUp('support@example.test', 'support'),
    billing_ops: await api.signUp('billing-ops@example.test', 'billing_ops'),
    super_admin: await api.signUp('super-admin@example.test', 'super_admin'),
  };
});
afterAll(() => api.stop());

describe('access to the typed API', () => {
  it('has found the procedures', () => {
    expect(ofOrganizations.length).toBeGreaterThan(30);
    expect(ofStaff.length).toBeGreaterThan(15);
  });

  it.each(forSomebody)('$path refuses somebody without a session', async ({ path, type }) => {
    const answer = await api.trpc({ path, type, input: { organization: 'canary-organization' } });
    expect(answer.status).toBe(401);
    expect(answer.json.error.data.code).toBe('NOT_SIGNED_IN');
  });

  it.each(ofOrganizations)(
    '$path answers 404 to a member of another organization',
    async ({ path, type }) => {
      for (const organization of [
        'canary-organization',
        publicOrganizationId(organizationId),
        'no-such-organization',
      ]) {
        const answer = await api.trpc({ path, type, input: { organization }, cookie: stranger.cookie });
        expect(answer.status).toBe(404);
        expect(answer.json.error.data.code).toBe('NOT_FOUND');
        expect(answer.text).not.toContain('canary');
      }
    },
  );

  it.each(ofStaff)('$path refuses the owner of an organization', async ({ path, type }) => {
    const answer = await api.trpc({ path, type, input: {}, cookie: owner.cookie });
    expect(answer.status).toBe(403);
    expect(answer.json.error.data.code).toBe('ACCESS_FORBIDDEN');
  });

  it.each(ofOrganizations)('$path lets in exactly the roles of its rule', async ({ path, type, access }) => {
    for (const [role, person] of Object.entries(people)) {
      await restoreMembers();
      const answer = await api.trpc({
        path,
        type,
        input: { organization: 'staffed' },
        cookie: person.cookie,
      });
      const isRefused = answer.json.error?.data.code === 'ACCESS_FORBIDDEN';
      expect({ role, isRefused }).toEqual({ role, isRefused: !rolesOf[access]?.includes(role) });
      if (isRefused) expect(answer.status).toBe(403);
    }
  });

  it.each(ofStaff)('$path lets in exactly the staff of its rule', async ({ path, type, access }) => {
    for (const [role, person] of Object.entries(staff)) {
      const answer = await api.trpc({ path, type, input: {}, cookie: person.cookie });
      const isRefused = answer.json.error?.data.code === 'ACCESS_FORBIDDEN';
      expect({ role, isRefused }).toEqual({
        role,
        isRefused: staffRules.indexOf(access) > staffRules.indexOf(role),
      });
    }
  });

  it('follows the settings of the organization about admins', async () => {
    const mayOpen = async (path: string) => {
      const input = { organization: 'staffed' };
      const answer = await api.trpc({ path, type: 'query', input, cookie: people.admin.cookie });
      return answer.json.error?.data.code !== 'ACCESS_FORBIDDEN';
    };
    await restoreMembers();
    const set = `update organizations set admins_see_money = $1, admins_may_buy = $2 where slug = 'staffed'`;
    await api.db.owner.query(set, [false, true]);
    expect([await mayOpen('invoices.upcoming'), await mayOpen('subscriptions.checkoutReturn')]).toEqual([
      false,
      true,
    ]);
    await api.db.owner.query(set, [true, false]);
    expect([await mayOpen('invoices.upcoming'), await mayOpen('subscriptions.checkoutReturn')]).toEqual([
      true,
      false,
    ]);
  });

  it('refuses a removed member, a demoted admin and former staff on the very next call', async () => {
    const gone = await api.signUp('gone@example.test', 'support');
    const { rows } = await api.db.owner.query(`select id from organizations where slug = 'staffed'`);
    await api.db.owner.query(
      `insert into members (organization_id, user_id, role) values ($1, $2, 'admin')`,
      [rows[0].id, gone.userId],
    );
    const call = (path: string) =>
      api.trpc({ path, type: 'query', input: { organization: 'staffed' }, cookie: gone.cookie });
    expect((await call('audit.list')).status).not.toBe(403);
    await api.db.owner.query(`update members set role = 'member' where user_id = $1`, [gone.userId]);
    expect((await call('audit.list')).status).toBe(403);
    await api.db.owner.query('delete from members where user_id = $1', [gone.userId]);
    expect((await call('audit.list')).status).toBe(404);
    expect((await call('admin.audit.list')).status).not.toBe(403);
    await api.db.owner.query('update auth."user" set platform_role = null where id = $1', [gone.userId]);
    expect((await call('admin.audit.list')).status).toBe(403);
  });
});
