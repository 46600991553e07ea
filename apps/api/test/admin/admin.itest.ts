import { apiKeyScopes } from '@metergate/core';
import { countQueries, currentQueryCount } from '@metergate/db';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { listOrganizations } from '../../src/admin/list-organizations.ts';
import type { TestApi } from '../start-test-api.ts';
import { type MirrorWorld, startMirror } from '../stripe/start-mirror.ts';

let world: MirrorWorld;
let api: TestApi;
let support: string;
let billing: string;
let root: string;
let key: string;
let olga: string;

beforeAll(async () => {
  world = await startMirror();
  api = world.api;
  support = (await api.signUp('support@example.test', 'support')).cookie;
  billing = (await api.signUp('billing@example.test', 'billing_ops')).cookie;
  root = (await api.signUp('root@example.test', 'super_admin')).cookie;
  key = (await api.addApiKey(apiKeyScopes)).key;
  const owner = await api.signUp('olga@northwind.example');
  olga = owner.cookie;
  const id = await api.addOrganization('northwind', { [owner.userId]: 'owner' });
  await api.db.owner.query(
    `update organizations set currency = 'USD', name = 'Northwind Ltd' where id = $1`,
    [id],
  );
});
afterAll(() => world.stop());

function read(path: string, input?: object, cookie = support) {
  return api.trpc({ path: `admin.${path}`, type: 'query', input, cookie });
}

function mutate(path: string, input: object, cookie: string) {
  return api.trpc({ path: `admin.${path}`, type: 'mutation', input, cookie });
}

function codeOf(answer: { status: number; json: { error?: { data: { code: string } } } }): string {
  return `${answer.status} ${answer.json.error?.data.code ?? ''}`.trim();
}

async function slugs(input: object): Promise<string[]> {
  const answer = await read('organizations.list', input);
  return answer.json.result.data.items.map((row: { slug: string }) => row.slug);
}

describe('the staff’s subscriptions', () => {
  it('are started with a reason, and the list and the page show what they earn', async () => {
    const wish = { family: 'voice-ops', plan: 'business', paymentMethod: 'pm_card_visa' };
    const request = { organization: 'northwind', reason: 'agreed by phone', ...wish };
    expect(codeOf(await mutate('organizations.startSubscription', request, support))).toBe(
      '403 ACCESS_FORBIDDEN',
    );
    const started = await mutate('organizations.startSubscription', request, billing);
    expect(started.json.result?.data ?? started.json).toMatchObject({
      family: 'voice-ops',
      status: 'active',
    });
    const page = (await read('organizations.get', { organization: 'northwind' })).json.result.data;
    expect(page.mrr).toEqual([started.json.result.data.recurring]);
    expect(page.owners).toMatchObject([{ email: 'olga@northwind.example' }]);
    const told = page.timeline.map((entry: { text: string }) => entry.text).join('\n');
    expect(told).toContain('Subscription started by staff by billing@example.test (staff) (agreed by phone)');
    const [row] = (await read('organizations.list', { q: 'northwind' })).json.result.data.items;
    expect(row).toMatchObject({ plans: [{ plan: 'business', status: 'active' }], mrr: page.mrr });
  });

  it('keep their organization from being closed, by its owner and by nobody else', async () => {
    const close = (cookie: string) =>
      api.trpc({
        path: 'organizations.close',
        type: 'mutation',
        input: { organization: 'northwind', confirmName: 'Northwind Ltd' },
        cookie,
      });
    expect(codeOf(await close(olga))).toBe('409 ORGANIZATION_HAS_OBLIGATIONS');
    expect(codeOf(await close(root))).toBe('404 NOT_FOUND');
  });

  it('show no drift after a sync, and name the field when there is some', async () => {
    const drift = async () =>
      (await read('organizations.drift', { organization: 'northwind' })).json.result.data.filter(
        (row: { equal: boolean }) => !row.equal,
      );
    expect(await drift()).toEqual([]);
    await api.db.owner.query(`update subscriptions set status = 'unpaid'`);
    expect(await drift()).toContainEqual(
      expect.objectContaining({ field: 'status', local: 'unpaid', remote: 'active' }),
    );
    const repair = { organization: 'northwind', reason: 'status was edited by hand' };
    await mutate('organizations.resync', repair, billing);
    expect(await drift()).toEqual([]);
  });
});

describe('the list of organizations', () => {
  it('finds one by any identifier', async () => {
    const { rows } = await api.db.owner.query(
      `select o.id, o.stripe_customer_id as customer, s.stripe_subscription_id as subscription, i.number,
              i.stripe_invoice_id as invoice
         from organizations o join subscriptions s on s.organization_id = o.id
         join invoices i on i.organization_id = o.id where o.slug = 'northwind'`,
    );
    const { id, customer, subscription, number, invoice } = rows[0];
    const identifiers = [
      'Northwind L',
      'northwind',
      `org_${id.replaceAll('-', '')}`,
      'OLGA@northwind.example',
      'northwind.example',
      'northwind@example.test',
      customer,
      subscription,
      invoice,
      number,
    ];
    for (const q of identifiers) expect(await slugs({ q }), q).toEqual(['northwind']);
    expect(await slugs({ q: `%' or true --` })).toEqual([]);
    expect(await slugs({ q: '%' })).toEqual([]);
  });

  it('has saved views with counts, filters, and pages that meet', async () => {
    for (let index = 0; index < 7; index += 1) await api.addOrganization(`paged-${index}`);
    const whole = (await read('organizations.list', { limit: 100, sort: 'name' })).json.result.data;
    expect(whole.views).toMatchObject({
      all: whole.items.length,
      free: whole.items.length - 1,
      'past-due': 0,
    });
    expect(await slugs({ family: 'voice-ops' })).toEqual(['northwind']);
    for (const sort of ['name', '-created', '-mrr']) {
      const seen: string[] = [];
      let cursor: string | undefined;
      do {
        const page = (await read('organizations.list', { limit: 3, sort, cursor })).json.result.data;
        seen.push(...page.items.map((row: { slug: string }) => row.slug));
        cursor = page.nextCursor ?? undefined;
      } while (cursor !== undefined);
      expect(seen.length, sort).toBe(whole.approximateCount);
      expect(new Set(seen).size, sort).toBe(seen.length);
      if (sort === '-mrr') expect(seen[0]).toBe('northwind');
    }
  });

  it('asks as many questions for two hundred organizations as for ten', async () => {
    const queries = (sort: 'name' | '-mrr') =>
      countQueries('list', async () => {
        await listOrganizations(api.container, { view: 'all', sort, limit: 100 });
        return currentQueryCount()?.count;
      });
    const before = [await queries('name'), await queries('-mrr')];
    for (let index = 0; index < 200; index += 1) await api.addOrganization(`many-${index}`);
    expect([await queries('name'), await queries('-mrr')]).toEqual(before);
  });
});

describe('exceptions to limits', () => {
  const organization = 'northwind';

  it('hold until they end, with reason and audit, and need the right role', async () => {
    const limits = (await read('organizations.limits', { organization })).json.result.data;
    const { feature, limit: planned } = limits.find((row: { limit: string | null }) => row.limit !== null);
    const request = { organization, feature, limit: '123456', reason: 'pilot until spring' };
    expect(codeOf(await mutate('organizations.setOverride', request, support))).toBe('403 ACCESS_FORBIDDEN');
    const limitOf = (rows: { feature: string; limit: string }[]) =>
      rows.find((row) => row.feature === feature)?.limit;
    const raised = await mutate('organizations.setOverride', request, billing);
    expect(limitOf(raised.json.result.data)).toBe('123456');
    const ended = await mutate(
      'organizations.endOverride',
      { organization, feature, reason: 'pilot is over' },
      billing,
    );
    expect(limitOf(ended.json.result.data)).toBe(planned);
    const again = { organization, feature, reason: 'once more' };
    expect(codeOf(await mutate('organizations.endOverride', again, billing))).toBe('404 NOT_FOUND');
    const log = (await read('audit.list', { organization, action: 'limit_override.' })).json.result.data
      .items;
    expect(log.map((row: { action: string; reason: string }) => [row.action, row.reason])).toEqual([
      ['limit_override.ended', 'pilot is over'],
      ['limit_override.set', 'pilot until spring'],
    ]);
  });

  it('are refused for features that do not exist, and with an end in the past', async () => {
    const unknown = { organization, feature: 'constructor', limit: '1', reason: 'a typo' };
    expect(codeOf(await mutate('organizations.setOverride', unknown, billing))).toBe('404 FEATURE_UNKNOWN');
    const [known] = (await read('organizations.limits', { organization })).json.result.data;
    const past = { organization, feature: known.feature, limit: '1', reason: 'too late' };
    const ended = await mutate(
      'organizations.setOverride',
      { ...past, expiresAt: '2020-01-01T00:00:00.000Z' },
      billing,
    );
    expect(codeOf(ended)).toBe('422 OVERRIDE_EXPIRY_PASSED');
    const negative = await mutate('organizations.setOverride', { ...past, limit: '-1' }, billing);
    expect(codeOf(negative)).toBe('422 QUANTITY_INVALID');
  });

  it('suspend and restore an organization with a reason', async () => {
    const request = { organization, reason: 'suspected fraud' };
    const suspended = await mutate('organizations.suspend', request, billing);
    expect(suspended.json.result.data.suspendedAt).not.toBeNull();
    const restored = await mutate('organizations.restore', { organization, reason: 'all fine' }, billing);
    expect(restored.json.result.data.suspendedAt).toBeNull();
  });
});

describe('feature flags', () => {
  const draft = {
    key: 'new_invoice_page',
    description: 'The new invoice page',
    kind: 'boolean',
    defaultValue: false,
    isEnabled: true,
    rolloutPercent: '0',
    rules: [],
    owner: 'billing',
    reason: 'first draft',
    expectedVersion: 0,
  };
  const explain = async () =>
    (await read('flags.explain', { key: draft.key, organization: 'northwind' })).json.result.data;

  it('are saved by super admins only, and never over somebody else’s change', async () => {
    expect(codeOf(await mutate('flags.save', draft, billing))).toBe('403 ACCESS_FORBIDDEN');
    expect((await mutate('flags.save', draft, root)).json.result.data).toMatchObject({ version: 1 });
    expect(codeOf(await mutate('flags.save', draft, root))).toBe('409 FLAG_CHANGED');
    const bad = { ...draft, expectedVersion: 1, defaultValue: 'blue' };
    expect(codeOf(await mutate('flags.save', bad, root))).toBe('422 FLAG_VALUE_INVALID');
  });

  it('say why they are what they are: default, plan, override, kill switch', async () => {
    expect(await explain()).toMatchObject({ value: false, rule: 'default' });
    const rules = [{ kind: 'plan', family: 'voice-ops', plans: ['business'], value: true }];
    await mutate('flags.save', { ...draft, rules, expectedVersion: 1, reason: 'for business' }, root);
    expect(await explain()).toMatchObject({ value: true, rule: 'plan' });
    const override = { key: draft.key, organization: 'northwind', value: false, reason: 'asked for the old' };
    await mutate('flags.setOverride', override, root);
    expect(await explain()).toMatchObject({ value: false, rule: 'override' });
    await mutate(
      'flags.removeOverride',
      { key: draft.key, organization: 'northwind', reason: 'not any more' },
      root,
    );
    expect(await explain()).toMatchObject({ value: true, rule: 'plan' });
    const killed = await mutate('flags.kill', { key: draft.key, killed: true }, root);
    expect(killed.json.result.data).toMatchObject({ isKilled: true, version: 3 });
    expect(await explain()).toMatchObject({ value: false, rule: 'kill_switch' });
    const history = (await read('flags.get', { key: draft.key })).json.result.data.history;
    expect(history.map((entry: { version: number }) => entry.version)).toEqual([3, 2, 1]);
  });

  it('reach the platform’s back end, which asks again for free', async () => {
    const call = (headers: Record<string, string>) =>
      api.rest({ method: 'GET', path: '/v1/organizations/northwind/flags', key, headers });
    const first = await call({});
    expect(first.json.flags).toEqual({ [draft.key]: false });
    const etag = first.headers.get('etag') ?? '';
    expect((await call({ 'if-none-match': etag })).status).toBe(304);
    await mutate('flags.kill', { key: draft.key, killed: false }, root);
    expect((await call({ 'if-none-match': etag })).json.flags).toEqual({ [draft.key]: true });
  });
});

describe('platform pages', () => {
  it('verify every audit chain and find an edited entry', async () => {
    const whole = (await read('audit.verify')).json.result.data;
    expect(whole).toMatchObject({ valid: true, firstBad: null });
    expect(whole.rows).toBeGreaterThan(10);
    await api.db.owner.query('alter table audit_log disable trigger user');
    await api.db.owner.query(`update audit_log set reason = 'nothing' where action = 'flag.killed'`);
    await api.db.owner.query('alter table audit_log enable trigger user');
    expect((await read('audit.verify')).json.result.data).toMatchObject({ valid: false });
    expect((await read('audit.verify')).json.result.data.firstBad).toMatch(/^platform:/);
  });

  it('show health with its own state for what is not known', async () => {
    const { tiles } = (await read('health.tiles')).json.result.data;
    const states = Object.fromEntries(
      tiles.map((tile: { key: string; state: string }) => [tile.key, tile.state]),
    );
    expect(states).toMatchObject({
      database: expect.stringMatching(/ok|warning/),
      migrations: 'ok',
      stripe: 'ok',
    });
    expect(Object.values(states)).not.toContain('failing');
  });

  it('count the subscriptions of every family', async () => {
    const families = (await read('catalog.list')).json.result.data;
    const voice = families.find((one: { family: { family: string } }) => one.family.family === 'voice-ops');
    expect(voice).toMatchObject({ subscriptions: 1, publishedAt: expect.any(String) });
  });

  it('show decisions and invoices of one organization', async () => {
    const consume = (quantity: string) =>
      api.rest({
        method: 'POST',
        path: '/v1/limits/consume',
        key,
        body: { organization: 'northwind', feature: 'execution', quantity, subject: 'job-7' },
      });
    const refused = await consume('9999999');
    await consume('1');
    const decisions = async (filter: object) => {
      const answer = await read('organizations.decisions', { organization: 'northwind', ...filter });
      expect(answer.status, answer.text).toBe(200);
      return answer.json.result.data.items;
    };
    expect((await decisions({})).map(({ quantity }: { quantity: string }) => quantity)).toEqual([
      '1',
      '9999999',
    ]);
    const found = await decisions({ receipt: ` ${refused.json.receiptId} ` });
    expect(found).toMatchObject([
      {
        id: refused.json.receiptId,
        decision: 'blocked',
        reason: 'limit_reached',
        limit: refused.json.limit,
        client: null,
        subject: 'job-7',
        evidence: { onLimit: 'block', periodStart: expect.any(String), overrides: expect.any(Array) },
      },
    ]);
    const unknown = `rcp_${'0'.repeat(32)}`;
    for (const receipt of [unknown, 'rcp_nonsense', '%']) expect(await decisions({ receipt })).toEqual([]);
    const invoices = await read('organizations.invoices', { organization: 'northwind' });
    expect(invoices.json.result.data.items.length).toBeGreaterThan(0);
  });
});
