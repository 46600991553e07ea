import type { OrganizationId } from '@metergate/core';
import Stripe from 'stripe';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { deliverTo } from '../stripe/start-mirror.ts';
import { type MeteredBilling, startMetered } from './start-metered.ts';

let billing: MeteredBilling;
let stripe: Stripe;
let ops: string;
let support: string;

beforeAll(async () => {
  billing = await startMetered();
  const { hostname, port } = new URL(billing.emulatorUrl);
  stripe = new Stripe('sk_test_emulator', { host: hostname, port: Number(port), protocol: 'http' });
  ops = (await billing.signUp('ops@example.test', 'billing_ops')).cookie;
  support = (await billing.signUp('support@example.test', 'support')).cookie;
}, 120_000);
afterEach(() => billing.emulator('DELETE', '/faults'));
afterAll(() => billing.stop());

const hourS = 3_600;

/** Delivers the notices of the last events about refused usage, as Stripe does: without what they say. */
async function tellRefusals(count: number): Promise<void> {
  const { data } = await stripe.v2.core.events.list({ limit: 100 });
  const errors = data.filter(({ type }) => type.startsWith('v1.billing.meter.')).slice(0, count);
  expect(errors).toHaveLength(count);
  for (const { id, object, type, created } of errors) {
    const notice = { id, object, type, created, livemode: false, related_object: null };
    expect(await deliverTo(billing.url, notice)).toBe(200);
  }
  await billing.settle();
}

async function setCustomer(id: OrganizationId, customer: string): Promise<string> {
  const { rows } = await billing.db.owner.query(
    `update organizations now set stripe_customer_id = $2 from organizations before
      where now.id = $1 and before.id = now.id returning before.stripe_customer_id as customer`,
    [id, customer],
  );
  return rows[0].customer;
}

/** Usage of one hour whose report is changed on its way, so that Stripe takes it and then refuses it. */
async function refused(slug: string, quantity: string, change: Record<string, string>) {
  const id = await billing.customer(slug);
  const route = 'POST /v1/billing/meter_events';
  await billing.emulator('POST', '/faults', { api: [{ route, kind: 'drop', when: 'before' }] });
  await billing.use(slug, `${slug}-1`, quantity);
  await billing.advance(hourS);
  await billing.db.owner.query(
    `update outbox set payload = payload || $2 where organization_id = $1 and kind = 'stripe.meter_event'`,
    [id, JSON.stringify(change)],
  );
  await billing.emulator('DELETE', '/faults');
  await billing.advance(900);
  await tellRefusals(1);
  return id;
}

const unknownCustomer = { stripeCustomerId: 'cus_nobody' };

/** A second error that names the same report. */
async function refuseSample(id: OrganizationId): Promise<void> {
  const { rows } = await billing.db.owner.query(
    'select identifier from usage_reports where organization_id = $1 order by id limit 1',
    [id],
  );
  await stripe.billing.meterEvents.create({
    event_name: 'lead_qualified',
    payload: { stripe_customer_id: 'cus_nobody', value: '1' },
    identifier: rows[0].identifier,
  });
  await tellRefusals(1);
}

async function listed(organization: string) {
  const path = 'admin.organizations.refusedUsage';
  const answer = await billing.trpc({ path, type: 'query', input: { organization }, cookie: support });
  return answer.json.result.data;
}

async function again(organization: string, id: string, cookie = ops) {
  const path = 'admin.organizations.reportAgain';
  const input = { organization, id, reason: 'the customer is back' };
  const answer = await billing.trpc({ path, type: 'mutation', input, cookie });
  await billing.settle();
  return answer.json.result?.data.result ?? answer.json.error.data.code;
}

describe('usage that a meter refuses after Stripe took it', () => {
  it('is marked once with its reason, however often it is told, and told again by staff once', async () => {
    const id = await refused('unknown-customer', '4', unknownCustomer);
    await tellRefusals(1);
    await refuseSample(id);
    expect(await billing.reportsOf(id)).toEqual([{ status: 'refused', quantity: '4' }]);
    const [row] = await listed('unknown-customer');
    expect(row).toMatchObject({ quantity: '4', reason: 'the customer is unknown', state: 'waiting' });
    // The next look at the hours does not tell it again by itself.
    await billing.advance(900);
    expect(await billing.reportsOf(id)).toHaveLength(1);
    const customer = await setCustomer(id, 'cus_nobody');
    expect(await again('unknown-customer', row.id)).toBe('USAGE_CAUSE_REMAINS');
    await setCustomer(id, customer);
    expect(await again('unknown-customer', row.id, support)).toBe('ACCESS_FORBIDDEN');
    const both = await Promise.all([again('unknown-customer', row.id), again('unknown-customer', row.id)]);
    expect(both).toContain('again');
    expect(await again('unknown-customer', row.id)).not.toBe('again');
    expect(await billing.reportsOf(id)).toEqual([
      { status: 'replaced', quantity: '4' },
      { status: 'sent', quantity: '4' },
    ]);
    expect(await billing.countedAtStripe(id)).toBe('4');
    await refuseSample(id);
    expect(await listed('unknown-customer')).toEqual([]);
    expect(await billing.countedAtStripe(id)).toBe('4');
    const { rows } = await billing.db.owner.query(
      `select reason from audit_log where organization_id = $1 and action = 'usage.reported_again'`,
      [id],
    );
    expect(rows).toEqual([{ reason: 'the customer is back' }]);
  }, 60_000);

  it('is told again by itself an hour later when its meter was archived and is back', async () => {
    const id = await billing.customer('archived');
    const { data } = await stripe.billing.meters.list({ limit: 100 });
    const meter = data.find(({ event_name }) => event_name === 'lead_qualified')?.id ?? '';
    await stripe.billing.meters.deactivate(meter);
    await billing.use('archived', 'a-1', '5');
    await billing.advance(hourS);
    await tellRefusals(1);
    expect(await listed('archived')).toMatchObject([{ code: 'archived_meter' }]);
    await billing.advance(hourS + 900);
    expect(await billing.reportsOf(id)).toEqual([{ status: 'refused', quantity: '5' }]);
    await stripe.billing.meters.reactivate(meter);
    await billing.advance(900);
    expect((await billing.reportsOf(id)).map(({ status }) => status)).toEqual(['replaced', 'sent']);
    expect(await billing.countedAtStripe(id)).toBe('5');
  }, 60_000);

  it('waits for a person when its value is not valid, and the proof of its month says why it is missing', async () => {
    const id = await refused('bad-value', '6', { value: 'six' });
    await billing.advance(4 * hourS);
    expect(await billing.reportsOf(id)).toEqual([{ status: 'refused', quantity: '6' }]);
    const [row] = await listed('bad-value');
    // Its month is billed meanwhile: billing charges it, and no report may do so again.
    await billing.advance(31 * 24 * hourS);
    await billing.advance(2 * hourS);
    expect(await again('bad-value', row.id)).toBe('USAGE_ALREADY_BILLED');
    expect(await listed('bad-value')).toMatchObject([{ state: 'settled' }]);
    const path = '/v1/organizations/bad-value/billing/usage-proofs';
    const { items } = (await billing.rest({ method: 'GET', path, key: billing.key })).json;
    const proof = items.find((item: { meter: string }) => item.meter === 'lead_qualified');
    expect(proof).toMatchObject({
      eventsQuantity: '6',
      billedQuantity: '6',
      toldQuantity: '0',
      refusals: [{ reason: 'the value is not valid', quantity: '6' }],
    });
  }, 60_000);

  it('is not told again when Stripe counted it after all', async () => {
    const id = await refused('counted-after-all', '3', unknownCustomer);
    const { rows } = await billing.db.owner.query(
      `select bucket_start as at, stripe_customer_id as customer
         from usage_reports join organizations on organizations.id = organization_id where organization_id = $1`,
      [id],
    );
    await stripe.billing.meterEvents.create({
      event_name: 'lead_qualified',
      payload: { stripe_customer_id: rows[0].customer, value: '3' },
      timestamp: rows[0].at.getTime() / 1000,
    });
    const [row] = await listed('counted-after-all');
    expect(await again('counted-after-all', row.id)).toBe('counted');
    await refuseSample(id);
    expect(await billing.reportsOf(id)).toEqual([{ status: 'sent', quantity: '3' }]);
    expect(await billing.countedAtStripe(id)).toBe('3');
  }, 60_000);

  it('is an alert only when its samples name nothing of ours', async () => {
    const before = await billing.db.owner.query(
      'select count(*) from usage_reports where refused_at is not null',
    );
    const payload = { stripe_customer_id: 'cus_nobody', value: '1' };
    for (const identifier of ['somebody-else', `${'0'.repeat(32)}_lead_qualified_20260101T000000Z_1`]) {
      await stripe.billing.meterEvents.create({ event_name: 'lead_qualified', payload, identifier });
    }
    await tellRefusals(2);
    const after = await billing.db.owner.query(
      'select count(*) from usage_reports where refused_at is not null',
    );
    expect(after.rows).toEqual(before.rows);
    const { rows } = await billing.db.owner.query(
      `select distinct status, effect from inbound_events where type like 'v1.billing.meter.%'`,
    );
    expect(rows).toEqual([{ status: 'ignored', effect: { ignored: 'recorded' } }]);
  });
});
