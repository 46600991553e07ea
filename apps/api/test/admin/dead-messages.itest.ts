import type { OrganizationId } from '@metergate/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { type MirrorWorld, startMirror } from '../stripe/start-mirror.ts';

const proMonthly = 'mg_voice-ops_pro_v1_base_month_usd';
const businessMonthly = 'mg_voice-ops_business_v1_base_month_usd';

const snapshotSchema = z.object({ changes: z.array(z.looseObject({ kind: z.string() })) });

let world: MirrorWorld;
let ops: string;
let boss: string;
beforeAll(async () => {
  world = await startMirror();
  ops = (await world.api.signUp('ops@example.test', 'billing_ops')).cookie;
  boss = (await world.api.signUp('boss@example.test', 'super_admin')).cookie;
});
afterAll(() => world.stop());

interface Message {
  kind: string;
  payload: Record<string, unknown>;
  idempotencyKey: string;
}

async function leave(organizationId: OrganizationId, message: Message, isDead = false): Promise<void> {
  const { unitOfWork } = world.api.container;
  await unitOfWork.run(organizationId, (tx) => tx.outbox.add({ organizationId, ...message }));
  if (!isDead) return;
  await world.api.db.owner.query(
    `update outbox set status = 'dead', attempts = 1 where idempotency_key = $1`,
    [message.idempotencyKey],
  );
}

/** As staff see it. */
async function shown(slug: string) {
  const input = { organization: slug };
  const answer = await world.api.trpc({ path: 'admin.outbox.list', type: 'query', input, cookie: ops });
  return answer.json.result.data.items;
}

async function settle(how: 'retry' | 'dismiss', id: string, cookie = ops) {
  const input = { id, reason: 'the cause is gone' };
  const answer = await world.api.trpc({ path: `admin.outbox.${how}`, type: 'mutation', input, cookie });
  return answer.json.error?.data.code ?? answer.json.result.data.status;
}

/** What was written down about messages of this organization. */
async function audited(slug: string): Promise<string[]> {
  const { rows } = await world.api.db.owner.query(
    `select action || ': ' || reason as line from audit_log
     where target_kind = 'outbox_message' and after ->> 'organization' = $1 order by sequence`,
    [slug],
  );
  return rows.map(({ line }) => line);
}

const drain = () => world.api.container.drainUntilIdle();
const cancelOf = (stripeSubscriptionId: string, idempotencyKey: string): Message => ({
  kind: 'stripe.subscription.cancel',
  payload: { stripeSubscriptionId, at: 'period_end' },
  idempotencyKey,
});

describe('a message to Stripe that was given up', () => {
  it('has its effect once when it is sent again after the cause is gone, though Stripe remembers the refusal', async () => {
    const { organizationId, customer } = await world.addCustomer('declined-change');
    const { id, items } = await world.subscribe(customer, proMonthly);
    const cardOnFile = async (card: string) => {
      const method = await world.stripe.paymentMethods.attach(card, { customer });
      const settings = { default_payment_method: method.id };
      await world.stripe.customers.update(customer, { invoice_settings: settings });
      await world.stripe.subscriptions.update(id, settings);
    };
    await cardOnFile('pm_card_chargeCustomerFail');
    const price = await world.price(businessMonthly);
    await leave(organizationId, {
      kind: 'stripe.subscription.change',
      payload: {
        stripeSubscriptionId: id,
        plan: { family: 'voice-ops', plan: 'business', planVersion: 1 },
        items: [{ stripeItemId: items.data[0]?.id, stripePriceId: price, quantity: '1' }],
        proration: 'invoice_now',
        prorationAt: new Date(world.api.container.clock.now()).toISOString(),
      },
      idempotencyKey: `change:${id}`,
    });
    await drain();
    const [dead] = await shown('declined-change');
    expect(dead).toMatchObject({ status: 'dead', round: 0, obstacle: null });
    await cardOnFile('pm_card_visa');
    const answers = await Promise.all([settle('retry', dead.id), settle('retry', dead.id)]);
    expect(answers.toSorted()).toEqual(['MESSAGE_NOT_DEAD', 'failed']);
    await drain();
    expect(await shown('declined-change')).toMatchObject([{ status: 'done', round: 1 }]);
    expect(await settle('retry', dead.id)).toBe('MESSAGE_NOT_DEAD');
    const changed = await world.stripe.subscriptions.retrieve(id);
    expect(changed.items.data.map((item) => item.price.id)).toEqual([price]);
    expect(await audited('declined-change')).toEqual(['outbox_message.retried: the cause is gone']);
  });

  it('is looked up first when it may have had its effect, so that a line is never added twice', async () => {
    const { organizationId, customer } = await world.addCustomer('lost-line');
    const line = {
      stripeCustomerId: customer,
      stripeSubscriptionId: null,
      stripeInvoiceId: null,
      description: 'Calls in May',
      amountMinor: '1234',
      currency: 'USD',
      periodStart: '2026-05-01T00:00:00.000Z',
      periodEnd: '2026-06-01T00:00:00.000Z',
      metadata: {},
    };
    await leave(organizationId, {
      kind: 'stripe.invoice_item.add',
      payload: line,
      idempotencyKey: 'lost-line',
    });
    await drain();
    await world.api.db.owner.query(`update outbox set status = 'dead' where idempotency_key = 'lost-line'`);
    await forgetKeys();
    const [dead] = await shown('lost-line');
    expect(await settle('retry', dead.id)).toBe('failed');
    await drain();
    expect(await shown('lost-line')).toMatchObject([{ status: 'done' }]);
    const lines = await world.stripe.invoiceItems.list({ customer });
    expect(lines.data.map(({ amount }) => amount)).toEqual([1234]);
  });

  it('is not sent any more when something newer was decided: a later message, or a person', async () => {
    const { organizationId, customer } = await world.addCustomer('overtaken');
    const { id } = await world.subscribe(customer, proMonthly);
    for (const event of await world.eventsOf(customer)) await world.deliver(event);
    await drain();
    await leave(organizationId, cancelOf(id, 'overtaken'), true);
    const [dead] = await shown('overtaken');
    expect(dead.obstacle).toBeNull();
    const subscription = await world.api.db.owner.query(
      'select id from subscriptions where organization_id = $1',
      [organizationId],
    );
    const about = async (kind: 'job' | 'staff') => {
      const actor =
        kind === 'job'
          ? { kind, name: 'test' }
          : { kind, userId: 'u', email: 'u@example.test', role: 'billing_ops' as const };
      await world.api.container.unitOfWork.run(organizationId, (tx) =>
        tx.audit.append({
          organizationId,
          actor,
          action: 'subscription.resumed',
          target: { kind: 'subscription', id: subscription.rows[0].id },
        }),
      );
    };
    await about('job');
    expect((await shown('overtaken'))[0].obstacle).toBeNull();
    await about('staff');
    expect((await shown('overtaken'))[0].obstacle).toContain('newer');
    expect(await settle('retry', dead.id)).toBe('MESSAGE_OBSOLETE');
    await leave(organizationId, cancelOf(id, 'later'));
    await drain();
    expect(await settle('retry', dead.id)).toBe('MESSAGE_OBSOLETE');
    expect(await settle('dismiss', dead.id)).toBe('dismissed');
    expect(await settle('dismiss', dead.id)).toBe('MESSAGE_NOT_DEAD');
    await drain();
    expect(await shown('overtaken')).toMatchObject([
      { status: 'done' },
      { status: 'dismissed', attempts: 1 },
    ]);
    expect(await audited('overtaken')).toEqual(['outbox_message.dismissed: the cause is gone']);
  });

  it('about a meter is dismissed, because billing settles what the meter did not take', async () => {
    const { organizationId } = await world.addCustomer('metered');
    const payload = { meter: 'minute', eventName: 'minutes', value: '3' };
    await leave(organizationId, { kind: 'stripe.meter_event', payload, idempotencyKey: 'metered' }, true);
    const [dead] = await shown('metered');
    expect(dead.obstacle).toContain('billed when its month closes');
    expect(await settle('retry', dead.id)).toBe('MESSAGE_OBSOLETE');
    expect(await settle('dismiss', dead.id)).toBe('dismissed');
  });

  it('is sent again by one press of the doctor', async () => {
    const { organizationId, customer } = await world.addCustomer('doctored');
    const { id } = await world.subscribe(customer, proMonthly);
    await leave(organizationId, cancelOf(id, 'doctored'), true);
    const call = (path: string, type: 'query' | 'mutation', input?: object) =>
      world.api.trpc({ path: `admin.doctor.${path}`, type, input, cookie: boss });
    const { rules } = (await call('check', 'query')).json.result.data;
    expect(rules[0]).toMatchObject({ key: 'no_dead_messages', violations: 1 });
    const repaired = await call('repair', 'mutation', { key: 'no_dead_messages', reason: 'price is back' });
    expect(repaired.json.result.data).toMatchObject({ tried: 1, failed: 0 });
    await drain();
    expect(await shown('doctored')).toMatchObject([{ status: 'done', round: 1 }]);
    expect(await audited('doctored')).toEqual(['outbox_message.retried: price is back']);
  });

  it.each([
    ['no id', '', 'NOT_FOUND'],
    ['an id of another kind', 'evt_01890000000070008000000000000000', 'NOT_FOUND'],
    ['an unknown id', 'out_01890000000070008000000000000000', 'NOT_FOUND'],
  ])('is not found by %s', async (_name, id, code) => {
    expect(await settle('retry', id)).toBe(code);
    expect(await settle('dismiss', id)).toBe(code);
  });
});

/** Stripe keeps the keys of calls for a day only. */
async function forgetKeys(): Promise<void> {
  const snapshot = await (await fetch(`${world.emulatorUrl}/_emu/snapshot`)).json();
  const { changes } = snapshotSchema.parse(snapshot);
  const kept = changes.filter(({ kind }) => kind !== 'idempotency');
  expect(kept.length).toBeLessThan(changes.length);
  const headers = { 'content-type': 'application/json' };
  const body = JSON.stringify({ changes: kept });
  await fetch(`${world.emulatorUrl}/_emu/restore`, { method: 'POST', headers, body });
}
