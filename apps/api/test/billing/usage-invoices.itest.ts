import type { OrganizationId } from '@metergate/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestBilling, type TestBilling } from '../start-test-billing.ts';

let billing: TestBilling;
let key: string;

beforeAll(async () => {
  billing = await startTestBilling({ TEST_SEAMS: '1' });
  key = (await billing.addApiKey(['billing:read', 'billing:write', 'usage:write'])).key;
}, 120_000);
afterAll(() => billing.stop());

async function customer(slug: string): Promise<OrganizationId> {
  const id = await billing.addOrganization(slug);
  await billing.db.owner.query(`update organizations set currency = 'USD' where id = $1`, [id]);
  const plan = { family: 'voice-words', plan: 'basic', paymentMethod: 'pm_card_visa' };
  expect((await rest('POST', `${slug}/subscriptions`, plan)).status).toBe(201);
  return id;
}

/** `path` begins with the organization. */
function rest(method: string, path: string, body?: unknown) {
  const [slug, ...rest] = path.split('/');
  const url = `/v1/organizations/${slug}/billing/${rest.join('/')}`;
  return billing.rest({ method, path: url, key, ...(body === undefined ? {} : { body }) });
}

async function use(organization: string, event: { id: string; quantity: string; at?: Date }): Promise<void> {
  const { at, id, quantity } = event;
  const occurredAt = (at ?? billing.container.clock.now()).toISOString();
  const events = [{ id, organization, meter: 'stt_words', quantity, occurredAt }];
  const answer = await billing.rest({ method: 'POST', path: '/v1/usage-events', key, body: { events } });
  expect(answer.json.accepted).toBe(1);
}

async function advance(seconds: number): Promise<void> {
  const body = { advanceSeconds: seconds };
  expect((await billing.rest({ method: 'POST', path: '/test/clock', body })).status).toBe(200);
  await billing.settle();
}

async function billingsOf(id: OrganizationId) {
  const { rows } = await billing.db.owner.query(
    `select kind, status, amount_minor::text as amount from usage_billings
      where organization_id = $1 and feature = 'stt_words' order by period_start, sequence`,
    [id],
  );
  return rows;
}

const dayS = 86_400;

describe('usage that is rated here', () => {
  it('is billed on demand to exactly the price of the whole, however often and however parallel', async () => {
    const id = await customer('on-demand');
    const nothing = await rest('POST', 'on-demand/usage-invoices', {});
    expect(nothing.json).toEqual({ invoice: null, reason: 'nothing_to_bill' });
    // 335 words are $0.335, so $0.34; three times that rounded alone would be a cent more than the whole.
    await use('on-demand', { id: 'a', quantity: '335' });
    const first = await rest('POST', 'on-demand/usage-invoices', {});
    expect(first.status).toBe(201);
    expect(first.json.invoice).toMatchObject({ status: 'paid', totalMinor: '34' });
    expect(first.json.invoice.lines).toMatchObject([
      { amountMinor: '34', meter: 'stt_words', hasExplanation: true },
    ]);
    await use('on-demand', { id: 'b', quantity: '335' });
    await use('on-demand', { id: 'c', quantity: '335' });
    const answers = await Promise.all([1, 2, 3].map(() => rest('POST', 'on-demand/usage-invoices', {})));
    expect(answers.every(({ status }) => status < 500 || status === 503)).toBe(true);
    await rest('POST', 'on-demand/usage-invoices', {});
    const rows = await billingsOf(id);
    // 1 005 words cost $1.005, which is $1.01.
    expect(rows.map(({ amount }) => amount)).toEqual(['34', '67']);
    expect(rows.every(({ status }) => status === 'billed')).toBe(true);
    const { rows: lines } = await billing.db.owner.query(
      `select sum(amount_minor)::text as total, count(*)::int as count from invoice_lines
        where organization_id = $1 and meter = 'stt_words'`,
      [id],
    );
    expect(lines).toEqual([{ total: '101', count: 2 }]);
    const upcoming = await rest('GET', 'on-demand/dashboard');
    expect(upcoming.json.cost[0].usageMinor).toBe('101');
  }, 60_000);

  it('is billed by itself an hour after the month has ended, and what comes later is an adjustment', async () => {
    const id = await customer('monthly');
    const startedAt = billing.container.clock.now();
    await use('monthly', { id: 'm-1', quantity: '2000' });
    await advance(31 * dayS);
    await advance(2 * 3_600);
    expect(await billingsOf(id)).toEqual([{ kind: 'final', status: 'billed', amount: '200' }]);
    await advance(1_800);
    expect(await billingsOf(id)).toHaveLength(1);
    const late = new Date(startedAt.getTime() + dayS * 1_000);
    await use('monthly', { id: 'm-2', quantity: '500', at: late });
    await advance(1_800);
    expect(await billingsOf(id)).toEqual([
      { kind: 'final', status: 'billed', amount: '200' },
      { kind: 'adjustment', status: 'billed', amount: '50' },
    ]);
    await advance(31 * dayS);
    const { rows } = await billing.db.owner.query(
      `select invoice.billing_reason, line.amount_minor::text as amount from invoice_lines line
         join invoices invoice on invoice.organization_id = line.organization_id and invoice.id = line.invoice_id
        where line.organization_id = $1 and line.meter = 'stt_words' order by line.amount_minor`,
      [id],
    );
    expect(rows).toEqual([
      { billing_reason: 'subscription_cycle', amount: '50' },
      { billing_reason: 'manual', amount: '200' },
    ]);
  }, 60_000);

  it('of a run that Stripe did not answer is billed once by the next one', async () => {
    const id = await customer('interrupted');
    await use('interrupted', { id: 'i-1', quantity: '1000' });
    const fault = { route: 'POST /v1/invoices/', kind: 'error_500', when: 'after' };
    await billing.emulator('POST', '/faults', { api: [fault] });
    expect((await rest('POST', 'interrupted/usage-invoices', {})).status).toBe(503);
    await billing.emulator('DELETE', '/faults');
    await rest('POST', 'interrupted/usage-invoices', {});
    expect(await billingsOf(id)).toEqual([{ kind: 'on_demand', status: 'billed', amount: '100' }]);
    const { rows } = await billing.db.owner.query(
      `select status, total_minor::text as total from invoices where organization_id = $1 and billing_reason = 'manual'`,
      [id],
    );
    expect(rows).toEqual([{ status: 'paid', total: '100' }]);
  }, 60_000);

  it('is billed for a signed-in buyer too, and not for a member', async () => {
    const id = await customer('by-session');
    await use('by-session', { id: 's-1', quantity: '3000' });
    const owner = await billing.signUp('owner@by-session.test');
    const member = await billing.signUp('member@by-session.test');
    for (const [userId, role] of [
      [owner.userId, 'owner'],
      [member.userId, 'member'],
    ]) {
      const text = 'insert into members (organization_id, user_id, role) values ($1, $2, $3)';
      await billing.db.owner.query(text, [id, userId, role]);
    }
    const generate = (cookie: string) =>
      billing.rest({
        method: 'POST',
        path: '/api/billing/generate-usage-invoice',
        headers: { cookie, origin: billing.url },
        body: { organization: 'by-session' },
      });
    expect((await generate(member.cookie)).status).toBe(403);
    expect((await generate(owner.cookie)).json.invoice).toMatchObject({ status: 'paid', totalMinor: '300' });
    expect((await generate(owner.cookie)).json).toEqual({ invoice: null, reason: 'nothing_to_bill' });
  });

  it('is on statements whose numbers have no gap, whatever runs at once or fails', async () => {
    const id = await customer('stated');
    const lostAnswer = { route: 'POST /v1/invoiceitems', kind: 'error_500', when: 'after' };
    for (let round = 1; round <= 3; round += 1) {
      await use('stated', { id: `st-${round}`, quantity: '1000' });
      if (round === 2) await billing.emulator('POST', '/faults', { api: [lostAnswer] });
      await Promise.all([1, 2, 3, 4].map(() => rest('POST', 'stated/usage-invoices', {})));
      await billing.emulator('DELETE', '/faults');
    }
    await rest('POST', 'stated/usage-invoices', {});
    const { items } = (await rest('GET', 'stated/usage-statements')).json;
    expect(items.map(({ number, totalMinor }: Record<string, string>) => [number, totalMinor])).toEqual([
      ['US-000003', '100'],
      ['US-000002', '100'],
      ['US-000001', '100'],
    ]);
    expect(items[0].lines).toMatchObject([
      { meter: 'stt_words', planVersion: 'voice-words/basic/1', quantity: '3000', kind: 'on_demand' },
    ]);
    const pdf = await rest('GET', 'stated/usage-statements/US-000002/pdf');
    expect([pdf.status, pdf.text.slice(0, 5)]).toEqual([200, '%PDF-']);
    expect((await rest('GET', 'interrupted/usage-statements/US-000009/pdf')).status).toBe(404);
    const change = billing.db.owner.query(
      'update usage_statements set number = 9 where organization_id = $1',
      [id],
    );
    await expect(change).rejects.toThrow(/append-only/);
  }, 60_000);
});

describe('a usage invoice that nobody pays', () => {
  it('narrows access step by step although Stripe calls the subscription active, and paying restores it', async () => {
    const id = await customer('unpaid');
    await use('unpaid', { id: 'u-1', quantity: '9000' });
    const bad = { paymentMethod: 'pm_card_chargeCustomerFail' };
    expect((await rest('POST', 'unpaid/payment-methods', bad)).status).toBe(201);
    const { json } = await rest('POST', 'unpaid/usage-invoices', {});
    expect(json.invoice).toMatchObject({ status: 'open', totalMinor: '900' });
    await billing.settle();
    const standing = async () => {
      const { rows } = await billing.db.owner.query(
        'select status, access, past_due_since is not null as "isOverdue" from subscriptions where organization_id = $1',
        [id],
      );
      return rows[0];
    };
    expect(await standing()).toEqual({ status: 'active', access: 'full', isOverdue: true });
    await advance(8 * dayS);
    expect(await standing()).toMatchObject({ access: 'restricted' });
    await advance(7 * dayS);
    expect(await standing()).toMatchObject({ access: 'suspended' });
    expect((await rest('POST', 'unpaid/payment-methods', { paymentMethod: 'pm_card_visa' })).status).toBe(
      201,
    );
    expect((await rest('POST', `unpaid/invoices/${json.invoice.id}/pay`, {})).status).toBe(200);
    await billing.settle();
    expect(await standing()).toEqual({ status: 'active', access: 'full', isOverdue: false });
  }, 90_000);
});
