import { createTestDatabase, type TestDatabase } from '@metergate/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { insertRow, platformRows, type SampleRow, sampleIds, sampleRows } from '../test/sample-rows.ts';
import { listDueUsageBilling } from './queries/due-usage-billing.ts';
import { listDueUsageReports } from './queries/due-usage-reports.ts';

let db: TestDatabase;

beforeAll(async () => {
  db = await createTestDatabase();
  for (const [table, row] of [...platformRows, ...sampleRows(1)]) await insertRow(db.owner, table, row);
});
afterAll(() => db.dispose());

interface BadRow {
  table: string;
  why: string;
  change: SampleRow;
  constraint: RegExp;
}

const newId = '00000000-0000-7000-8000-999999999999';
const check = (table: string, why: string, change: SampleRow): BadRow => ({
  table,
  why,
  change,
  constraint: /check constraint/,
});
const unique = (table: string, why: string, change: SampleRow): BadRow => ({
  table,
  why,
  change: { id: newId, ...change },
  constraint: /unique constraint/,
});
const foreign = (table: string, why: string, change: SampleRow): BadRow => ({
  table,
  why,
  change: { id: newId, ...change },
  constraint: /foreign key constraint/,
});

const badRows: BadRow[] = [
  check('organizations', 'an unknown status', { status: 'sleeping' }),
  check('organizations', 'a currency in lower case', { currency: 'eur' }),
  check('organizations', 'a slug with a space', { slug: 'a b' }),
  check('organizations', 'closed without saying when', { status: 'closed' }),
  check('members', 'an unknown role', { role: 'boss' }),
  check('invitations', 'a token that is not hashed', { token_hash: Buffer.from('secret') }),
  check('clients', 'archived without saying when', { status: 'archived' }),
  check('clients', 'the id that stands for no client', { id: '00000000-0000-0000-0000-000000000000' }),
  check('api_keys', 'a key without scopes', { scopes: [] }),
  check('audit_log', 'an entry in the chain of another organization', { chain_id: 'platform' }),
  check('subscriptions', 'an unknown status', { status: 'cancelled' }),
  check('subscriptions', 'an unknown interval', { interval: 'week' }),
  check('subscriptions', 'a period that ends where it starts', {
    current_period_end: '2026-03-01T00:00:00.000Z',
  }),
  check('subscription_items', 'a negative quantity', { quantity: '-1' }),
  check('cost_days', 'a day that has not ended yet', {
    day: '2026-03-02',
    ended_at: '2026-06-01T00:00:00.000Z',
  }),
  check('cost_days', 'a currency in lower case', { day: '2026-03-02', currency: 'usd' }),
  check('limit_overrides', 'a limit that is also unlimited', { unlimited: true }),
  check('usage_events', 'an empty id', { id: '' }),
  check('usage_events', 'an id of more than 255 bytes', { id: 'é'.repeat(128) }),
  check('usage_events', 'a correction of nothing', { kind: 'void' }),
  check('usage_events', 'an unknown source', { source: 'guess' }),
  check('usage_events', 'a quantity beyond the exact range', { quantity: '10000000000000000' }),
  check('usage_buckets', 'a start between two quarters of an hour', { bucket_start: '2026-03-01T00:10:00Z' }),
  check('usage_reports', 'a bucket that ends before it starts', { bucket_end: '2026-02-01T00:00:00Z' }),
  check('limit_counters', 'less than nothing used', { used: '-1' }),
  check('limit_counters', 'less than nothing reserved', { reserved: '-1' }),
  check('reservations', 'a reservation of nothing', { quantity: '0' }),
  check('reservations', 'committed without a quantity', {
    status: 'committed',
    settled_at: '2026-03-02T00:00:00Z',
  }),
  check('gauges', 'a negative level', { level: '-1' }),
  check('decision_receipts', 'an unknown decision', { decision: 'perhaps' }),
  check('invoices', 'an unknown status', { status: 'overdue' }),
  check('invoice_lines', 'a currency in lower case', { currency: 'eur' }),
  check('credit_notes', 'a negative amount', { amount_minor: -1 }),
  check('disputes', 'resolved without saying when', { status: 'credited' }),
  check('payment_methods', 'a thirteenth month', { exp_month: 13, is_default: false }),
  check('inbound_events', 'an unknown status', { status: 'done' }),
  check('outbox', 'an unknown status', { status: 'sent' }),
  check('flags', 'a rollout of more than everybody', { rollout_percent: '100.01' }),
  unique('subscriptions', 'a second living one of its family', { stripe_subscription_id: 'other' }),
  unique('subscriptions', 'the same Stripe object twice', { status: 'canceled' }),
  unique('checkout_sessions', 'a second open one of its family', { stripe_session_id: 'other' }),
  unique('payment_methods', 'a second default', { stripe_payment_method_id: 'other' }),
  unique('invoices', 'the same Stripe object twice', {}),
  unique('outbox', 'the same fact twice', {}),
  unique('inbound_events', 'the same webhook twice', {}),
  foreign('clients', 'an organization that does not exist', { organization_id: newId }),
  foreign('invoice_lines', 'an invoice of another organization', {
    organization_id: sampleIds(2).organization,
  }),
  foreign('subscription_items', 'a subscription that does not exist', {
    subscription_id: newId,
    stripe_item_id: 'x',
  }),
];

test.each(badRows)('$table refuses $why', async ({ table, change, constraint }) => {
  const rows = [...platformRows, ...sampleRows(1)];
  const valid = rows.find(([name]) => name === table)?.[1];
  expect(valid).toBeDefined();
  await expect(insertRow(db.owner, table, { ...valid, ...change })).rejects.toThrow(constraint);
});

test('a canceled subscription makes room for a new one of its family', async () => {
  await db.owner.query("update subscriptions set status = 'canceled'");
  const [table, row] = sampleRows(1).find(([name]) => name === 'subscriptions') ?? ['', {}];
  await insertRow(db.owner, table, { ...row, id: newId, stripe_subscription_id: 'second' });
});

const event = `insert into usage_events (organization_id, id, payload_hash, meter, quantity, occurred_at, recorded_at, source)
               select organization_id, 'cue-' || $1, payload_hash, meter, 1, $1::timestamptz, recorded_at, 'api'
                 from usage_events limit 1`;
const closedUntil = '2026-04-01T00:00:00Z';

test.each([
  [true, 'usage of a closed month', event.replaceAll('$1', `'2026-03-31T23:59:59Z'`)],
  [false, 'usage of the running month', event.replaceAll('$1', `'2026-04-01T00:00:00Z'`)],
  [true, 'other terms', 'update subscription_terms set plan_version = 2'],
  [true, 'a pause', `update subscriptions set paused_at = '2026-04-02T00:00:00Z'`],
  [true, 'an end', `update subscriptions set status = 'canceled', ended_at = '2026-04-02T00:00:00Z'`],
  [false, 'a reading that finds nothing new', 'update subscriptions set reading = reading + 1'],
  [true, 'an invoice that is final', `update invoices set status = 'open'`],
  [false, 'an invoice that is paid', `update invoices set status = 'paid'`],
  [
    true,
    'a correction',
    'update usage_reopenings set settled_at = now(); insert into usage_reopenings select organization_id, gen_random_uuid(), occurred_from, noted_at from usage_reopenings limit 1',
  ],
  [true, 'a billing that is not sent', `update usage_billings set status = 'planned'`],
  [true, 'time', `update usage_billing_looks set due_at = '2026-04-03T00:00:00Z'`],
  [false, 'time to come', `update usage_billing_looks set due_at = '2026-04-03T00:00:01Z'`],
])('usage is due for billing: %s, after %s', async (isDue, _, change) => {
  const client = await db.owner.connect();
  try {
    await client.query(`begin; delete from usage_billing_cues; update usage_billings set status = 'billed';
      update usage_billing_looks set due_at = null, closed_until = '${closedUntil}';
      update invoices set status = case when '${change.includes('paid')}' then 'open' else 'draft' end;
      delete from usage_billing_cues`);
    const due = () =>
      listDueUsageBilling(client, { at: new Date('2026-04-03T00:00:00Z'), after: null, limit: 10 });
    expect(await due()).toEqual([]);
    await client.query(change);
    expect(await due()).toEqual(isDue ? [sampleIds(1).organization] : []);
  } finally {
    await client.query('rollback');
    client.release();
  }
});

const rated = sampleIds(1).organization;
const recorded = (meter: string, at: string) =>
  `insert into usage_events (organization_id, id, payload_hash, meter, quantity, occurred_at, recorded_at, source)
   values ('${rated}', gen_random_uuid(), sha256('x'), '${meter}', 1, '2026-04-02T10:59:59Z', '2026-04-02T${at}Z', 'api')`;

test.each([
  ['usage that Stripe rates', [recorded('leads', '10:59:59')], ['2026-04-02T11:00:00.000Z']],
  [
    'usage again within five minutes',
    [recorded('leads', '11:00:00'), recorded('leads', '11:04:59')],
    ['2026-04-02T11:00:00.000Z'],
  ],
  [
    'usage again after five minutes, for which a look may have no room left',
    [recorded('leads', '11:00:00'), recorded('leads', '11:05:00')],
    ['2026-04-02T11:00:00.000Z', '2026-04-02T11:00:00.000Z'],
  ],
  ['usage that is rated here', [recorded('calls', '11:00:00')], []],
  ['other terms', ['update subscription_terms set plan_version = 2'], ['at once']],
  ['a pause', [`update subscriptions set paused_at = '2026-04-02T00:00:00Z'`], ['at once', 'at once']],
  ['a reading that finds nothing new', ['update subscriptions set reading = reading + 1'], []],
  ['an own price that ends', [`update limit_overrides set ended_at = '2026-04-02T00:00:00Z'`], ['at once']],
  ['another customer at Stripe', [`update organizations set stripe_customer_id = id::text`], ['at once']],
  ['another name', [`update organizations set name = 'Other'`], []],
])('what is told to the meters of Stripe is looked at after %s', async (_, changes, expected) => {
  const client = await db.owner.connect();
  try {
    await client.query(`begin; update usage_report_looks set meters = '{leads}', due_at = null;
      delete from usage_report_cues`);
    for (const change of changes) await client.query(change);
    const { rows } = await client.query<{ due_at: Date | number }>(
      'select due_at from usage_report_cues where organization_id = $1',
      [rated],
    );
    expect(rows.map(({ due_at: at }) => (at instanceof Date ? at.toISOString() : 'at once'))).toEqual(
      expected,
    );
    const at = new Date('2026-04-02T11:00:00Z');
    const due = await listDueUsageReports(client, { at, after: null, limit: 10 });
    expect(due).toEqual(expected.length > 0 ? [rated] : []);
  } finally {
    await client.query('rollback');
    client.release();
  }
});
