import type Stripe from 'stripe';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createPayer, createPlan, DAY, type Flow, seconds, startFlow } from './flow.ts';
import { customerOf, invoicesOf } from './subscriber.ts';

const HOUR = 3600;

describe('money that comes late', () => {
  let flow: Flow;
  let stripe: Stripe;
  beforeEach(async () => {
    flow = await startFlow('2027-03-01T00:00:00Z');
    stripe = flow.stripe;
  });
  afterEach(() => flow.close());

  async function meteredSubscription() {
    const meter = await stripe.billing.meters.create({
      display_name: 'Minutes',
      event_name: 'minutes',
      default_aggregation: { formula: 'sum' },
    });
    const price = await createPlan(stripe, {
      billing_scheme: 'tiered',
      tiers_mode: 'graduated',
      tiers: [
        { up_to: 100, unit_amount: 10 },
        { up_to: 'inf', unit_amount: 5 },
      ],
      recurring: { interval: 'month', usage_type: 'metered', meter: meter.id },
    });
    const customer = await createPayer(stripe);
    const subscription = await stripe.subscriptions.create({
      customer: customer.id,
      items: [{ price: price.id }],
    });
    const use = (value: number, at: string, identifier: string) =>
      stripe.billing.meterEvents.create({
        event_name: 'minutes',
        identifier,
        payload: { stripe_customer_id: customer.id, value: String(value) },
        timestamp: seconds(at),
      });
    return { subscription, use };
  }

  it('lets usage of the old period join the draft until the hour is over, and not after', async () => {
    const { subscription, use } = await meteredSubscription();
    await use(60, '2027-03-01T00:00:00Z', 'first');
    await flow.control('POST', '/clock', { now: '2027-04-01T00:10:00Z' });
    const [draft] = await invoicesOf(stripe, subscription.id);
    expect([draft?.status, draft?.total]).toEqual(['draft', 600]);
    await use(90, '2027-03-31T23:59:59Z', 'late');
    await use(7, '2027-04-01T00:00:00Z', 'new period');
    // 150 minutes: 100 at 10 and 50 at 5.
    const [joined] = await invoicesOf(stripe, subscription.id);
    expect([joined?.total, joined?.lines.data.map((line) => line.amount)]).toEqual([1250, [1000, 250]]);
    expect(joined?.lines.data[0]?.id).toBe(draft?.lines.data[0]?.id);
    await stripe.billing.meterEventAdjustments.create({
      event_name: 'minutes',
      type: 'cancel',
      cancel: { identifier: 'late' },
    });
    expect((await invoicesOf(stripe, subscription.id))[0]?.total).toBe(600);
    await use(40, '2027-03-31T23:59:59Z', 'later');
    await flow.control('POST', '/clock', { now: '2027-04-01T01:00:00Z' });
    await use(1000, '2027-03-31T23:59:59Z', 'too late');
    const [paid] = await invoicesOf(stripe, subscription.id);
    expect([paid?.status, paid?.total, paid?.amount_paid]).toEqual(['paid', 1000, 1000]);
  });

  it('credits lines with their share of discount and tax, to the card and on an open invoice', async () => {
    const rate = await stripe.taxRates.create({ display_name: 'VAT', percentage: 19, inclusive: false });
    const coupon = await stripe.coupons.create({ percent_off: 10, duration: 'forever' });
    const price = await createPlan(stripe, { unit_amount: 1000 });
    const customer = await createPayer(stripe);
    const subscription = await stripe.subscriptions.create({
      customer: customer.id,
      items: [{ price: price.id, quantity: 3 }],
      default_tax_rates: [rate.id],
      discounts: [{ coupon: coupon.id }],
    });
    const [invoice] = await invoicesOf(stripe, subscription.id);
    // 3 × 1 000 − 300 = 2 700; 19 % = 513.
    expect(invoice?.total).toBe(3213);
    const line = invoice?.lines.data[0]?.id ?? '';
    const lines: Stripe.CreditNoteCreateParams.Line[] = [
      { type: 'invoice_line_item', invoice_line_item: line, quantity: 1 },
    ];
    const preview = await stripe.creditNotes.preview({ invoice: invoice?.id ?? '', lines });
    const note = await stripe.creditNotes.create({
      invoice: invoice?.id ?? '',
      lines,
      refund_amount: preview.total,
    });
    // A third: 1 000 − 100 = 900; 19 % = 171.
    expect([note.subtotal, note.discount_amount, note.total_excluding_tax, note.total]).toEqual([
      1000, 100, 900, 1071,
    ]);
    expect(note.total_taxes?.map((tax) => [tax.amount, tax.taxable_amount])).toEqual([[171, 900]]);
    const custom = await stripe.creditNotes.preview({
      invoice: invoice?.id ?? '',
      lines: [{ type: 'custom_line_item', unit_amount: 200, quantity: 2, tax_rates: [rate.id] }],
    });
    expect([custom.subtotal, custom.total]).toEqual([400, 476]);
    const tooMuch = stripe.creditNotes.create({
      invoice: invoice?.id ?? '',
      lines: [{ type: 'invoice_line_item', invoice_line_item: line }],
      refund_amount: 3213,
    });
    await expect(tooMuch).rejects.toMatchObject({ statusCode: 400 });
  });

  it('calls a customer delinquent from a failed renewal until the debt is paid', async () => {
    const price = await createPlan(stripe, { unit_amount: 1000 });
    const customer = await createPayer(stripe);
    const subscription = await stripe.subscriptions.create({
      customer: customer.id,
      items: [{ price: price.id }],
    });
    const broken = await stripe.paymentMethods.attach('pm_card_chargeCustomerFail', {
      customer: customer.id,
    });
    await stripe.customers.update(customer.id, { invoice_settings: { default_payment_method: broken.id } });
    await flow.advance(31 * DAY + HOUR);
    expect((await customerOf(stripe, customer.id)).delinquent).toBe(true);
    const [invoice] = await invoicesOf(stripe, subscription.id);
    await stripe.invoices.pay(invoice?.id ?? '', { payment_method: 'pm_card_visa' });
    expect((await customerOf(stripe, customer.id)).delinquent).toBe(false);
    const changes = (await stripe.events.list({ type: 'customer.updated', limit: 10 })).data.filter(
      (event) => event.data.previous_attributes && 'delinquent' in event.data.previous_attributes,
    );
    expect(changes).toHaveLength(2);
  });

  it('calls a customer delinquent whose sent invoice is overdue, until it is forgiven', async () => {
    const price = await createPlan(stripe, { unit_amount: 1000 });
    const customer = await stripe.customers.create({ email: 'later@example.com' });
    const subscription = await stripe.subscriptions.create({
      customer: customer.id,
      items: [{ price: price.id }],
      collection_method: 'send_invoice',
      days_until_due: 7,
    });
    await flow.advance(8 * DAY);
    expect((await customerOf(stripe, customer.id)).delinquent).toBe(true);
    const [invoice] = await invoicesOf(stripe, subscription.id);
    await stripe.invoices.markUncollectible(invoice?.id ?? '');
    expect((await customerOf(stripe, customer.id)).delinquent).toBe(false);
  });
});
