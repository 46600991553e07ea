import type { OrganizationId } from '@metergate/core';
import { createOutboxQueue } from '@metergate/db';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { type MirrorWorld, startMirror } from './start-mirror.ts';

const proMonthly = 'mg_voice-ops_pro_v1_base_month_usd';

const snapshotSchema = z.object({ changes: z.array(z.looseObject({ kind: z.string() })) });

let world: MirrorWorld;
beforeAll(async () => {
  world = await startMirror();
});
afterEach(() => setFaults([]));
afterAll(() => world.stop());

async function setFaults(api: readonly object[]): Promise<void> {
  await fetch(`${world.emulatorUrl}/_emu/faults`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ api }),
  });
}

async function addMessage(
  organizationId: OrganizationId,
  message: { kind: string; payload: Record<string, unknown>; idempotencyKey: string },
): Promise<void> {
  await world.api.container.unitOfWork.run(organizationId, (tx) =>
    tx.outbox.add({ organizationId, ...message }),
  );
}

async function messagesOf(organizationId: string) {
  const { rows } = await world.api.db.owner.query(
    'select kind, status, attempts, last_error from outbox where organization_id = $1 order by sequence',
    [organizationId],
  );
  return rows;
}

/** The circuit stays open for five seconds after the last silence. */
async function skipBreaker(): Promise<void> {
  const { wallClock } = world.api.container.background;
  const later = wallClock.now();
  later.setTime(later.getTime() + 6_000);
  wallClock.moveTo(later);
}

/** Stripe keeps the keys of calls for a day only. */
async function forgetKeys(): Promise<void> {
  const answer = await fetch(`${world.emulatorUrl}/_emu/snapshot`);
  const { changes: all } = snapshotSchema.parse(await answer.json());
  const changes = all.filter(({ kind }) => kind !== 'idempotency');
  expect(changes.length).toBeLessThan(all.length);
  await fetch(`${world.emulatorUrl}/_emu/restore`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ changes }),
  });
}

function invoiceItem(customer: string, amountMinor: string) {
  return {
    stripeCustomerId: customer,
    stripeSubscriptionId: null,
    stripeInvoiceId: null,
    description: 'Calls in May',
    amountMinor,
    currency: 'USD',
    periodStart: '2026-05-01T00:00:00.000Z',
    periodEnd: '2026-06-01T00:00:00.000Z',
    metadata: {},
  };
}

describe('the outbox', () => {
  test('delivers a cancellation and reads the result back', async () => {
    const { organizationId, customer } = await world.addCustomer('cancels');
    const subscription = await world.subscribe(customer, proMonthly);
    await addMessage(organizationId, {
      kind: 'stripe.subscription.cancel',
      payload: { stripeSubscriptionId: subscription.id, at: 'period_end' },
      idempotencyKey: `cancel:${subscription.id}`,
    });
    await world.api.container.drainUntilIdle();
    expect(await messagesOf(organizationId)).toMatchObject([{ status: 'done', attempts: 1 }]);
    const { rows } = await world.api.db.owner.query(
      'select cancel_at_period_end, cancel_at is not null as has_date from subscriptions where organization_id = $1',
      [organizationId],
    );
    expect(rows).toEqual([{ cancel_at_period_end: true, has_date: true }]);
  });

  test('an answer that is lost after the effect does not become a second effect', async () => {
    const { organizationId, customer } = await world.addCustomer('lost-answer');
    await setFaults([
      { route: 'POST /v1/invoiceitems', kind: 'drop', when: 'after', probability: 1, times: 3 },
    ]);
    await addMessage(organizationId, {
      kind: 'stripe.invoice_item.add',
      payload: invoiceItem(customer, '1234'),
      idempotencyKey: 'usage:2026-05',
    });
    for (let drain = 0; drain < 3; drain++) await world.api.container.drainUntilIdle();
    await setFaults([]);
    await world.api.container.drainUntilIdle();
    expect(await messagesOf(organizationId)).toMatchObject([{ status: 'done' }]);
    const items = await world.stripe.invoiceItems.list({ customer });
    expect(items.data.map(({ amount }) => amount)).toEqual([1234]);
  });

  test.each([
    ['had its effect, is found and not sent again', 'after'],
    ['never arrived, is sent, once', 'before'],
  ] as const)('a day later, what got no answer and %s', async (_name, when) => {
    const { organizationId, customer } = await world.addCustomer(`a-day-later-${when}`);
    await setFaults([{ route: 'POST /v1/invoiceitems', kind: 'drop', when, probability: 1 }]);
    await addMessage(organizationId, {
      kind: 'stripe.invoice_item.add',
      payload: invoiceItem(customer, '777'),
      idempotencyKey: `a-day-later:${when}`,
    });
    await world.api.container.drainUntilIdle();
    expect(await messagesOf(organizationId)).toMatchObject([{ status: 'failed', attempts: 0 }]);
    await setFaults([]);
    await forgetKeys();
    await world.api.db.owner.query(
      `update outbox set created_at = created_at - interval '25 hours' where organization_id = $1`,
      [organizationId],
    );
    await skipBreaker();
    await world.api.container.drainUntilIdle();
    expect(await messagesOf(organizationId)).toMatchObject([{ status: 'done' }]);
    const items = await world.stripe.invoiceItems.list({ customer });
    expect(items.data.map(({ amount }) => amount)).toEqual([777]);
  });

  test('what was done although Stripe failed is found, and those behind it go on', async () => {
    const { organizationId, customer } = await world.addCustomer('done-then-failed');
    await setFaults([{ route: 'POST /v1/invoiceitems', kind: 'error_500', when: 'after', probability: 1 }]);
    for (const amount of ['310', '320']) {
      const message = { kind: 'stripe.invoice_item.add', payload: invoiceItem(customer, amount) };
      await addMessage(organizationId, { ...message, idempotencyKey: `done-then-failed:${amount}` });
    }
    await world.api.container.drainUntilIdle();
    await setFaults([]);
    await skipBreaker();
    await world.api.container.drainUntilIdle();
    expect(await messagesOf(organizationId)).toMatchObject([{ status: 'done' }, { status: 'done' }]);
    const items = await world.stripe.invoiceItems.list({ customer });
    expect(items.data.map(({ amount }) => amount).toReversed()).toEqual([310, 320]);
  });

  test('while Stripe is away a message waits without using up attempts, and those behind it keep their order', async () => {
    const { organizationId, customer } = await world.addCustomer('away');
    await setFaults([{ route: 'POST /v1/invoiceitems', kind: 'error_500', when: 'before', probability: 1 }]);
    for (const [key, amount] of [
      ['first', '100'],
      ['second', '200'],
    ] as const) {
      await addMessage(organizationId, {
        kind: 'stripe.invoice_item.add',
        payload: invoiceItem(customer, amount),
        idempotencyKey: key,
      });
    }
    await world.api.container.drainUntilIdle();
    expect(await messagesOf(organizationId)).toMatchObject([
      { status: 'failed', attempts: 0 },
      { status: 'pending', attempts: 0 },
    ]);
    await setFaults([]);
    await skipBreaker();
    await world.api.container.drainUntilIdle();
    expect(await messagesOf(organizationId)).toMatchObject([{ status: 'done' }, { status: 'done' }]);
    const items = await world.stripe.invoiceItems.list({ customer });
    expect(items.data.map(({ amount }) => amount).toReversed()).toEqual([100, 200]);
  });

  test('a message that commits only after a younger one was delivered is not skipped', async () => {
    const late = await world.addCustomer('commits-late');
    const early = await world.addCustomer('commits-early');
    const line = (customer: string) => ({
      kind: 'stripe.invoice_item.add',
      payload: invoiceItem(customer, '11'),
      idempotencyKey: `line:${customer}`,
    });
    await world.api.container.unitOfWork.run(late.organizationId, async (tx) => {
      await tx.outbox.add({ organizationId: late.organizationId, ...line(late.customer) });
      await addMessage(early.organizationId, line(early.customer));
      await world.api.container.drainUntilIdle();
      expect(await messagesOf(early.organizationId)).toMatchObject([{ status: 'done' }]);
    });
    expect(await messagesOf(late.organizationId)).toMatchObject([{ status: 'pending' }]);
    await world.api.container.drainUntilIdle();
    expect(await messagesOf(late.organizationId)).toMatchObject([{ status: 'done', attempts: 1 }]);
    const { rows } = await world.api.db.owner.query(
      'select organization_id as id from outbox where organization_id = any($1) order by sequence',
      [[late.organizationId, early.organizationId]],
    );
    expect(rows).toEqual([{ id: late.organizationId }, { id: early.organizationId }]);
  });

  test('what Stripe refuses is given up at once and does not hold up what follows', async () => {
    const { organizationId, customer } = await world.addCustomer('refused');
    await addMessage(organizationId, {
      kind: 'stripe.subscription.cancel',
      payload: { stripeSubscriptionId: 'sub_of_nobody', at: 'now' },
      idempotencyKey: 'cancel:nobody',
    });
    await addMessage(organizationId, {
      kind: 'stripe.invoice_item.add',
      payload: invoiceItem(customer, '5'),
      idempotencyKey: 'after-the-refused',
    });
    await world.api.container.drainUntilIdle();
    expect(await messagesOf(organizationId)).toMatchObject([{ status: 'dead' }, { status: 'done' }]);
  });

  test('a message whose worker died is taken over, and two workers never hold two of one organization', async () => {
    const { organizationId, customer } = await world.addCustomer('dead-worker');
    for (const key of ['one', 'two']) {
      await addMessage(organizationId, {
        kind: 'stripe.invoice_item.add',
        payload: invoiceItem(customer, '7'),
        idempotencyKey: `${key}:dead-worker`,
      });
    }
    const queue = createOutboxQueue(world.api.container.database.worker);
    const claim = (leasedBy: string, leaseSeconds: number) =>
      queue.claim({ leasedBy, leaseSeconds, isHurried: false, except: [] });
    const first = await claim('a worker that dies', 0);
    const second = await claim('the next worker', 60);
    expect(second).toMatchObject({ id: first?.id, wasTried: true });
    expect(await claim('a third worker', 60)).toBeNull();
  });
});

describe('after three calls without an answer', () => {
  test('Stripe is not asked again for five seconds, and then one call finds out that it is back', async () => {
    const { customer } = await world.addCustomer('breaker');
    const { gateway } = world.api.container.background;
    const read = () => gateway.readCustomer(customer, { subscriptions: false, paymentMethods: false });
    await setFaults([{ kind: 'outage', when: 'before', probability: 1 }]);
    for (let call = 0; call < 3; call += 1) {
      await expect(read()).rejects.toMatchObject({ code: 'STRIPE_UNAVAILABLE' });
    }
    await setFaults([]);
    expect(gateway.availability()).toBe('unavailable');
    await expect(read()).rejects.toMatchObject({ context: { circuit: 'open' } });
    await skipBreaker();
    expect(await read()).toMatchObject({ customer: { isDeleted: false } });
    expect(gateway.availability()).toBe('available');
  });
});
