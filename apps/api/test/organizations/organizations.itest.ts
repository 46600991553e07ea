import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestApi, type TestApi } from '../start-test-api.ts';

interface Person {
  userId: string;
  cookie: string;
}

let api: TestApi;
let owner: Person;
let admin: Person;
let member: Person;
let stranger: Person;
const organization = 'harbor';

beforeAll(async () => {
  api = await startTestApi();
  owner = await api.signUp('owner@example.test');
  admin = await api.signUp('admin@example.test');
  member = await api.signUp('member@example.test');
  stranger = await api.signUp('stranger@example.test');
  await api.addOrganization(organization, {
    [owner.userId]: 'owner',
    [admin.userId]: 'admin',
    [member.userId]: 'member',
  });
  await api.addOrganization('foreign', { [stranger.userId]: 'owner' });
});
afterAll(() => api.stop());

function mutate(path: string, who: Person, input: object) {
  return api.trpc({ path, type: 'mutation', input: { organization, ...input }, cookie: who.cookie });
}

function read(path: string, who: Person, input: object = {}) {
  return api.trpc({ path, type: 'query', input: { organization, ...input }, cookie: who.cookie });
}

function codeOf(answer: { status: number; json: { error?: { data: { code: string } } } }): string {
  return `${answer.status} ${answer.json.error?.data.code ?? ''}`.trim();
}

async function lastInvitationToken(): Promise<string> {
  const { rows } = await api.db.owner.query(
    `select text from emails where template = 'invitation' order by created_at desc, id desc limit 1`,
  );
  return /invitations\/(\S+)/.exec(rows[0].text)?.[1] ?? '';
}

describe('the session', () => {
  it('tells who is signed in, where they belong and what they see there', async () => {
    const answer = await api.trpc({ path: 'organizations.session', type: 'query', cookie: admin.cookie });
    expect(answer.json.result.data).toMatchObject({
      user: { email: 'admin@example.test', staffRole: null },
      organizations: [{ slug: organization, role: 'admin', seesMoney: true, mayBuy: false }],
      lastOrganizationSlug: organization,
    });
  });
});

describe('organizations', () => {
  it('make their maker the owner and write it to the audit log', async () => {
    const made = await api.trpc({
      path: 'organizations.create',
      type: 'mutation',
      input: { name: 'Fresh Start', currency: 'eur', role: 'member', stripeCustomerId: 'cus_forged' },
      cookie: stranger.cookie,
    });
    expect(made.json.result.data).toMatchObject({
      slug: 'fresh-start',
      currency: 'EUR',
      stripeCustomerId: null,
    });
    const log = await api.trpc({
      path: 'audit.list',
      type: 'query',
      input: { organization: 'fresh-start' },
      cookie: stranger.cookie,
    });
    expect(log.json.result.data.items).toMatchObject([
      {
        action: 'organization.created',
        actor: 'stranger@example.test',
        target: { id: made.json.result.data.id },
      },
    ]);
  });

  it('ignore fields that are nobody else’s business to set', async () => {
    const forged = {
      name: 'Harbor Group',
      stripeCustomerId: 'cus_x',
      status: 'closed',
      slug: 'x',
      currency: 'JPY',
    };
    const answer = await mutate('organizations.update', owner, forged);
    expect(answer.json.result.data).toMatchObject({
      name: 'Harbor Group',
      slug: organization,
      status: 'active',
      stripeCustomerId: null,
      currency: 'EUR',
    });
  });

  it('close only under their own name, and then refuse new people and keys', async () => {
    await api.addOrganization('closing', { [owner.userId]: 'owner' });
    const close = (confirmName: string) =>
      mutate('organizations.close', owner, { organization: 'closing', confirmName });
    expect(codeOf(await close('another name'))).toBe('422 NAME_NOT_CONFIRMED');
    expect((await close('closing')).json.result.data.status).toBe('closed');
    const late = { organization: 'closing', email: 'late@example.test', role: 'member' };
    expect(codeOf(await mutate('members.invite', owner, late))).toBe('409 ORGANIZATION_CLOSED');
    const key = { organization: 'closing', name: 'late', scopes: ['usage:read'] };
    expect(codeOf(await mutate('apiKeys.create', owner, key))).toBe('409 ORGANIZATION_CLOSED');
    const { json } = await read('invoices.notices', owner, { organization: 'closing' });
    expect(json.result.data).toMatchObject([
      { kind: 'closed', severity: 'danger', action: { to: '/closing/billing/invoices' } },
    ]);
  });

  it('keep their ids for themselves when they are closed, whoever comes afterwards', async () => {
    const { key } = await api.addApiKey(['organizations:read', 'organizations:write', 'usage:write']);
    const rest = (method: string, path: string, body?: object) =>
      api.rest({ method, path: `/v1/${path}`, key, ...(body === undefined ? {} : { body }) });
    const first = { name: 'Once Only', externalId: 'tenant-1', email: 'a@example.test' };
    const made = (await rest('POST', 'organizations', first)).json;
    await api.db.owner.query(
      `insert into members (organization_id, user_id, role) select id, $1, 'owner' from organizations where external_id = 'tenant-1'`,
      [owner.userId],
    );
    const occurredAt = api.container.clock.now().toISOString();
    const event = { id: 'e-1', organization: 'tenant-1', meter: 'call', quantity: '1', occurredAt };
    const report = async () => (await rest('POST', 'usage-events', { events: [event] })).json;
    expect(await report()).toMatchObject({ accepted: 1 });
    const closing = { organization: made.slug, confirmName: 'Once Only' };
    expect((await mutate('organizations.close', owner, closing)).json.result.data.status).toBe('closed');
    const again = await rest('POST', 'organizations', { ...first, name: 'Somebody Else' });
    expect([again.status, again.json.error.code]).toEqual([409, 'ORGANIZATION_CLOSED']);
    const namesake = (await rest('POST', 'organizations', { ...first, externalId: 'tenant-2' })).json;
    expect(namesake.slug).not.toBe(made.slug);
    expect(namesake.id).not.toBe(made.id);
    for (const reference of [made.id, 'tenant-1']) {
      const { json } = await rest('GET', `organizations/${reference}`);
      expect([reference, json]).toMatchObject([
        reference,
        { id: made.id, status: 'closed', name: 'Once Only' },
      ]);
    }
    expect(await report()).toMatchObject({ accepted: 0, duplicates: 1 });
  });
});

describe('members', () => {
  it('cannot lift themselves: an admin neither changes roles, removes an owner nor invites one', async () => {
    const lift = { userId: admin.userId, role: 'owner' };
    expect(codeOf(await mutate('members.changeRole', admin, lift))).toBe('403 ACCESS_FORBIDDEN');
    expect(codeOf(await mutate('members.remove', admin, { userId: owner.userId }))).toBe(
      '403 ROLE_ABOVE_OWN',
    );
    const invitation = { email: 'new@example.test', role: 'owner' };
    expect(codeOf(await mutate('members.invite', admin, invitation))).toBe('403 ROLE_ABOVE_OWN');
  });

  it('keep at least one owner', async () => {
    const alone = { userId: owner.userId, role: 'admin' };
    expect(codeOf(await mutate('members.changeRole', owner, alone))).toBe('409 LAST_OWNER');
    expect(codeOf(await mutate('members.leave', owner, {}))).toBe('409 LAST_OWNER');
    expect(codeOf(await mutate('members.remove', owner, { userId: owner.userId }))).toBe('409 LAST_OWNER');
  });

  it('are not found by somebody of another organization, nested in an input of one’s own', async () => {
    const foreign = { userId: stranger.userId, role: 'member' };
    expect(codeOf(await mutate('members.changeRole', owner, foreign))).toBe('404 NOT_FOUND');
    expect(codeOf(await mutate('organizations.transfer', owner, foreign))).toBe('404 NOT_FOUND');
    const inviting = { organization: 'foreign', email: 'x@example.test', role: 'member' };
    const theirs = await mutate('members.invite', stranger, inviting);
    const revoking = { invitationId: theirs.json.result.data.id };
    expect(codeOf(await mutate('members.revokeInvitation', owner, revoking))).toBe('404 NOT_FOUND');
  });

  it('do not see invitations, which admins do', async () => {
    await mutate('members.invite', owner, { email: 'pending@example.test', role: 'member' });
    expect((await read('members.list', member)).json.result.data.invitations).toEqual([]);
    const shown = (await read('members.list', admin)).json.result.data.invitations;
    expect(shown).toContainEqual(expect.objectContaining({ email: 'pending@example.test', status: 'open' }));
  });

  it('join once with a link that is theirs, in whatever way the address is written', async () => {
    const guest = await api.signUp('guest@example.test');
    const invited = await mutate('members.invite', admin, { email: 'GUEST@Example.Test', role: 'member' });
    expect(invited.json.result.data).toMatchObject({ email: 'guest@example.test', status: 'open' });
    const token = await lastInvitationToken();
    const accept = (who: Person) =>
      api.trpc({
        path: 'members.acceptInvitation',
        type: 'mutation',
        input: { token, role: 'owner' },
        cookie: who.cookie,
      });
    expect(codeOf(await accept(stranger))).toBe('403 INVITATION_OTHER_EMAIL');
    const answers = await Promise.all(Array.from({ length: 20 }, () => accept(guest)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 409)).toHaveLength(19);
    const session = await api.trpc({ path: 'organizations.session', type: 'query', cookie: guest.cookie });
    expect(session.json.result.data.organizations).toMatchObject([{ slug: organization, role: 'member' }]);
    await mutate('members.leave', guest, {});
    expect(codeOf(await accept(guest))).toBe('409 INVITATION_INVALID');
    expect(codeOf(await read('members.list', guest))).toBe('404 NOT_FOUND');
  });

  it('cannot join with a revoked link', async () => {
    const late = await api.signUp('revoked@example.test');
    const invited = await mutate('members.invite', owner, { email: 'revoked@example.test', role: 'admin' });
    const token = await lastInvitationToken();
    await mutate('members.revokeInvitation', owner, { invitationId: invited.json.result.data.id });
    const answer = await api.trpc({
      path: 'members.acceptInvitation',
      type: 'mutation',
      input: { token },
      cookie: late.cookie,
    });
    expect(codeOf(answer)).toBe('409 INVITATION_INVALID');
  });
});

describe('clients', () => {
  it('are made once per external id, found, archived, and counted again when they come back', async () => {
    const input = { name: 'Pine Optics', externalId: 'pine' };
    const first = (await mutate('clients.create', admin, input)).json.result.data;
    expect((await mutate('clients.create', owner, input)).json.result.data.id).toBe(first.id);
    const found = await read('clients.list', member, { q: 'pine', status: 'active' });
    expect(found.json.result.data.items).toHaveLength(1);
    const archived = await mutate('clients.archive', admin, { clientId: first.id });
    expect(archived.json.result.data.status).toBe('archived');
    const restored = (await mutate('clients.create', admin, input)).json.result.data;
    expect(restored).toMatchObject({ id: first.id, status: 'active', archivedAt: null });
  });

  it('of another organization do not exist, in path, cursor or body', async () => {
    const theirs = await mutate('clients.create', stranger, {
      organization: 'foreign',
      name: 'Secret canary',
    });
    const foreignId = theirs.json.result.data.id;
    const answer = await mutate('clients.archive', owner, { clientId: foreignId });
    expect(codeOf(answer)).toBe('404 NOT_FOUND');
    expect(answer.text).not.toContain('canary');
    expect(codeOf(await mutate('clients.archive', owner, { clientId: 'cli_nonsense' }))).toBe(
      '404 NOT_FOUND',
    );
  });

  it('have pages with a limit and a cursor that cannot be forged', async () => {
    expect(codeOf(await read('clients.list', member, { limit: 1e9 }))).toBe('400 INVALID_INPUT');
    expect(codeOf(await read('clients.list', member, { limit: -1 }))).toBe('400 INVALID_INPUT');
    const cursor = Buffer.from(`clients:' or true --`).toString('base64url');
    expect(codeOf(await read('clients.list', member, { cursor }))).toBe('400 CURSOR_INVALID');
    const audit = Buffer.from('audit:99999999999999999999.x').toString('base64url');
    expect(codeOf(await read('audit.list', admin, { cursor: audit }))).toBe('400 CURSOR_INVALID');
  });
});

describe('API keys', () => {
  it('are shown once, work at once and stop at once', async () => {
    const made = await mutate('apiKeys.create', admin, { name: 'robot', scopes: ['organizations:read'] });
    const { key, view } = made.json.result.data;
    const listed = await read('apiKeys.list', admin);
    expect(listed.text).not.toContain(key);
    expect(listed.json.result.data[0]).toMatchObject({
      id: view.id,
      prefix: key.slice(0, view.prefix.length),
    });
    const call = () => api.rest({ method: 'GET', path: `/v1/organizations/${organization}`, key });
    expect((await call()).status).toBe(200);
    await mutate('apiKeys.revoke', admin, { keyId: view.id });
    expect((await call()).status).toBe(401);
  });

  it('are never wider than their maker, nor for another organization', async () => {
    const buying = { name: 'wide', scopes: ['billing:write'] };
    expect(codeOf(await mutate('apiKeys.create', admin, buying))).toBe('403 KEY_SCOPE_TOO_WIDE');
    expect(codeOf(await mutate('apiKeys.create', admin, { name: 'x', scopes: ['everything'] }))).toBe(
      '400 INVALID_INPUT',
    );
    const { rows } = await api.db.owner.query(`select id from organizations where slug = 'foreign'`);
    const forged = {
      name: 'forged',
      scopes: ['organizations:read'],
      organizationId: rows[0].id,
      createdBy: stranger.userId,
      createdAt: '2020-01-01T00:00:00.000Z',
    };
    const { key } = (await mutate('apiKeys.create', admin, forged)).json.result.data;
    expect((await api.rest({ method: 'GET', path: '/v1/organizations/foreign', key })).status).toBe(404);
    const stored = await api.db.owner.query(`select * from api_keys where name = 'forged'`);
    expect(stored.rows[0]).toMatchObject({ created_by: admin.userId });
    expect(stored.rows[0].organization_id).not.toBe(rows[0].id);
  });

  it('of an organization make no organizations and change no billing address', async () => {
    const made = await mutate('apiKeys.create', owner, { name: 'writer', scopes: ['organizations:write'] });
    const { key } = made.json.result.data;
    const body = { name: 'Another', externalId: 'another', email: 'a@example.test' };
    expect((await api.rest({ method: 'POST', path: '/v1/organizations', key, body })).status).toBe(403);
    const path = `/v1/organizations/${organization}`;
    const patch = (change: object) => api.rest({ method: 'PATCH', path, key, body: change });
    expect((await patch({ email: 'thief@example.test' })).status).toBe(403);
    const raised = await patch({ timeZone: 'Europe/Berlin', adminsMayBuy: true });
    expect(raised.json).toMatchObject({ timeZone: 'Europe/Berlin', settings: { adminsMayBuy: false } });
  });

  it('end with the membership of whoever made them', async () => {
    const leaver = await api.signUp('leaver@example.test');
    await api.db.owner.query(
      `insert into members (organization_id, user_id, role)
       select id, $1, 'admin' from organizations where slug = $2`,
      [leaver.userId, organization],
    );
    const made = await mutate('apiKeys.create', leaver, { name: 'mine', scopes: ['organizations:read'] });
    const { key } = made.json.result.data;
    const call = () => api.rest({ method: 'GET', path: `/v1/organizations/${organization}`, key });
    expect((await call()).status).toBe(200);
    await mutate('members.remove', owner, { userId: leaver.userId });
    expect((await call()).status).toBe(401);
    expect(codeOf(await read('members.list', leaver))).toBe('404 NOT_FOUND');
  });

  it('expire, and cannot be made expired', async () => {
    const past = { name: 'old', scopes: ['usage:read'], expiresAt: '2020-01-01T00:00:00.000Z' };
    expect(codeOf(await mutate('apiKeys.create', admin, past))).toBe('422 KEY_EXPIRY_PASSED');
  });
});

describe('the database', () => {
  it('holds no secret of a key, a link or a session in readable form', async () => {
    const made = await mutate('apiKeys.create', owner, { name: 'dumped', scopes: ['usage:read'] });
    await mutate('members.invite', owner, { email: 'dumped@example.test', role: 'member' });
    const secrets = [made.json.result.data.key, (await lastInvitationToken()).split('.')[1] ?? ''];
    const tables = ['api_keys', 'invitations', 'audit_log', 'outbox', 'idempotency_keys'];
    for (const table of tables) {
      const { rows } = await api.db.owner.query(`select t::text as row from ${table} t`);
      const dump = rows.map(({ row }) => row).join('\n');
      for (const secret of secrets) expect(dump.includes(secret), table).toBe(false);
    }
  });
});

describe('voice settings', () => {
  it('are locked without the entitlement and say what unlocks them', async () => {
    const shown = (await read('voice.get', admin)).json.result.data;
    // It pays in euros, and only what is priced by hand is sold in them.
    expect(shown).toMatchObject({ unlocked: false, upgradeTo: 'enterprise', translationEnabled: false });
    const change = { aiAgentId: 'a1', translationEnabled: false, translationFrom: null, translationTo: null };
    expect(codeOf(await mutate('voice.update', admin, change))).toBe('402 FEATURE_NOT_IN_PLAN');
    expect(codeOf(await read('voice.get', member))).toBe('403 ACCESS_FORBIDDEN');
  });
});
