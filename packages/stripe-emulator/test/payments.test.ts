import type Stripe from 'stripe';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createPayer, DAY, type Flow, startFlow } from './flow.ts';

describe('payments apart from subscriptions', () => {
  let flow: Flow;
  let stripe: Stripe;
  beforeAll(async () => {
    flow = await startFlow('2026-03-01T00:00:00Z');
    stripe = flow.stripe;
  });
  afterAll(() => flow.close());

  const types = async (object: string) =>
    (await stripe.events.list({ limit: 100 })).data
      .filter((event) => JSON.stringify(event.data.object).includes(object))
      .map((event) => event.type);

  async function openInvoice(customer: string, amount: number) {
    const draft = await stripe.invoices.create({ customer, auto_advance: false });
    await stripe.invoices.addLines(draft.id, { lines: [{ amount, description: 'Work' }] });
    return stripe.invoices.finalizeInvoice(draft.id);
  }

  const paid = (customer: string, amount: number) =>
    stripe.paymentIntents.create({
      amount,
      currency: 'usd',
      customer,
      payment_method: 'pm_card_visa',
      confirm: true,
    });

  it('holds an amount, captures part of it and releases the rest', async () => {
    const held = await stripe.paymentIntents.create({
      amount: 1000,
      currency: 'usd',
      capture_method: 'manual',
      payment_method: 'pm_card_visa',
      confirm: true,
    });
    expect([held.status, held.amount_capturable]).toEqual(['requires_capture', 1000]);
    await expect(stripe.paymentIntents.capture(held.id, { amount_to_capture: 1001 })).rejects.toMatchObject({
      code: 'amount_too_large',
      param: 'amount_to_capture',
    });
    const done = await stripe.paymentIntents.capture(held.id, { amount_to_capture: 600 });
    expect([done.status, done.amount_received, done.amount_capturable]).toEqual(['succeeded', 600, 0]);
    await expect(stripe.paymentIntents.capture(held.id)).rejects.toMatchObject({
      code: 'payment_intent_unexpected_state',
    });
    expect(await types(held.id)).toEqual(
      expect.arrayContaining(['payment_intent.amount_capturable_updated', 'charge.captured']),
    );
  });

  it('edits the lines of a draft one by one and none of an open invoice', async () => {
    const customer = await createPayer(stripe);
    const draft = await stripe.invoices.create({ customer: customer.id, auto_advance: false });
    const two = await stripe.invoices.addLines(draft.id, {
      lines: [
        { amount: 500, description: 'One' },
        { amount: 300, description: 'Two' },
      ],
      invoice_metadata: { note: 'kept' },
    });
    expect([two.total, two.metadata?.note]).toEqual([800, 'kept']);
    const [one, other] = two.lines.data;
    const changed = await stripe.invoices.updateLines(draft.id, {
      lines: [{ id: one?.id ?? '', amount: 700, description: 'Changed' }],
    });
    expect([changed.total, changed.lines.data[0]?.description]).toEqual([1000, 'Changed']);
    await stripe.invoices.updateLineItem(draft.id, other?.id ?? '', { amount: 50 });
    const less = await stripe.invoices.removeLines(draft.id, {
      lines: [{ id: other?.id ?? '', behavior: 'unassign' }],
    });
    expect(less.total).toBe(700);
    const pending = await stripe.invoiceItems.list({ customer: customer.id, pending: true });
    expect(pending.data.map((item) => item.amount)).toEqual([50]);
    const open = await stripe.invoices.finalizeInvoice(draft.id);
    await expect(stripe.invoices.addLines(open.id, { lines: [{ amount: 1 }] })).rejects.toMatchObject({
      code: 'invoice_not_editable',
    });
  });

  it('counts attached payments: a part, the rest, and too much', async () => {
    const customer = await createPayer(stripe);
    const invoice = await openInvoice(customer.id, 1000);
    const part = await paid(customer.id, 400);
    const after = await stripe.invoices.attachPayment(invoice.id, { payment_intent: part.id });
    expect([after.status, after.amount_paid, after.amount_remaining]).toEqual(['open', 400, 600]);
    const rest = await paid(customer.id, 700);
    const full = await stripe.invoices.attachPayment(invoice.id, { payment_intent: rest.id });
    expect([full.status, full.amount_paid, full.amount_overpaid]).toEqual(['paid', 1000, 100]);
    const { data } = await stripe.invoicePayments.list({ invoice: invoice.id });
    expect(data.map((row) => row.status).sort()).toEqual(['canceled', 'paid', 'paid']);
    expect(await types(invoice.id)).toContain('invoice.overpaid');
    const stranger = await createPayer(stripe);
    const foreign = await paid(stranger.id, 5);
    const another = await openInvoice(customer.id, 10);
    await expect(
      stripe.invoices.attachPayment(another.id, { payment_intent: foreign.id }),
    ).rejects.toMatchObject({ param: 'payment_intent' });
  });

  it('decides disputes by their evidence and reinstates the money of those that are won', async () => {
    const dispute = async (card: string) => {
      const intent = await stripe.paymentIntents.create({
        amount: 900,
        currency: 'usd',
        payment_method: card,
        confirm: true,
      });
      const [row] = (await stripe.disputes.list({ payment_intent: intent.id })).data;
      if (!row) throw new Error('there is no dispute');
      return row;
    };
    const first = await dispute('pm_card_createDispute');
    expect(first.status).toBe('needs_response');
    const draft = await stripe.disputes.update(first.id, {
      evidence: { product_description: 'x' },
      submit: false,
    });
    expect(draft.status).toBe('needs_response');
    const won = await stripe.disputes.update(first.id, {
      evidence: { uncategorized_text: 'winning_evidence' },
    });
    expect(won.status).toBe('won');
    expect(await types(first.id)).toEqual([
      'charge.dispute.funds_reinstated',
      'charge.dispute.closed',
      'charge.dispute.updated',
      'charge.dispute.updated',
      'charge.dispute.funds_withdrawn',
      'charge.dispute.created',
    ]);
    const second = await dispute('pm_card_createDispute');
    expect((await stripe.disputes.close(second.id)).status).toBe('lost');
    await expect(stripe.disputes.close(second.id)).rejects.toMatchObject({ code: 'dispute_already_closed' });
    const inquiry = await dispute('pm_card_createDisputeInquiry');
    expect(inquiry.status).toBe('warning_needs_response');
    expect((await stripe.disputes.close(inquiry.id)).status).toBe('warning_closed');
  });

  it('settles a bank debit later, for better or worse, and tells the checkout', async () => {
    const debit = (iban: string) =>
      stripe.paymentMethods.create({
        type: 'sepa_debit',
        sepa_debit: { iban },
        billing_details: { name: 'Bob', email: 'bob@example.com' },
      });
    const slow = await debit('AT321904300235473204');
    const refused = await debit('AT591904300235473203');
    const intents = await Promise.all(
      [slow, refused].map(({ id }) =>
        stripe.paymentIntents.create({ amount: 700, currency: 'eur', payment_method: id, confirm: true }),
      ),
    );
    expect(intents.map(({ status }) => status)).toEqual(['processing', 'processing']);
    await flow.advance(180);
    const settled = await Promise.all(intents.map(({ id }) => stripe.paymentIntents.retrieve(id)));
    expect(settled.map(({ status }) => status)).toEqual(['succeeded', 'requires_payment_method']);
    await flow.advance(DAY);
  });
});
