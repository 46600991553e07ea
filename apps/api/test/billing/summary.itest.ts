import type { OrganizationId } from '@metergate/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestBilling, type TestBilling } from '../start-test-billing.ts';

let billing: TestBilling;
let key: string;
let id: OrganizationId;
/** The organization that is asked about. */
let slug = 'sums';
let owner: { userId: string; cookie: string };
let member: { userId: string; cookie: string };

beforeAll(async () => {
  billing = await startTestBilling({ TEST_SEAMS: '1' });
  key = (await billing.addApiKey(['billing:read', 'billing:write', 'usage:write'])).key;
  owner = await billing.signUp('maria@example.test');
  member = await billing.signUp('member@example.test');
  id = await billing.addOrganization('sums', { [owner.userId]: 'owner', [member.userId]: 'member' });
  await billing.db.owner.query(`update organizations set currency = 'USD' where id = $1`, [id]);
}, 120_000);
afterAll(() => billing.stop());

function rest(method: string, path: string, body?: unknown) {
  const url = `/v1/organizations/${slug}/billing/${path}`;
  return billing.rest({ method, path: url, key, ...(body === undefined ? {} : { body }) });
}

async function query(path: string, cookie: string) {
  const answer = await billing.trpc({ path, type: 'query', input: { organization: slug }, cookie });
  return answer.json.result?.data ?? answer.json.error.data;
}

async function use(meter: string, eventId: string, quantity: string): Promise<void> {
  const occurredAt = billing.container.clock.now().toISOString();
  const events = [{ id: eventId, organization: slug, meter, quantity, occurredAt }];
  const answer = await billing.rest({ method: 'POST', path: '/v1/usage-events', key, body: { events } });
  expect(answer.json.accepted).toBe(1);
}

async function advance(days: number): Promise<void> {
  const body = { advanceSeconds: days * 86_400 };
  expect((await billing.rest({ method: 'POST', path: '/test/clock', body })).status).toBe(200);
  await billing.settle();
}

async function dayAfterBegin(): Promise<string> {
  const { rows } = await billing.db.owner.query(
    `select current_period_start + interval '24 hours' as at from subscriptions`,
  );
  return rows[0].at.toISOString();
}

describe('the billing summary', () => {
  it('costs nothing and demands nothing before anything was bought', async () => {
    expect(await query('invoices.billingSummary', owner.cookie)).toMatchObject({ cost: [], notices: [] });
    expect(await query('invoices.upcoming', owner.cookie)).toEqual([]);
  });

  it('adds usage as it will be rated to the recurring amount, alike in every place that shows it', async () => {
    const plan = { family: 'voice-words', plan: 'basic', paymentMethod: 'pm_card_visa' };
    expect((await rest('POST', 'subscriptions', plan)).status).toBe(201);
    await use('stt_words', 'w-1', '12345');
    const summary = await query('invoices.billingSummary', owner.cookie);
    expect(summary.cost).toMatchObject([
      {
        currency: 'USD',
        recurringMinor: '2900',
        usageMinor: '1235',
        toDateMinor: '4135',
        // Of its first day nothing can be told about the usage to come.
        forecastMinor: '4135',
        forecastFrom: await dayAfterBegin(),
        previousSameDayMinor: null,
      },
    ]);
    const dashboard = await rest('GET', 'dashboard');
    expect(dashboard.json.cost).toEqual(summary.cost);
    expect(dashboard.json.snapshotId.split('.')[1]).toBe(summary.snapshotId.split('.')[1]);
    const path = '/api/billing/dashboard?organization=sums';
    const twin = await billing.rest({ method: 'GET', path, headers: { cookie: owner.cookie } });
    expect(twin.json.cost).toEqual(summary.cost);
    const [upcoming] = await query('invoices.upcoming', owner.cookie);
    expect(upcoming).toMatchObject({ currency: 'USD', totalMinor: '4135' });
  });

  it('lets usage go on at its rate in the forecast, within a band around the rest', async () => {
    await advance(10);
    const { cost } = await query('invoices.billingSummary', owner.cookie);
    const { forecastLowMinor, forecastMinor, forecastHighMinor, forecastFrom } = cost[0];
    expect(forecastFrom).toBeNull();
    const [low, forecast, high] = [
      Number(forecastLowMinor),
      Number(forecastMinor),
      Number(forecastHighMinor),
    ];
    expect(low).toBeGreaterThan(4135);
    expect(low).toBeLessThan(forecast);
    expect(forecast).toBeLessThan(high);
    // 1 235 in 10 of about 30 days.
    expect(forecast).toBeGreaterThan(2900 + 3_500);
    expect(high).toBeLessThan(2900 + 4_800);
  });

  it('compares with the same time of the period before', async () => {
    await advance(31);
    const { cost } = await query('invoices.billingSummary', owner.cookie);
    expect(cost[0]).toMatchObject({ usageMinor: '0', previousSameDayMinor: '4135' });
  });
});

describe('notices', () => {
  it('name amount, reason and what comes next to those who pay, and only a person to ask to members', async () => {
    await rest('POST', 'payment-methods', { paymentMethod: 'pm_card_chargeCustomerFail' });
    await advance(21);
    const [first] = await query('invoices.notices', owner.cookie);
    expect(first.kind).toBe('past_due');
    expect(first.text).toMatch(
      /^\$\d+\.\d\d for \S+ of \d+ \w+ failed \(.+\)\. We retry on \d+ \w+; on \d+ \w+ .+ stop\.$/,
    );
    expect(first.action.label).toMatch(/^Pay \$/);
    expect(first.action.to).toMatch(/^\/sums\/billing\/invoices\/inv_/);
    const [seen] = await query('invoices.notices', member.cookie);
    expect(seen).toMatchObject({ kind: 'past_due', severity: 'danger', action: null });
    expect(seen.text).toBe('A payment for Voice Words Basic is overdue. Ask maria.');
    expect((await query('invoices.billingSummary', member.cookie)).code).toBe('ACCESS_FORBIDDEN');
  });

  it('put the most urgent first', async () => {
    await billing.db.owner.query(`update organizations set suspended_at = now() where id = $1`, [id]);
    await billing.db.owner.query(`update payment_methods set exp_year = 2020 where organization_id = $1`, [
      id,
    ]);
    const kinds = (await query('invoices.notices', owner.cookie)).map(
      (notice: { kind: string }) => notice.kind,
    );
    expect(kinds).toEqual(['suspended', 'past_due', 'card_expiring']);
  });
});

describe('a plan that changes within the month', () => {
  beforeAll(async () => {
    slug = 'parts';
    id = await billing.addOrganization(slug, { [owner.userId]: 'owner' });
    await billing.db.owner.query(`update organizations set currency = 'USD' where id = $1`, [id]);
  });

  it('costs so far, in a budget too, what the next invoice will say to the cent', async () => {
    const card = { paymentMethod: 'pm_card_visa' };
    const bought = await rest('POST', 'subscriptions', { family: 'voice-ops', plan: 'business', ...card });
    expect(bought.status).toBe(201);
    // 2 000 calls are free on Business, so 30 cost $3.00; on Pro alone 1 530 would.
    await use('call', 'c-1', '2030');
    await advance(3);
    const quote = await rest('POST', 'quotes', { family: 'voice-ops', plan: 'pro', at: 'now' });
    expect((await rest('POST', `quotes/${quote.json.id}/accept`)).status).toBe(200);
    await billing.settle();
    // An own price from now on; what was used before keeps the plan's.
    const until = new Date(billing.container.clock.now().getTime() + 20 * 86_400_000);
    await billing.db.owner.query(
      `insert into limit_overrides (id, organization_id, feature, unlimited, unit_price, reason, created_by, created_at, expires_at)
       values (gen_random_uuid(), $1, 'call', false, '0.05', 'agreed', 'staff', $2, $3)`,
      [id, billing.container.clock.now(), until],
    );
    await advance(1);
    await use('call', 'c-2', '10');
    const { cost } = await query('invoices.billingSummary', owner.cookie);
    expect(cost[0].usageMinor).toBe('350');
    const upcoming = (await query('invoices.upcoming', owner.cookie)) as {
      lines: { description: string; amountMinor: string }[];
    }[];
    const usage = upcoming.flatMap(({ lines }) =>
      lines.filter(({ description }) => / so far$/.test(description)),
    );
    expect(usage.map(({ amountMinor }) => amountMinor)).toEqual(['300', '50']);
    const put = { amountMinor: '100000', onReached: 'alert', period: 'billing_period' };
    const path = '/v1/organizations/parts/budget';
    const budget = await billing.rest({ method: 'PUT', path, key, body: put });
    expect(budget.json.cost).toEqual({ amountMinor: '350', currency: 'USD' });
  });
});
