import { takeCostDays } from '@metergate/core/payments/cost-days/take-cost-days';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { costDayDeps } from '../../src/invoices/cost-day-deps.ts';
import { startTestBilling, type TestBilling } from '../start-test-billing.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

let billing: TestBilling;
let key: string;
let owner: { userId: string; cookie: string };
let member: { userId: string; cookie: string };
/** Noon in UTC, 17:30 in Kolkata; its days end at 18:30 in UTC, all year. */
let noon: Date;

beforeAll(async () => {
  billing = await startTestBilling({ TEST_SEAMS: '1' });
  key = (await billing.addApiKey(['billing:read', 'billing:write', 'usage:write'])).key;
  owner = await billing.signUp('maria@example.test');
  member = await billing.signUp('member@example.test');
  const now = billing.container.clock.now().getTime();
  noon = new Date(Math.ceil((now - dayMs / 2) / dayMs) * dayMs + dayMs / 2);
  await until(noon);
}, 120_000);
afterAll(() => billing.stop());

/** Leads the clock there; what is due by then runs. */
async function until(at: Date): Promise<void> {
  const advanceSeconds = Math.ceil((at.getTime() - billing.container.clock.now().getTime()) / 1000);
  const answer = await billing.rest({ method: 'POST', path: '/test/clock', body: { advanceSeconds } });
  expect(answer.status).toBe(200);
  await billing.settle();
}

const after = (days: number, hours: number) => new Date(noon.getTime() + days * dayMs + hours * hourMs);

async function addOrganization(slug: string) {
  const id = await billing.addOrganization(slug, { [owner.userId]: 'owner', [member.userId]: 'member' });
  await billing.db.owner.query(
    `update organizations set currency = 'USD', time_zone = 'Asia/Kolkata' where id = $1`,
    [id],
  );
  return id;
}

async function buy(slug: string, wish = { family: 'voice-words', plan: 'basic' }): Promise<void> {
  const body = { ...wish, paymentMethod: 'pm_card_visa' };
  const path = `/v1/organizations/${slug}/billing/subscriptions`;
  expect((await billing.rest({ method: 'POST', path, key, body })).status).toBe(201);
}

/** A thousand words cost a dollar. */
async function use(organization: string, quantity: string, occurredAt: Date): Promise<void> {
  const id = `${occurredAt.toISOString()}-${quantity}`;
  const events = [{ id, organization, meter: 'stt_words', quantity, occurredAt: occurredAt.toISOString() }];
  const answer = await billing.rest({ method: 'POST', path: '/v1/usage-events', key, body: { events } });
  expect(answer.json.accepted).toBe(1);
}

const read = (slug: string, query = '') =>
  billing.rest({ method: 'GET', path: `/v1/organizations/${slug}/billing/cost-days${query}`, key });

async function costs(slug: string): Promise<string[]> {
  const days: { day: string; recurringMinor: string; usageMinor: string }[] = (await read(slug)).json.days;
  return days.map(({ recurringMinor, usageMinor }) => `${recurringMinor} + ${usageMinor}`);
}

it('are written down when a local day has ended, and stay as they were', async () => {
  await addOrganization('days');
  await buy('days');
  await until(after(0, 0.2));
  await use('days', '1000', after(0, 0.1));
  await until(after(0, 6.4));
  expect((await read('days')).json).toEqual({ timeZone: 'Asia/Kolkata', days: [] });
  // A quarter of an hour for what is on its way.
  await until(after(0, 6.7));
  expect(await costs('days')).toEqual([]);
  // The next day's already.
  await use('days', '2000', after(0, 6.6));
  await until(after(0, 6.8));
  const [first] = (await read('days')).json.days;
  expect(first).toMatchObject({
    day: noon.toISOString().slice(0, 10),
    endedAt: after(0, 6.5).toISOString(),
    currency: 'USD',
    recurringMinor: '2900',
    usageMinor: '100',
    toDateMinor: '3000',
  });
  expect(Date.parse(first.takenAt)).toBeGreaterThan(after(0, 6.75).getTime());
  await use('days', '500', after(0, 3));
  await until(after(1, 7));
  expect(await costs('days')).toEqual(['2900 + 100', '2900 + 350']);
});

it('follow for days on which nobody looked, each by what had happened when it ended', async () => {
  await until(after(2, 12));
  await use('days', '1000', after(2, 12));
  expect(await costs('days')).toHaveLength(3);
  // One run for four days.
  await until(after(6, 8));
  expect((await costs('days')).slice(2)).toEqual([
    '2900 + 350',
    '2900 + 450',
    '2900 + 450',
    '2900 + 450',
    '2900 + 450',
  ]);
});

it('begin anew with the month that usage is charged by', async () => {
  const { rows } = await billing.db.owner.query('select current_period_end as at from subscriptions');
  const renewal: Date = rows[0].at;
  await until(new Date(renewal.getTime() + 9 * hourMs));
  const days: { endedAt: string; usageMinor: string }[] = (await read('days')).json.days;
  const of = (at: Date) => days.find(({ endedAt }) => endedAt === at.toISOString())?.usageMinor;
  const evening = new Date(Math.floor(renewal.getTime() / dayMs) * dayMs + 18.5 * hourMs);
  expect(of(new Date(evening.getTime() - dayMs))).toBe('450');
  expect(of(evening)).toBe('0');
});

it('belong to the month that ends with them, and usage of the next instant to the next day', async () => {
  const id = await addOrganization('edge');
  const now = billing.container.clock.now();
  const end = new Date(Math.floor(now.getTime() / dayMs + 1) * dayMs + 18.5 * hourMs);
  await buy('edge');
  await use('edge', '1000', billing.container.clock.now());
  for (const table of ['subscriptions', 'subscription_terms']) {
    await billing.db.owner.query(`update ${table} set billing_anchor = $2 where organization_id = $1`, [
      id,
      end,
    ]);
  }
  await until(new Date(end.getTime() + 60_000));
  await use('edge', '3000', new Date(end.getTime() - 1));
  await use('edge', '7000', end);
  await until(new Date(end.getTime() + hourMs));
  expect((await costs('edge')).at(-1)).toBe('2900 + 400');
});

it('leave out what was bought when they had ended', async () => {
  const now = billing.container.clock.now();
  const end = new Date(Math.floor(now.getTime() / dayMs + 1) * dayMs + 18.5 * hourMs);
  await until(new Date(end.getTime() + 60_000));
  await buy('days', { family: 'voice-ops', plan: 'pro' });
  await until(new Date(end.getTime() + hourMs));
  const [before, ended] = (await costs('days')).slice(-2);
  expect(ended).toBe(before);
  await until(new Date(end.getTime() + dayMs + hourMs));
  expect((await costs('days')).at(-1)).toMatch(/^7800 /);
});

it('are those of the running month when an organization is looked at for the first time, by two at once too', async () => {
  const id = await addOrganization('late');
  const begun = billing.container.clock.now();
  await buy('late');
  await billing.db.owner.query(
    `update subscriptions set created_at = created_at - interval '20 days',
    billing_anchor = billing_anchor - interval '3 days' where organization_id = $1`,
    [id],
  );
  billing.container.metering.entitlements.forget(id);
  const deps = costDayDeps(billing.container);
  const taken = await Promise.all([1, 2, 3].map(() => takeCostDays(deps, { organizationId: id })));
  expect(taken.reduce((sum, count) => sum + count)).toBe(3);
  const days: { endedAt: string }[] = (await read('late')).json.days;
  expect(days.map(({ endedAt }) => Date.parse(endedAt) > begun.getTime() - 3 * dayMs)).toEqual([
    true,
    true,
    true,
  ]);
  expect(await takeCostDays(deps, { organizationId: id })).toBe(0);
});

it('are nothing for who pays nothing', async () => {
  const organizationId = await addOrganization('free');
  expect(await takeCostDays(costDayDeps(billing.container), { organizationId })).toBe(0);
  expect((await read('free')).json.days).toEqual([]);
});

it('show the days that are asked for, to those who may see money', async () => {
  const all: { endedAt: string }[] = (await read('days')).json.days;
  const [first, second] = [all.at(-3)?.endedAt ?? '', all.at(-1)?.endedAt ?? ''];
  const some = await read('days', `?from=${first}&to=${second}`);
  expect(some.json.days).toEqual(all.slice(-2));
  const input = { organization: 'days' };
  const call = { path: 'invoices.costDays', type: 'query' as const, input };
  const answer = await billing.trpc({ ...call, cookie: owner.cookie });
  expect(answer.json.result.data.days).toEqual(all);
  const refused = await billing.trpc({ ...call, cookie: member.cookie });
  expect([refused.status, refused.json.error.data.code]).toEqual([403, 'ACCESS_FORBIDDEN']);
});

it.each([
  ['from=2026-11-22T00:00:00Z&to=2026-11-21T00:00:00Z', 400, 'SPAN_INVALID'],
  ['from=1990-01-01T00:00:00Z', 400, 'SPAN_TOO_LONG'],
  ['from=yesterday', 422, 'INSTANT_INVALID'],
])('refuses %s', async (query, status, code) => {
  const answer = await read('days', `?${query}`);
  expect([answer.status, answer.json.error.code]).toEqual([status, code]);
});
