import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { publicOrganizationId } from '../start-test-api.ts';
import { type MirrorWorld, startMirror } from './start-mirror.ts';

const proMonthly = 'mg_voice-ops_pro_v1_base_month_usd';

let world: MirrorWorld;
let key: string;
beforeAll(async () => {
  world = await startMirror();
  ({ key } = await world.api.addApiKey(['billing:read']));
});
afterAll(() => world.stop());

/** Every event since the beginning, `copies` times, newest first: the worst order. */
async function catchUp(copies = 1): Promise<void> {
  const events = await world.stripe.events.list({ limit: 100 }).autoPagingToArray({ limit: 1_000 });
  for (let copy = 0; copy < copies; copy += 1) {
    for (const event of events) expect(await world.deliver(event)).toBe(200);
  }
  await world.api.container.drainUntilIdle();
}

async function buy(slug: string, card?: string) {
  const bought = await world.addCustomer(slug, card);
  await world.subscribe(bought.customer, proMonthly);
  await catchUp();
  const { data } = await world.stripe.charges.list({ customer: bought.customer });
  const [invoice] = (await world.stripe.invoices.list({ customer: bought.customer })).data;
  return { ...bought, charge: data[0]?.id ?? '', invoiceId: invoice?.id ?? '' };
}

async function viewOf(organizationId: Parameters<typeof publicOrganizationId>[0]) {
  const base = `/v1/organizations/${publicOrganizationId(organizationId)}/billing/invoices`;
  const list = await world.api.rest({ method: 'GET', path: base, key });
  return (await world.api.rest({ method: 'GET', path: `${base}/${list.json.items[0].id}`, key })).json;
}

async function auditCount(organizationId: string, action: string): Promise<number> {
  const { rows } = await world.api.db.owner.query(
    'select count(*)::int as count from audit_log where organization_id = $1 and action = $2',
    [organizationId, action],
  );
  return rows[0].count;
}

describe('money that goes back', () => {
  test('is on the invoice once per refund, however often and in whatever order Stripe tells', async () => {
    const { organizationId, charge } = await buy('refunded');
    await world.stripe.refunds.create({ charge, amount: 1_000, reason: 'requested_by_customer' });
    await catchUp(3);
    await world.stripe.refunds.create({ charge, amount: 500 });
    await catchUp(3);
    const view = await viewOf(organizationId);
    expect(view).toMatchObject({ status: 'paid', amountPaidMinor: '4900', refundedMinor: '1500' });
    const texts = view.timeline
      .filter(({ kind }: { kind: string }) => kind === 'refunded')
      .map(({ text }: { text: string }) => text);
    expect(texts.toSorted()).toEqual(['$10.00 was refunded.', '$5.00 was refunded.']);
    expect(await auditCount(organizationId, 'invoice.reversed')).toBe(2);
  });

  test('a payment contested at the bank is told from its beginning to its end, each once', async () => {
    const { organizationId, charge } = await buy('contested', 'pm_card_createDispute');
    const { data } = await world.stripe.disputes.list({ charge });
    const [dispute] = data;
    if (dispute === undefined) throw new Error('the card did not open a dispute');
    await world.stripe.disputes.close(dispute.id);
    await catchUp(2);
    const kinds = (await viewOf(organizationId)).timeline.map(({ kind }: { kind: string }) => kind);
    expect(kinds.filter((kind: string) => kind.startsWith('dispute'))).toEqual([
      'dispute_opened',
      'dispute_lost',
    ]);
    expect(await viewOf(organizationId)).toMatchObject({ refundedMinor: '0' });
  });

  test('a credit note reduces an invoice once, however often Stripe tells', async () => {
    const { organizationId, invoiceId } = await buy('credited');
    await world.stripe.creditNotes.create({ invoice: invoiceId, amount: 700, credit_amount: 700 });
    await catchUp(3);
    const view = await viewOf(organizationId);
    expect(view).toMatchObject({ creditedMinor: '700', refundedMinor: '0', totalMinor: '4900' });
    const told = view.timeline.filter(({ kind }: { kind: string }) => kind === 'credit_note_issued');
    expect(told.map(({ text }: { text: string }) => text)).toEqual(['A credit note over $7.00 was issued.']);
    expect(await auditCount(organizationId, 'credit_note.issued')).toBe(1);
  });

  test('a refund of nobody we know is ignored and holds nothing up', async () => {
    const stranger = await world.stripe.customers.create({ name: 'nobody' });
    const method = await world.stripe.paymentMethods.attach('pm_card_visa', { customer: stranger.id });
    const intent = await world.stripe.paymentIntents.create({
      amount: 900,
      currency: 'usd',
      customer: stranger.id,
      payment_method: method.id,
      confirm: true,
      automatic_payment_methods: { enabled: true, allow_redirects: 'never' },
    });
    await world.stripe.refunds.create({ payment_intent: intent.id });
    await catchUp();
    const { rows } = await world.api.db.owner.query(
      `select distinct status from inbound_events where type like 'refund.%' and organization_id is null`,
    );
    expect(rows).toEqual([{ status: 'parked' }]);
  });
});
