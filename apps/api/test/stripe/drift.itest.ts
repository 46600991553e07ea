import type { OrganizationId } from '@metergate/core';
import { sweepOrganization } from '@metergate/core/payments/drift/reconcile-organization';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type MirrorWorld, startMirror } from './start-mirror.ts';

const proMonthly = 'mg_voice-ops_pro_v1_base_month_usd';
const job = { kind: 'job', name: 'reconcile-stripe' } as const;

let world: MirrorWorld;
let ops: string;
let support: string;
beforeAll(async () => {
  world = await startMirror();
  const { log } = world.api.container;
  log.error = ((fields: { alert?: string; object?: string }) => {
    if (fields.alert === 'drift_open') told.push(fields.object ?? '');
  }) as typeof log.error;
  ops = (await world.api.signUp('ops@example.test', 'billing_ops')).cookie;
  support = (await world.api.signUp('support@example.test', 'support')).cookie;
});
afterAll(() => world.stop());

/** An organization whose first month runs, mirrored. */
async function buyer(slug: string) {
  const { organizationId, customer } = await world.addCustomer(slug);
  const subscription = await world.subscribe(customer, proMonthly);
  await hear(customer);
  return { organizationId, customer, subscription: subscription.id };
}

async function hear(customer: string): Promise<void> {
  for (const event of await world.eventsOf(customer)) await world.deliver(event);
  await world.api.container.drainUntilIdle();
}

const sweep = (organizationId: OrganizationId) =>
  sweepOrganization(world.api.container.background.sync, { actor: job, organizationId });

async function query(path: string, input: object, cookie = support) {
  const answer = await world.api.trpc({ path, type: 'query', input, cookie });
  return answer.json.result?.data ?? answer.json.error.data.code;
}

async function mutate(path: string, input: object, cookie = ops) {
  const answer = await world.api.trpc({ path, type: 'mutation', input, cookie });
  return answer.json.result?.data ?? answer.json.error.data.code;
}

/** Of anything but cards, which move with their customer. */
const findings = async (organization: string) =>
  (await query('admin.drift.list', { organization })).items.filter(
    ({ object }: { object: string }) => !object.startsWith('payment_method'),
  );
const sql = async (text: string, values: unknown[] = []) =>
  (await world.api.db.owner.query(text, values)).rows;

/** What staff were told of by the hourly job. */
const told: string[] = [];

/** The hourly job, an hour later. */
async function anHourLater(): Promise<void> {
  const { clock } = world.api.container;
  clock.moveTo(new Date(clock.now().getTime() + 3_600_000));
  await world.api.container.drainUntilIdle();
}

describe('a comparison says why each object differs', () => {
  test('what was changed at Stripe by hand is repaired and written down', async () => {
    const { organizationId, subscription } = await buyer('by-hand');
    await world.stripe.subscriptions.update(subscription, { cancel_at_period_end: true });
    expect(await sweep(organizationId)).toMatchObject({ repairedFields: 3, told: [] });
    expect(await findings('by-hand')).toMatchObject([
      {
        kind: 'changed_at_stripe',
        status: 'repaired',
        source: 'sweep',
        object: `subscription ${subscription}`,
      },
    ]);
    expect(await sweep(organizationId)).toMatchObject({ repairedFields: 0 });
    expect(await findings('by-hand')).toHaveLength(1);
  });

  test('an event that waits explains it, and one that was given up is named', async () => {
    const { customer, subscription } = await buyer('on-its-way');
    await world.stripe.subscriptions.update(subscription, { cancel_at_period_end: true });
    const event = (await world.eventsOf(customer)).at(-1);
    await world.deliver(event);
    const why = async () =>
      new Set(
        (await query('admin.organizations.drift', { organization: 'on-its-way' }))
          .filter(({ equal }: { equal: boolean }) => !equal)
          .map(({ kind, cause }: { kind: string; cause: string }) => `${kind} ${cause}`),
      );
    expect(await why()).toEqual(new Set([`expected_lag ${event?.id}`]));
    await sql(`update inbound_events set status = 'dead' where external_id = $1`, [event?.id]);
    expect(await why()).toEqual(new Set([`given_up ${event?.id}`]));
    expect(await findings('on-its-way')).toEqual([]);
    await sql(`update inbound_events set status = 'processed' where external_id = $1`, [event?.id]);
  });

  test('a subscription with a price nobody knows waits for a person', async () => {
    const { organizationId, customer } = await world.addCustomer('foreign-price');
    const price = await world.stripe.prices.create({
      currency: 'usd',
      unit_amount: 100,
      recurring: { interval: 'month' },
      product_data: { name: 'not of the catalogue' },
    });
    await world.stripe.subscriptions.create({ customer, items: [{ price: price.id }] });
    expect((await sweep(organizationId)).told).toMatchObject([{ kind: 'unmapped' }]);
    expect(await findings('foreign-price')).toMatchObject([{ kind: 'unmapped', status: 'open' }]);
  });
});

describe('amounts of a final invoice that differ', () => {
  test('are kept and told once, while what was paid still counts, until a person takes them', async () => {
    const { organizationId, customer } = await buyer('amounts');
    const open = await openInvoice(customer);
    await hear(customer);
    const stored = async () =>
      (
        await sql(`select status, total_minor::int as total from invoices where stripe_invoice_id = $1`, [
          open,
        ])
      )[0];
    const { total } = await stored();
    await sql(`update invoices set total_minor = total_minor + 1 where stripe_invoice_id = $1`, [open]);
    await anHourLater();
    expect(await stored()).toEqual({ status: 'open', total: total + 1 });
    await world.stripe.invoices.pay(open, { payment_method: await card(customer) });
    await hear(customer);
    expect(await stored()).toEqual({ status: 'paid', total: total + 1 });
    expect(told).toEqual([`invoice ${open}`]);
    expect(await findings('amounts')).toMatchObject([
      { kind: 'money', status: 'open', severity: 'critical' },
    ]);

    const reason = 'compared with the document';
    await mutate('admin.organizations.resync', { organization: 'amounts', reason });
    expect(await stored()).toEqual({ status: 'paid', total });
    const [finding] = await findings('amounts');
    expect(finding).toMatchObject({
      status: 'repaired',
      reason,
      settledBy: 'ops@example.test (staff)',
      times: 2,
    });
    expect((await sweep(organizationId)).told).toEqual([]);
  });

  test('of which the lines differ are kept also then, because lines of a final invoice never change', async () => {
    const { organizationId, customer } = await buyer('lines');
    const open = await openInvoice(customer);
    await hear(customer);
    await sql(
      `alter table invoice_lines disable trigger keep_final_invoice_line;
       update invoice_lines set amount_minor = amount_minor + 1 where invoice_id =
         (select id from invoices where stripe_invoice_id = '${open}');
       alter table invoice_lines enable trigger keep_final_invoice_line;`,
    );
    const lines = () =>
      sql(
        `select l.amount_minor from invoice_lines l join invoices i on i.id = l.invoice_id where i.stripe_invoice_id = $1`,
        [open],
      );
    const before = await lines();
    await sweep(organizationId);
    await mutate('admin.organizations.resync', { organization: 'lines', reason: 'look again' });
    expect(await lines()).toEqual(before);
    expect(await findings('lines')).toMatchObject([{ kind: 'money', status: 'open', times: 2 }]);
  });
});

describe('what Stripe does not know', () => {
  test('ends nothing, waits for a person, can be accepted once, and is gone when it is found again', async () => {
    const { organizationId, customer, subscription } = await buyer('elsewhere');
    const point = (id: string) =>
      sql('update organizations set stripe_customer_id = $2 where id = $1', [organizationId, id]);
    await point((await world.stripe.customers.create({ name: 'another account' })).id);
    expect((await sweep(organizationId)).told).toMatchObject([
      { kind: 'missing_at_stripe', object: `subscription ${subscription}` },
    ]);
    expect(
      await sql('select status, access from subscriptions where organization_id = $1', [organizationId]),
    ).toEqual([{ status: 'active', access: 'full' }]);
    const { rules } = await query('admin.doctor.check', {});
    const open = await sql(`select count(*)::int from drift_findings where status = 'open'`);
    expect(rules.find(({ key }: { key: string }) => key === 'no_open_drift').violations).toBe(open[0].count);

    const [{ id }] = await findings('elsewhere');
    const accept = (cookie = ops) => mutate('admin.drift.accept', { id, reason: 'moved on purpose' }, cookie);
    expect(await accept(support)).toBe('ACCESS_FORBIDDEN');
    const both = await Promise.all([accept(), accept()]);
    expect(both.map((answer) => answer.status ?? answer).toSorted()).toEqual(['DRIFT_NOT_OPEN', 'accepted']);
    expect(
      await sql(`select reason from audit_log where action = 'drift.accepted' and organization_id = $1`, [
        organizationId,
      ]),
    ).toEqual([{ reason: 'moved on purpose' }]);
    expect((await sweep(organizationId)).told).toEqual([]);
    expect(await findings('elsewhere')).toMatchObject([{ status: 'accepted', times: 2 }]);

    await point(customer);
    await sweep(organizationId);
    expect(await findings('elsewhere')).toMatchObject([{ status: 'gone' }]);
  });
});

test('the list takes filters and refuses what is none', async () => {
  const { items, kinds } = await query('admin.drift.list', { kind: 'money' });
  expect(new Set(items.map(({ kind }: { kind: string }) => kind))).toEqual(new Set(['money']));
  expect(kinds.money).toBe(items.length);
  expect(await query('admin.drift.list', { limit: 1 })).toMatchObject({
    items: [{}],
    nextCursor: expect.any(String),
  });
  expect(await query('admin.drift.list', { cursor: 'forged' })).toBe('CURSOR_INVALID');
  expect(await query('admin.drift.list', { kind: 'nothing' })).toBe('INVALID_INPUT');
  expect(
    await mutate('admin.drift.accept', { id: 'drf_00000000000070008000000000000000', reason: 'why' }),
  ).toBe('NOT_FOUND');
});

/** A finished bill that nobody has paid. */
async function openInvoice(customer: string): Promise<string> {
  await world.stripe.invoiceItems.create({ customer, amount: 700, currency: 'usd', description: 'extra' });
  const draft = await world.stripe.invoices.create({
    customer,
    auto_advance: false,
    pending_invoice_items_behavior: 'include',
  });
  const invoice = await world.stripe.invoices.finalizeInvoice(draft.id ?? '', { auto_advance: false });
  return invoice.id ?? '';
}

async function card(customer: string): Promise<string> {
  const { data } = await world.stripe.customers.listPaymentMethods(customer);
  return data[0]?.id ?? '';
}
