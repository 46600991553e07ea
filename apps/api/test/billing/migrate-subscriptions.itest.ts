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
  it('says first what it means for each organization, and orders nothing', async () => {
    const { steps, orderedNow } = await migrate({ isDryRun: true });
    expect(orderedNow).toBe(0);
    expect(
      steps.map(({ slug, state, oldMinor, newMinor }) => [slug, state, oldMinor, newMinor]).toSorted(),
    ).toEqual([
      ['first', 'ready', '2900', '3500'],
      ['leaving', 'blocked', '2900', '3500'],
      ['second', 'ready', '2900', '3500'],
      ['third', 'ready', '2900', '3500'],
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
});
