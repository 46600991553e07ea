import { inflateSync } from 'node:zlib';
import { type OrganizationId, toPublicId } from '@metergate/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestBilling, type TestBilling } from '../start-test-billing.ts';

let billing: TestBilling;
let key: string;

beforeAll(async () => {
  billing = await startTestBilling({ TEST_SEAMS: '1' });
  key = (await billing.addApiKey(['billing:read', 'billing:write', 'organizations:write'])).key;
}, 120_000);
afterAll(() => billing.stop());

async function organization(slug: string, members: Record<string, string> = {}): Promise<OrganizationId> {
  const id = await billing.addOrganization(slug, members);
  await billing.db.owner.query(`update organizations set currency = 'USD' where id = $1`, [id]);
  return id;
}

function rest(method: string, path: string, body?: unknown) {
  return billing.rest({
    method,
    path: `/v1/organizations/${path}`,
    key,
    ...(body === undefined ? {} : { body }),
  });
}

/** Invoices written straight into the mirror: a page must not care how they came there. */
async function addInvoices(id: OrganizationId, count: number): Promise<void> {
  await billing.db.owner.query(
    `insert into invoices (organization_id, id, stripe_invoice_id, number, status, currency, subtotal_minor, tax_minor,
       total_minor, amount_due_minor, amount_paid_minor, amount_remaining_minor, period_start, period_end, issued_at,
       due_at, attempt_count, stripe_created_at, synced_at)
     select $1::uuid, gen_random_uuid(), 'in_' || $1::text || n, 'ACME-' || lpad(n::text, 4, '0'),
            case when n % 10 = 0 then 'open' when n % 25 = 1 then 'void' else 'paid' end, 'USD', 1000 + n, 0, 1000 + n,
            1000 + n, 0, case when n % 10 = 0 then 1000 + n else 0 end, timestamptz '2026-01-01', timestamptz '2026-02-01',
            timestamptz '2026-01-01' + n * interval '1 minute', null, case when n % 20 = 0 then 1 else 0 end,
            timestamptz '2026-01-01' + (n / 3) * interval '1 minute', now()
       from generate_series(1, $2::int) n`,
    [id, count],
  );
}

async function listOf(cookie: string, input: Record<string, unknown>) {
  const answer = await billing.trpc({ path: 'invoices.list', type: 'query', input, cookie });
  return { answer, data: answer.json.result?.data };
}

describe('the list of invoices', () => {
  let cookie: string;
  let id: OrganizationId;

  beforeAll(async () => {
    const owner = await billing.signUp('lists@example.test');
    cookie = owner.cookie;
    id = await organization('lists', { [owner.userId]: 'owner' });
    await addInvoices(id, 500);
  });

  it('pages through 500 invoices without losing or repeating one, newest first', async () => {
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await listOf(cookie, { organization: 'lists', limit: 70, ...(cursor ? { cursor } : {}) });
      expect(page.data.counts).toMatchObject({ all: 500, open: 50, past_due: 25, paid: 430, void: 20 });
      seen.push(...page.data.items.map((item: { id: string }) => item.id));
      cursor = page.data.nextCursor ?? undefined;
    } while (cursor !== undefined);
    expect(seen).toHaveLength(500);
    expect(new Set(seen).size).toBe(500);
  });

  it('needs as many queries for a hundred rows as for one', async () => {
    const queriesFor = async (limit: number) => {
      const { answer } = await listOf(cookie, { organization: 'lists', limit });
      const requestId = answer.headers.get('x-request-id') ?? '';
      const counted = await billing.rest({ method: 'GET', path: `/test/queries?requestId=${requestId}` });
      return Number(counted.json.count);
    };
    const one = await queriesFor(1);
    expect(one).toBeGreaterThan(0);
    expect(one).toBeLessThanOrEqual(12);
    expect(await queriesFor(100)).toBe(one);
  });

  it('finds by part of the number and by amount, and counts what it found', async () => {
    const byNumber = await listOf(cookie, { organization: 'lists', q: 'acme-0042' });
    expect(byNumber.data.items.map((item: { number: string }) => item.number)).toEqual(['ACME-0042']);
    const byAmount = await listOf(cookie, { organization: 'lists', q: '$12.34' });
    expect(byAmount.data.items.map((item: { totalMinor: string }) => item.totalMinor)).toEqual(['1234']);
    const wildcard = await listOf(cookie, { organization: 'lists', q: '%' });
    expect(wildcard.data).toMatchObject({ items: [], counts: { all: 0 } });
  });

  it('shows the tab that was asked for, and calls an open invoice past due after a failed attempt', async () => {
    const pastDue = await listOf(cookie, { organization: 'lists', status: 'past_due', limit: 100 });
    expect(pastDue.data.items).toHaveLength(25);
    expect(pastDue.data.items.every((item: { isPastDue: boolean }) => item.isPastDue)).toBe(true);
    const open = await listOf(cookie, { organization: 'lists', status: 'open', limit: 100 });
    expect(open.data.items.filter((item: { isPastDue: boolean }) => !item.isPastDue)).toHaveLength(25);
  });

  it('refuses a cursor that it did not make', async () => {
    const { answer } = await listOf(cookie, { organization: 'lists', cursor: 'bm90aGluZw' });
    expect(answer.status).toBe(400);
    expect(answer.json.error.data.code).toBe('CURSOR_INVALID');
  });

  it('answers invoices of another organization as if they did not exist, whatever the way', async () => {
    await organization('elsewhere');
    const rows = await billing.db.owner.query('select id from invoices where organization_id = $1 limit 1', [
      id,
    ]);
    const foreign = toPublicId('invoice', rows.rows[0].id);
    const unknown = toPublicId('invoice', billing.container.ids.next());
    for (const path of ['', '/pdf']) {
      const [one, other] = [
        await rest('GET', `elsewhere/billing/invoices/${foreign}${path}`),
        await rest('GET', `elsewhere/billing/invoices/${unknown}${path}`),
      ];
      expect([one.status, other.status]).toEqual([404, 404]);
      expect(one.json.error.message).toBe(other.json.error.message);
    }
    expect((await rest('POST', `elsewhere/billing/invoices/${foreign}/pay`, {})).status).toBe(404);
    expect((await rest('GET', `lists/billing/invoices/${foreign}`)).status).toBe(200);
  });

  it('shows members no amounts', async () => {
    const member = await billing.signUp('member-of-lists@example.test');
    await billing.db.owner.query(
      `insert into members (organization_id, user_id, role) values ($1, $2, 'member')`,
      [id, member.userId],
    );
    const { answer } = await listOf(member.cookie, { organization: 'lists' });
    expect(answer.status).toBe(403);
    const rows = await billing.db.owner.query('select id from invoices where organization_id = $1 limit 1', [
      id,
    ]);
    const path = `/api/billing/invoices/${toPublicId('invoice', rows.rows[0].id)}/pdf?organization=lists`;
    const pdf = await billing.rest({ method: 'GET', path, headers: { cookie: member.cookie } });
    expect(pdf.status).toBe(403);
  });
});

describe('paying an open invoice', () => {
  it('restores access with a new card, and tells why the old one was refused', async () => {
    const owner = await billing.signUp('pays@example.test');
    const id = await organization('pays', { [owner.userId]: 'owner' });
    const bought = await rest('POST', 'pays/billing/subscriptions', {
      family: 'agent-leads',
      plan: 'starter',
      paymentMethod: 'pm_card_visa',
    });
    expect(bought.status).toBe(201);
    await failNextRenewal('pays');
    const failed = await statusOf(id);
    expect(failed).toEqual({ status: 'past_due', access: 'suspended' });

    const open = await rest('GET', 'pays/billing/invoices?status=past_due');
    const invoice = open.json.items[0];
    expect(invoice).toMatchObject({ isPastDue: true, totalMinor: '2900' });
    const again = await rest('POST', `pays/billing/invoices/${invoice.id}/pay`, {});
    expect(again.status).toBe(402);
    expect(await statusOf(id)).toEqual(failed);
    const view = await rest('GET', `pays/billing/invoices/${invoice.id}`);
    expect(view.json).toMatchObject({
      can: { pay: { allowed: true } },
      lastFailure: { code: 'generic_decline' },
    });
    expect(view.json.lastFailure.message).toMatch(/declined/);
    expect(view.json.timeline.map((entry: { kind: string }) => entry.kind)).toContain('attempt_failed');

    await useCard('pays', 'pm_card_visa');
    const input = { organization: 'pays', invoiceId: invoice.id };
    const paid = await billing.trpc({ path: 'invoices.pay', type: 'mutation', input, cookie: owner.cookie });
    expect(paid.json.result.data).toMatchObject({ status: 'paid', amountRemainingMinor: '0' });
    expect(await statusOf(id)).toEqual({ status: 'active', access: 'full' });
    const repeated = await billing.trpc({
      path: 'invoices.pay',
      type: 'mutation',
      input,
      cookie: owner.cookie,
    });
    expect(repeated.json.result.data.status).toBe('paid');
  }, 60_000);
});

describe('the document of an invoice', () => {
  it('is a PDF that shows number, lines and total, whatever letters the names have', async () => {
    const owner = await billing.signUp('prints@example.test');
    const id = await organization('prints', { [owner.userId]: 'owner' });
    await billing.db.owner.query('update organizations set name = $2 where id = $1', [
      id,
      'Łódź 東京 🚀 Ünïcode\u0007',
    ]);
    await rest('POST', 'prints/billing/subscriptions', {
      family: 'voice-ops',
      plan: 'pro',
      paymentMethod: 'pm_card_visa',
    });
    const [invoice] = (await rest('GET', 'prints/billing/invoices')).json.items;
    const response = await fetch(
      `${billing.url}/api/billing/invoices/${invoice.id}/pdf?organization=prints`,
      {
        headers: { cookie: owner.cookie },
      },
    );
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('application/pdf');
    expect(response.headers.get('content-disposition')).toMatch(/^attachment; filename="invoice-.+\.pdf"$/);
    const bytes = Buffer.from(await response.arrayBuffer());
    expect(bytes.subarray(0, 5).toString('latin1')).toBe('%PDF-');
    const text = textOf(bytes);
    expect(text).toContain(invoice.number);
    expect(text).toContain('US$49.00');
    expect(text).toContain('Lód');
  });
});

/** The card is replaced by one that is refused when it is charged; then the next renewal comes. */
async function failNextRenewal(slug: string): Promise<void> {
  await useCard(slug, 'pm_card_chargeCustomerFail');
  const moved = await billing.rest({
    method: 'POST',
    path: '/test/clock',
    body: { advanceSeconds: 32 * 86_400 },
  });
  expect(moved.status).toBe(200);
  await billing.settle();
}

async function useCard(slug: string, paymentMethod: string): Promise<void> {
  expect((await rest('POST', `${slug}/billing/payment-methods`, { paymentMethod })).status).toBe(201);
}

async function statusOf(id: OrganizationId) {
  const { rows } = await billing.db.owner.query(
    'select status, access from subscriptions where organization_id = $1 order by created_at desc limit 1',
    [id],
  );
  return rows[0];
}

/** The text of all pages: streams are deflated, glyphs of the standard fonts are written as hexadecimal Latin-1. */
function textOf(pdf: Buffer): string {
  const source = pdf.toString('latin1');
  let text = '';
  for (const match of source.matchAll(/stream\r?\n([\s\S]*?)\r?\nendstream/g)) {
    const page = inflateSync(Buffer.from(match[1] ?? '', 'latin1')).toString('latin1');
    for (const glyphs of page.matchAll(/\[(.*?)\] TJ/g)) {
      for (const [, hex = ''] of (glyphs[1] ?? '').matchAll(/<([0-9a-f]*)>/g)) {
        text += Buffer.from(hex, 'hex').toString('latin1');
      }
      text += '\n';
    }
  }
  return text;
}
