import type { Actor } from '@metergate/core';
import type { ProductFamily } from '@metergate/core/catalog/product-family';
import { publishCatalog } from '@metergate/core/catalog/publish-catalog';
import { migrateSubscriptions } from '@metergate/core/payments/migrate/migrate-subscriptions';
import { shadowBilling } from '@metergate/core/payments/migrate/shadow-billing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { migrateDeps } from '../../src/billing/migrate-deps.ts';
import { startTestBilling, type TestBilling } from '../start-test-billing.ts';

const staff: Actor = { kind: 'staff', userId: 'u', email: 'staff@example.test', role: 'super_admin' };
let billing: TestBilling;
let families: ProductFamily[];

beforeAll(async () => {
  billing = await startTestBilling({ TEST_SEAMS: '1' });
  const { key } = await billing.addApiKey(['billing:read', 'billing:write', 'usage:write']);
  for (const slug of ['first', 'second', 'third', 'leaving']) {
    const id = await billing.addOrganization(slug);
    await billing.db.owner.query(`update organizations set currency = 'USD' where id = $1`, [id]);
    const body = { family: 'voice-words', plan: 'basic', paymentMethod: 'pm_card_visa' };
    const path = `/v1/organizations/${slug}/billing/subscriptions`;
    const bought = await billing.rest({ method: 'POST', path, key, body });
    expect(bought.status).toBe(201);
    if (slug === 'leaving')
      await billing.rest({ method: 'POST', path: `${path}/${bought.json.id}/cancel`, key, body: {} });
  }
  const occurredAt = billing.container.clock.now().toISOString();
  const events = [{ id: 'w-1', organization: 'leaving', meter: 'stt_words', quantity: '3000', occurredAt }];
  await billing.rest({ method: 'POST', path: '/v1/usage-events', key, body: { events } });
  await billing.settle();
  families = [...billing.container.catalog.values()].map(dearer);
  await publishCatalog(billing.container.background.publish, { actor: staff, families });
}, 120_000);
afterAll(() => billing.stop());

/** Version 2 of voice words: 35 instead of 29 dollars, half price a word. */
function dearer(family: ProductFamily): ProductFamily {
  if (family.key !== 'voice-words') return family;
  const text = JSON.stringify(family.plans.filter(({ key }) => key === 'basic'));
  const [basic] = JSON.parse(
    text.replaceAll('"unitPrice":"29"', '"unitPrice":"35"').replaceAll('"version":1', '"version":2'),
  );
  return { ...family, plans: family.plans.map((plan) => (plan.key === 'basic' ? basic : plan)) };
}

const migrate = (wish: { countMax?: number; isDryRun?: boolean; actor?: Actor } = {}) =>
  migrateSubscriptions(
    { ...migrateDeps(billing.container), families },
    {
      family: 'voice-words',
      plan: 'basic',
      actor: staff,
      reason: 'the new price list',
      countMax: 100,
      isDryRun: false,
      ...wish,
    },
  );

async function ordered(): Promise<number> {
  const { rows } = await billing.db.owner.query(
    `select (select count(*) from outbox where idempotency_key like 'migration:%')::int as messages,
            (select count(*) from audit_log where action = 'subscription.migration_ordered')::int as audits`,
  );
  expect(rows[0].audits).toBe(rows[0].messages);
  return rows[0].messages;
}

describe('moving subscribers to a new version', () => {
  it('says first what it means for each organization and what was agreed with it, and orders nothing', async () => {
    await billing.db.owner.query(
      `insert into own_prices (organization_id, id, family, plan, component, interval, currency, unit_price, reason,
                               created_by, created_at)
       select id, gen_random_uuid(), 'voice-words', 'basic', 'base', 'month', 'USD', '25', 'agreed', 'ops',
              '2020-01-01' from organizations where slug = 'leaving'`,
    );
    const { steps, orderedNow } = await migrate({ isDryRun: true });
    expect(orderedNow).toBe(0);
    expect(
      steps.map(({ slug, state, oldMinor, newMinor }) => [slug, state, oldMinor, newMinor]).toSorted(),
    ).toEqual([
      ['first', 'ready', '2900', '3500'],
      ['leaving', 'blocked', '2900', '2500'],
      ['second', 'ready', '2900', '3500'],
      ['third', 'ready', '2900', '3500'],
    ]);
    expect(steps.flatMap(({ keptPrices }) => keptPrices)).toEqual([
      expect.stringMatching(/: \$25\.00 a month instead of \$35\.00, as agreed with you$/),
    ]);
    expect(await ordered()).toBe(0);
  });

  it('is for those who may, with a reason', async () => {
    await expect(migrate({ actor: { ...staff, role: 'billing_ops' } })).rejects.toMatchObject({
      kind: 'forbidden',
    });
    const silent = migrateSubscriptions(
      { ...migrateDeps(billing.container), families },
      { family: 'voice-words', plan: 'basic', actor: staff, reason: ' ', countMax: 1, isDryRun: false },
    );
    await expect(silent).rejects.toMatchObject({ code: 'MIGRATION_REASON_MISSING' });
  });

  it('goes on where the last run stopped, and orders each once whatever runs at the same time', async () => {
    expect(await migrate({ countMax: 1 })).toMatchObject({ orderedNow: 1, hasMore: true });
    await Promise.all([migrate(), migrate(), migrate()]);
    expect(await ordered()).toBe(3);
    expect(await migrate()).toMatchObject({ orderedNow: 0, hasMore: false });
  });

  it('changes the plan at the next renewal, which charges the new price and nothing for the time before', async () => {
    await billing.settle();
    const pinned = async () =>
      (
        await billing.db.owner.query(
          `select o.slug, s.plan_version as version, s.scheduled_change->>'planVersion' as next from subscriptions s
             join organizations o on o.id = s.organization_id where o.slug <> 'leaving' order by 1`,
        )
      ).rows;
    expect(await pinned()).toEqual(
      ['first', 'second', 'third'].map((slug) => ({ slug, version: 1, next: '2' })),
    );
    await billing.rest({ method: 'POST', path: '/test/clock', body: { advanceSeconds: 32 * 86_400 } });
    await billing.settle();
    expect(await pinned()).toEqual(
      ['first', 'second', 'third'].map((slug) => ({ slug, version: 2, next: null })),
    );
    const { rows } = await billing.db.owner.query(
      `select total_minor::text as total, count(*)::int as count from invoices group by total_minor order by total_minor`,
    );
    expect(rows).toEqual([
      { total: '300', count: 1 },
      { total: '2900', count: 4 },
      { total: '3500', count: 3 },
    ]);
    const { rows: terms } = await billing.db.owner.query(
      `select plan_version as version, count(*)::int as count from subscription_terms group by 1 order by 1`,
    );
    expect(terms).toEqual([
      { version: 1, count: 4 },
      { version: 2, count: 3 },
    ]);
  }, 60_000);
});

describe('a draft', () => {
  it('is compared with real months before it is published: 29.00 + 3 × 1.00 against 35.00 + 3 × 1.00', async () => {
    const { rows } = await billing.db.owner.query(`select id from organizations where slug = 'leaving'`);
    const draft = families.find(({ key }) => key === 'voice-words');
    if (draft === undefined) throw new Error('no draft');
    const { unitOfWork, clock, metering } = billing.container;
    const deps = { unitOfWork, clock, usage: metering.reading.reader };
    const months = await shadowBilling(deps, { organizationId: rows[0].id, draft, since: new Date(0) });
    expect(months).toMatchObject([{ publishedMinor: '3200', draftMinor: '3800', currency: 'USD' }]);
  });

  let cookie: string;
  let source: string;
  beforeAll(async () => {
    ({ cookie } = await billing.signUp('shadow@example.test', 'support'));
    const input = { family: 'voice-words' };
    const asked = await billing.trpc({ path: 'admin.catalog.source', type: 'query', input, cookie });
    source = asked.json.result.data;
  });

  const compare = (input: object, by = cookie) =>
    billing.trpc({ path: 'admin.catalog.shadow', type: 'mutation', input, cookie: by });
  const wish = { family: 'voice-words', draft: null, monthCount: 3 };

  it('is compared by staff with every month of everybody: a draft of 40.00 with a word at 0.002', async () => {
    const draft = source
      .replaceAll('"unitPrice": "29"', '"unitPrice": "40"')
      .replaceAll('"unitPrice": "0.001"', '"unitPrice": "0.002"');
    const { json } = await compare({ ...wish, draft });
    const { months, nextCursor } = json.result.data;
    expect(nextCursor).toBeNull();
    const bySlug = Object.fromEntries(
      months.map(({ slug, publishedMinor, draftMinor }: Record<string, string>) => [
        slug,
        `${publishedMinor} ${draftMinor}`,
      ]),
    );
    // Three were moved to 35.00 and are looked at as they stand; "leaving" used 3 000 words: 29 + 3 and 40 + 6.
    expect(bySlug).toEqual({
      leaving: '3200 4600',
      first: '3500 4000',
      second: '3500 4000',
      third: '3500 4000',
    });
    const nothing = await compare({ ...wish, draft: source });
    const leaving = nothing.json.result.data.months.find(({ slug }: { slug: string }) => slug === 'leaving');
    expect(leaving).toMatchObject({ publishedMinor: '3200', draftMinor: '3200' });
  });

  it.each([
    ['text that is not JSON', { draft: '{' }, 422, 'CATALOG_DRAFT_INVALID'],
    ['JSON that is no family', { draft: '[]' }, 422, 'CATALOG_DRAFT_INVALID'],
    ['another family', { family: 'agency' }, 422, 'CATALOG_DRAFT_INVALID'],
    [
      'a family that contradicts itself',
      { from: '"stt_words"', to: '"no_meter"' },
      422,
      'CATALOG_DRAFT_INVALID',
    ],
    ['an unknown family', { family: 'no-family', draft: null }, 404, 'FAMILY_UNKNOWN'],
    ['no month', { draft: null, monthCount: 0 }, 400, 'INVALID_INPUT'],
    ['a cursor that is none', { draft: null, cursor: 'x' }, 400, 'INVALID_INPUT'],
  ] as const)('refuses %s', async (_what, change, status, code) => {
    const draft = 'from' in change ? source.replace(change.from, change.to) : source;
    const refused = await compare({ ...wish, draft, ...change });
    expect([refused.status, refused.json.error.data.code]).toEqual([status, code]);
  });

  it('is for staff alone', async () => {
    const somebody = await billing.signUp('somebody@example.test');
    expect((await compare(wish, somebody.cookie)).status).toBe(403);
  });
});
