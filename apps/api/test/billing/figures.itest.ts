import process from 'node:process';
import type { OrganizationId } from '@metergate/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestBilling, type TestBilling } from '../start-test-billing.ts';

/** A key is looked up again when a second has passed, whatever is asked with it. */
const keyLookup = 1;

let billing: TestBilling;
let key: string;
let id: OrganizationId;

beforeAll(async () => {
  billing = await startTestBilling({ TEST_SEAMS: '1' });
  key = (await billing.addApiKey(['billing:read', 'billing:write'])).key;
  id = await billing.addOrganization('large');
  await billing.db.owner.query(`update organizations set currency = 'USD' where id = $1`, [id]);
}, 120_000);
afterAll(() => billing.stop());

function rest(method: string, path: string, body?: unknown) {
  const url = `/v1/organizations/large/billing/${path}`;
  return billing.rest({ method, path: url, key, ...(body === undefined ? {} : { body }) });
}

async function queriesOf(answer: { headers: Headers }): Promise<number> {
  const requestId = answer.headers.get('x-request-id') ?? '';
  const counted = await billing.rest({ method: 'GET', path: `/test/queries?requestId=${requestId}` });
  return Number(counted.json.count);
}

describe('ten thousand invoices', () => {
  beforeAll(async () => {
    await billing.db.owner.query(
      `insert into invoices (organization_id, id, stripe_invoice_id, number, status, currency, subtotal_minor, tax_minor,
         total_minor, amount_due_minor, amount_paid_minor, amount_remaining_minor, period_start, period_end, issued_at,
         stripe_created_at, synced_at)
       select $1::uuid, gen_random_uuid(), 'in_large_' || n, 'LARGE-' || n, 'paid', 'USD', n, 0, n, n, n, 0,
              timestamptz '2026-01-01', timestamptz '2026-02-01', timestamptz '2026-01-01',
              timestamptz '2026-01-01' + (n / 7) * interval '1 minute', now()
         from generate_series(1, 10000) n`,
      [id],
    );
  }, 60_000);

  it('are paged through once each, with the same few queries on every page', async () => {
    const seen = new Set<string>();
    const counts = new Set<number>();
    let cursor = '';
    for (let page = 0; page < 101; page += 1) {
      const answer = await rest('GET', `invoices?limit=100${cursor === '' ? '' : `&cursor=${cursor}`}`);
      for (const item of answer.json.items) seen.add(item.id);
      counts.add(await queriesOf(answer));
      if (answer.json.nextCursor === null) break;
      cursor = encodeURIComponent(answer.json.nextCursor);
    }
    expect(seen.size).toBe(10_000);
    expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(keyLookup);
    expect(Math.max(...counts)).toBeLessThanOrEqual(12);
  }, 300_000);
});

describe('a quote', () => {
  const family = 'agent-studio';
  beforeAll(async () => {
    await rest('POST', 'subscriptions', {
      family,
      plan: 'pro',
      quantity: '3',
      paymentMethod: 'pm_card_visa',
    });
  });

  it('costs the database the same for four seats and for four hundred', async () => {
    const few = await rest('POST', 'quotes', { family, quantity: '4' });
    const many = await rest('POST', 'quotes', { family, quantity: '400' });
    expect([few.status, many.status]).toEqual([201, 201]);
    const difference = (await queriesOf(many)) - (await queriesOf(few));
    expect(Math.abs(difference)).toBeLessThanOrEqual(keyLookup);
    const durations: number[] = [];
    for (let n = 0; n < 40; n += 1) {
      const startedAt = performance.now();
      await rest('POST', 'quotes', { family, quantity: String(4 + n) });
      durations.push(performance.now() - startedAt);
    }
    const p95 = durations.toSorted((left, right) => left - right)[37] ?? Number.NaN;
    // 800 ms is the target on a quiet machine; this bound only catches a quote that waits for something.
    expect(p95).toBeLessThan(5_000);
    process.stdout.write(`40 quotes one after another: p95 ${p95.toFixed(0)} ms\n`);
  }, 120_000);
});
